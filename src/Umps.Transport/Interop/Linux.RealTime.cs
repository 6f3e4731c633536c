using System.Runtime.InteropServices;

namespace Umps.Transport.Interop;

/// <summary>sched(7), mlockall(2), getrlimit(2): what a real-time thread needs.</summary>
internal static unsafe partial class Linux
{
    private const int SCHED_RESET_ON_FORK = 0x40000000;
    private const int MCL_CURRENT = 1, MCL_FUTURE = 2, MCL_ONFAULT = 4;
    private const int RLIMIT_RTTIME = 15;

    /// <summary>sched_setscheduler(2): the calling thread runs before all normal ones of its processor, until it sleeps. Threads and processes that it starts are normal ones.</summary>
    /// <param name="priority">1 to 99.</param>
    /// <returns>Errno.None; EPERM without CAP_SYS_NICE and above RLIMIT_RTPRIO, or where the control group has no real-time share; EINVAL.</returns>
    public static Errno BecomeRealTime(int priority) =>
        setScheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &priority) == 0 ? Errno.None : LastError();

    /// <summary>sched_getscheduler(2): true for a SCHED_FIFO thread.</summary>
    /// <param name="thread">Its kernel id; 0: the calling one.</param>
    public static bool IsRealTime(int thread) => (sched_getscheduler(thread) & ~SCHED_RESET_ON_FORK) == SCHED_FIFO;

    /// <summary>mlockall(2): what is in memory stays there, and what comes from now on; address space that is only reserved takes none.</summary>
    /// <returns>Errno.None; EPERM or ENOMEM without CAP_IPC_LOCK, where RLIMIT_MEMLOCK is less than all address space; both count it whole.</returns>
    public static Errno LockAll() => mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0 ? Errno.None : LastError();

    /// <summary>getrlimit(2), RLIMIT_RTTIME: microseconds that a real-time thread may run without a sleep before SIGXCPU; ulong.MaxValue: any.</summary>
    public static ulong RealTimeMicrosecondsMax()
    {
        ulong* limit = stackalloc ulong[2] { ulong.MaxValue, ulong.MaxValue };
        _ = getrlimit(RLIMIT_RTTIME, limit);
        return limit[0];
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sched_getscheduler(int thread);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int mlockall(int flags);
}
