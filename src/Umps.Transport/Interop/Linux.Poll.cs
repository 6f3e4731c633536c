using System;
using System.Runtime.InteropServices;
using System.Threading;

namespace Umps.Transport.Interop;

/// <summary>poll(2): sleeping on descriptors.</summary>
internal static unsafe partial class Linux
{
    private const short POLLIN = 1;

    /// <summary>ppoll(2) for reading on two descriptors: sleeps until one has something, or shows an error or a hang-up.</summary>
    /// <param name="first">A descriptor.</param>
    /// <param name="second">Another.</param>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="firstReady">Whether the first has something.</param>
    /// <returns>Errno.None when one is ready; ETIMEDOUT; EINTR; EINVAL and ENOMEM.</returns>
    /// <remarks>It blocks, so never SuppressGCTransition.</remarks>
    public static Errno PollReadable(int first, int second, TimeSpan timeout, out bool firstReady)
    {
        PollFd* descriptors = stackalloc PollFd[2];
        descriptors[0] = new PollFd { Fd = first, Events = POLLIN };
        descriptors[1] = new PollFd { Fd = second, Events = POLLIN };
        Timespec limit = Timespec.From(timeout);
        int ready = ppoll(descriptors, 2, timeout == Timeout.InfiniteTimeSpan ? null : &limit, null);
        firstReady = ready > 0 && descriptors[0].Returned != 0;
        return ready switch
        {
            > 0 => Errno.None,
            0 => Errno.ETIMEDOUT,
            _ => LastError(),
        };
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollFd
    {
        public int Fd;
        public short Events;
        public short Returned;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ppoll(PollFd* descriptors, nuint count, Timespec* timeout, void* signals);
}
