using System;
using System.Runtime.InteropServices;
using System.Threading;

namespace Umps.Transport.Interop;

/// <summary>poll(2): sleeping on descriptors.</summary>
internal static unsafe partial class Linux
{
    /// <summary>ppoll(2): sleeps until a descriptor has what is wanted of it, or shows an error or a hang-up.</summary>
    /// <param name="descriptors">The descriptors; what they have is written there.</param>
    /// <param name="count">How many.</param>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <returns>Errno.None when one is ready; ETIMEDOUT; EINTR; EINVAL and ENOMEM.</returns>
    /// <remarks>It blocks, so never SuppressGCTransition.</remarks>
    public static Errno PollMany(WatchedDescriptor* descriptors, int count, TimeSpan timeout)
    {
        Timespec limit = Timespec.From(timeout);
        return ppoll(descriptors, (nuint)count, timeout == Timeout.InfiniteTimeSpan ? null : &limit, null) switch
        {
            > 0 => Errno.None,
            0 => Errno.ETIMEDOUT,
            _ => LastError(),
        };
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ppoll(WatchedDescriptor* descriptors, nuint count, Timespec* timeout, void* signals);
}
