using Umps.Transport.Interop;

namespace Umps;

/// <summary>What a real-time rank does with its process and its thread.</summary>
internal static class RealTimeRank
{
    /// <summary>The calling thread, which runs the program, becomes a real-time one; the process's memory is locked. Others of the process, and those that it starts, stay normal.</summary>
    /// <exception cref="MpiException">UMPS2403: the system does not allow it.</exception>
    public static void Begin(RealTimeOptions options)
    {
        // Memory first: without it nothing has been changed.
        Errno locked = Linux.LockAll();
        if (locked != Errno.None)
            throw Throw.RealTimeRefused($"mlockall: {locked}", "CAP_IPC_LOCK, or no limit of locked memory (ulimit -l unlimited; memlock in /etc/security/limits.conf, LimitMEMLOCK=infinity)");
        Errno error = Linux.BecomeRealTime(options.Priority);
        if (error != Errno.None)
        {
            throw Throw.RealTimeRefused(
                $"sched_setscheduler(SCHED_FIFO, {options.Priority}): {error}",
                $"CAP_SYS_NICE, or a limit of real-time priority of {options.Priority} or more (ulimit -r; rtprio in /etc/security/limits.conf, LimitRTPRIO=), and a control group with a share of real time");
        }

        ulong limit = Linux.RealTimeMicrosecondsMax();
        if (limit < (ulong)(options.RestMicroseconds == 0 ? int.MaxValue : 10 * options.RestEveryMicroseconds))
            throw Throw.RealTimeRefused($"RLIMIT_RTTIME is {limit} µs: the kernel would end a rank that runs so long without a sleep", "a higher limit (LimitRTTIME=, prlimit --rttime), or none");
    }
}
