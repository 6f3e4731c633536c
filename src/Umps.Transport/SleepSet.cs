using System;
using Umps.Transport.Interop;

namespace Umps.Transport;

/// <summary>One descriptor to sleep on for two agents that have one each.</summary>
internal sealed class SleepSet : IDisposable
{
    public SleepSet(int first, int second)
    {
        Descriptor = Linux.CreateEpoll(out Errno error);
        if (Descriptor >= 0 && error == Errno.None)
            error = Linux.EpollAdd(Descriptor, first, EpollEvents.EPOLLIN, 0);
        if (error == Errno.None)
            error = Linux.EpollAdd(Descriptor, second, EpollEvents.EPOLLIN, 1);
        if (error == Errno.None)
            return;
        Dispose();
        throw Throw.NoDescriptor("epoll_create1", error);
    }

    /// <summary>Polls readable when one of the two does.</summary>
    public int Descriptor { get; }

    public void Dispose()
    {
        if (Descriptor >= 0)
            Linux.CloseSocket(Descriptor);
    }
}
