using System.Runtime.InteropServices;

namespace Umps.Transport.Interop;

/// <summary>Calls that only find out whether they are permitted.</summary>
internal static unsafe partial class Linux
{
    private const int SCHED_OTHER = 0, SCHED_FIFO = 1, PR_CAP_AMBIENT = 47, PR_CAP_AMBIENT_LOWER = 3;

    /// <summary>sched_setscheduler(2): makes the calling thread a real-time one (SCHED_FIFO, priority 1) and an ordinary one again.</summary>
    /// <returns>Errno.None; EPERM without CAP_SYS_NICE or a limit of real-time priority (RLIMIT_RTPRIO).</returns>
    public static Errno ProbeRealTime()
    {
        int priority = 1;       // struct sched_param
        if (setScheduler(0, SCHED_FIFO, &priority) != 0)
            return LastError();
        priority = 0;
        _ = setScheduler(0, SCHED_OTHER, &priority);
        return Errno.None;
    }

    /// <summary>prctl(2), PR_CAP_AMBIENT_LOWER: what the calling thread starts from now on does not inherit the capabilities that only a node agent needs. This thread keeps them.</summary>
    public static void KeepCapabilitiesFromChildren()
    {
        foreach (int capability in (int[])[CAP_NET_ADMIN, CAP_NET_RAW, CAP_IPC_LOCK, CAP_BPF])
            _ = prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_LOWER, capability, 0, 0);
    }

    [LibraryImport("libc", EntryPoint = "sched_setscheduler", SetLastError = true)]
    private static partial int setScheduler(int process, int policy, int* parameters);
}
