using System.Runtime.InteropServices;

namespace Umps.Transport.Interop;

/// <summary>timerfd_create(2): a deadline that a sleeper on descriptors wakes for.</summary>
internal static unsafe partial class Linux
{
    private const int CLOCK_MONOTONIC = 1;
    private const int TFD_NONBLOCK = 0x800;
    private const int TFD_CLOEXEC = 0x80000;

    /// <summary>Makes a timer that is not set.</summary>
    /// <returns>The descriptor, owned by the caller; -1 on an error.</returns>
    public static int CreateTimer(out Errno error)
    {
        int descriptor = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
        error = descriptor >= 0 ? Errno.None : LastError();
        return descriptor;
    }

    /// <summary>Sets the timer: it polls readable from then on, until it is set anew.</summary>
    /// <param name="descriptor">The timer.</param>
    /// <param name="milliseconds">From now; 0 clears it.</param>
    public static void SetTimer(int descriptor, long milliseconds)
    {
        long* setting = stackalloc long[4];     // struct itimerspec: interval, then first expiry, each in seconds and nanoseconds
        setting[0] = setting[1] = 0;
        setting[2] = milliseconds / 1000;
        setting[3] = milliseconds % 1000 * 1_000_000;
        _ = timerfd_settime(descriptor, 0, setting, null);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int timerfd_create(int clock, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int timerfd_settime(int descriptor, int flags, long* setting, long* previous);
}
