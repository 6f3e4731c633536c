using System;
using System.Runtime.InteropServices;
using System.Threading;

namespace Umps.Transport.Interop;

/// <summary>futex(2): sleeping on a word that several processes map.</summary>
internal static unsafe partial class Linux
{
    private const int FUTEX_WAIT = 0;
    private const int FUTEX_WAKE = 1;

    // Not FUTEX_PRIVATE_FLAG in either: the word is shared between processes, and both sides must say the same.

    /// <summary>FUTEX_WAIT: sleeps while <paramref name="word"/> still holds <paramref name="expected"/>.</summary>
    /// <param name="word">A word in shared memory.</param>
    /// <param name="expected">What it must hold for the sleep to begin.</param>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <returns>Errno.None when woken; EAGAIN when the word had already changed; EINTR; ETIMEDOUT.</returns>
    /// <remarks>It blocks, so never SuppressGCTransition: the collector would wait for the sleeper.</remarks>
    public static Errno FutexWait(uint* word, uint expected, TimeSpan timeout)
    {
        Timespec limit = Timespec.From(timeout);
        bool forever = timeout == Timeout.InfiniteTimeSpan;
        return Futex(s_futexNumber, word, FUTEX_WAIT, expected, forever ? null : &limit) == 0
            ? Errno.None
            : LastError();
    }

    /// <summary>FUTEX_WAKE: wakes every sleeper on the word.</summary>
    /// <returns>How many were woken; 0 when nobody slept, or the word's memory is gone.</returns>
    public static int FutexWake(uint* word) => (int)Math.Max(0, Futex(s_futexNumber, word, FUTEX_WAKE, int.MaxValue, null));

    private static readonly nint s_futexNumber = RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 202,
        Architecture.Arm64 => 98,
        _ => throw new PlatformNotSupportedException("futex(2) is known here for x64 and arm64."),
    };

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long Futex(nint number, uint* word, int operation, uint value, Timespec* timeout);
}
