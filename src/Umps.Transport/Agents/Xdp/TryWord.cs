using System;
using System.Diagnostics;
using System.Threading;
using Umps.Transport.Interop;

namespace Umps.Transport.Agents.Xdp;

/// <summary>A word in shared memory that one process at a time holds. Nobody waits for it: who does not get it goes on with something else.</summary>
/// <remarks>
/// It names its holder's process (pid; 0: nobody), so that a holder that died blocks the others for a moment only: who has not got it for ten milliseconds looks whether that process has ended.
/// So the work under it must be such that the next may begin it again: an index of a ring is published last.
/// The ranks of a node see the same pids; ranks that are threads of one process keep each other out like others.
/// </remarks>
internal unsafe struct TryWord(int* word)
{
    /// <summary>A holder needs a microsecond, and a time slice of another process if it is preempted.</summary>
    private static readonly long s_patience = Stopwatch.Frequency / 100;

    private static readonly int s_self = Environment.ProcessId;

    private long _missedSince;      // 0: not missed

    /// <summary>Times that it was taken from a process that had ended.</summary>
    public int TakenOver { get; private set; }

    /// <summary>Takes it, if nobody has it.</summary>
    public bool TryTake()
    {
        if (*word != 0 || Interlocked.CompareExchange(ref *word, s_self, 0) != 0)
            return TryTakeSlow();
        _missedSince = 0;
        return true;
    }

    /// <summary>Gives it back; what was written under it is seen by the next holder.</summary>
    public readonly void Leave() => Volatile.Write(ref *word, 0);

    private bool TryTakeSlow()
    {
        long now = Stopwatch.GetTimestamp();
        if (_missedSince == 0)
            _missedSince = now;
        if (now - _missedSince < s_patience)
            return false;
        _missedSince = now;
        int holder = Volatile.Read(ref *word);
        if (holder == 0 || holder == s_self || !HasEnded(holder) || Interlocked.CompareExchange(ref *word, s_self, holder) != holder)
            return false;
        TakenOver++;
        return true;
    }

    private static bool HasEnded(int pid)
    {
        using var process = Linux.OpenProcess(pid, out Errno error);
        if (error != Errno.None)
            return error == Errno.ESRCH;
        var watched = new WatchedDescriptor((int)process.DangerousGetHandle());
        return Linux.PollMany(&watched, 1, TimeSpan.Zero) == Errno.None;
    }
}
