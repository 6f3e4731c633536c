using System;
using Umps.Transport.Interop;

namespace Umps.Transport;

/// <summary>One descriptor to sleep on for several agents that have one each.</summary>
internal sealed class SleepSet : IDisposable
{
    public SleepSet(ReadOnlySpan<int> descriptors)
    {
        Descriptor = Linux.CreateEpoll(out Errno error);
        for (int i = 0; i < descriptors.Length && Descriptor >= 0 && error == Errno.None; i++)
            error = Linux.EpollAdd(Descriptor, descriptors[i], EpollEvents.EPOLLIN, i);
        if (error == Errno.None)
            return;
        Dispose();
        throw Throw.NoDescriptor("epoll_create1", error);
    }

    /// <summary>Polls readable when one of them does.</summary>
    public int Descriptor { get; }

    public void Dispose()
    {
        if (Descriptor >= 0)
            Linux.CloseSocket(Descriptor);
    }
}
