using System;
using System.Threading;
using Umps.Transport;

namespace Umps.Progress;

/// <summary>The thread that makes progress while the program computes: started with the first outstanding request, asleep until something comes that needs it.</summary>
/// <remarks>It is the watcher of last resort: while a caller polls or sleeps on the doorbell it is parked, and costs nothing. A program that only makes blocking
/// calls never starts it. Continuations of <c>await</c> run elsewhere.</remarks>
internal sealed class ProgressHelper(RankCore core, ProgressEngine progress)
{
    /// <summary>Its frames are few and small.</summary>
    private const int StackBytes = 256 << 10;

    /// <summary>Naps without a burst, or a call for it, before it naps long, or is parked: some ten milliseconds.</summary>
    public const int QuietNapsMax = 50;

    /// <summary>Long naps while nothing happens before it is parked.</summary>
    private const int QuietLongNapsMax = 25;

    /// <summary>Beside a program whose messages need nobody but for the case that they, or what acknowledges them, are lost or late. Each that was in vain is followed by one twice as long.</summary>
    private const int LongNapMilliseconds = 2, LongNapMillisecondsMax = 16;

    /// <summary>Naps while the program makes calls before the helper looks all the same: a millisecond.</summary>
    private const int BusyNapsMax = 5;

    /// <summary>Beside a program that calls all the time the helper naps as long as four naps at once: each one interrupts somebody. Some ten in which nothing happens, and it is parked.</summary>
    private const int NapsAtOnceMax = 4, QuietNapsApart = 12;

    private Thread? _thread;
    private Waiter? _waiter;
    private bool _parked;
    private volatile bool _closing;
    private volatile bool _called;      // it naps, and there is more to do than to nap
    private int _napsLong;              // it is in a long nap, which a call ends
    private int _shortNapsLeft, _longNap;       // its own

    /// <summary>True for the helper's own waiter.</summary>
    public bool Is(Waiter waiter) => waiter == _waiter;

    /// <summary>True once it has been told to end.</summary>
    public bool IsClosing => _closing;

    /// <summary>Starts it, or wakes it when it is parked. With the gate held.</summary>
    /// <param name="isUrgent">False when it is enough that it looks at the end of its nap.</param>
    /// <param name="isSoon">And that of a short one.</param>
    public void Wake(bool isUrgent = true, bool isSoon = true)
    {
        if (_thread is null)
        {
            if (_closing)
                return;
            _thread = new Thread(Run, StackBytes) { IsBackground = true, Name = $"umps-progress-{core.Rank}" };
            _thread.UnsafeStart();
        }
        else if (_parked)
        {
            _parked = false;
            _waiter!.Unpark();
        }
        else
        {
            if (isUrgent)
                _called = true;
            if (isUrgent || isSoon)
                EndLongNap();
        }
    }

    /// <summary>Tells it that there is something to do, if it is not parked. With the gate held.</summary>
    /// <returns>False when it is: <see cref="Wake"/> wakes it.</returns>
    public bool TryCall()
    {
        if (_thread is null || _parked)
            return false;
        _called = true;
        EndLongNap();
        return true;
    }

    /// <summary>Without a fence: a long nap that begins at this instant is missed, and two milliseconds later over.</summary>
    private void EndLongNap()
    {
        if (Volatile.Read(ref _napsLong) == 0)
            return;
        Volatile.Write(ref _napsLong, 0);
        _waiter!.Unpark();
    }

    /// <summary>Naps until gathered messages have waited long enough, or the program has left work and makes no calls, or nothing happens. On the helper's thread, with the gate left.</summary>
    /// <param name="endpoint">Where messages are gathered.</param>
    /// <param name="settled">Changes with the program's calls.</param>
    /// <returns>False when nothing has happened for long.</returns>
    public bool Nap(Endpoint endpoint, ref long settled)
    {
        for (int busy = 0; busy < BusyNapsMax && !_closing;)
        {
            if (_called || endpoint.HasGathered)
                _shortNapsLeft = QuietNapsMax;
            else if (_shortNapsLeft-- <= 0)
                return NapLong(endpoint, ref settled);
            long before = Volatile.Read(ref settled);
            Endpoint.Nap();
            if (endpoint.HasOldGathered)
                return true;
            if (!_called)
                continue;
            if (Volatile.Read(ref settled) == before)
                break;
            busy++;
        }
        _called = false;
        return !_closing;
    }

    /// <summary>Naps long until it is called, or something is gathered or due, or nothing happens.</summary>
    /// <remarks>At the end of a short nap the program's messages have seldom left anything to do; 5000 a second of them took three hundredths of a processor from it.</remarks>
    private bool NapLong(Endpoint endpoint, ref long settled)
    {
        _shortNapsLeft = 0;
        int quiet = 0;
        for (_longNap = Math.Max(_longNap, LongNapMilliseconds); quiet < QuietLongNapsMax && !_closing; quiet++)
        {
            long before = Volatile.Read(ref settled);
            _waiter!.Prepare();
            Interlocked.Exchange(ref _napsLong, 1);
            if (!_called && !endpoint.HasGathered && !_closing)
                _waiter.Park(TimeSpan.FromMilliseconds(_longNap));
            Volatile.Write(ref _napsLong, 0);
            bool isNeeded = endpoint.HasOldGathered && progress.IsAlone;
            _longNap = isNeeded ? LongNapMilliseconds : Math.Min(2 * _longNap, LongNapMillisecondsMax);
            if (isNeeded || _called || endpoint.HasGathered)
                return true;
            if (Volatile.Read(ref settled) != before)
                quiet = 0;
        }
        return false;
    }

    /// <summary>Naps while the program sees to its requests itself. On the helper's thread, with the gate left.</summary>
    public NapEnd StandBack()
    {
        int busy = 0, naps = 1;
        for (int quiet = 0; quiet < QuietNapsApart && !_closing;)
        {
            long before = progress.Calls;
            Endpoint.Nap(naps);
            if (progress.Calls != before)
            {
                quiet = 0;
                naps = Math.Min(2 * naps, NapsAtOnceMax);
                if (++busy == BusyNapsMax)
                    return NapEnd.ProgramCalls;
                continue;
            }
            if (progress.IsUnattended)
                return NapEnd.ProgramComputes;
            quiet++;
        }
        return NapEnd.Quiet;
    }

    /// <summary>What it was called for has been looked after.</summary>
    public void ForgetCall() => _called = false;

    /// <summary>Lets the thread end. With the gate held; <see cref="Join"/> without.</summary>
    public void Close()
    {
        _closing = true;
        if (_thread is not null)
            Wake();         // it may be in a long nap, too
    }

    /// <summary>Waits for the thread's end.</summary>
    public void Join() => _thread?.Join();

    private void Run()
    {
        Waiter me = Waiter.Current;
        core.Gate.Enter();
        _waiter = me;
        while (!_closing)
        {
            try
            {
                progress.Watch(me);
            }
            catch (Exception error)
            {
                core.Fault(Throw.Unexpected(core, "the progress helper", error));
            }
            if (_closing)
                break;
            me.Prepare();
            _parked = true;
            progress.Settle();          // a caller may have blocked while this thread watched for it; may also clear the parking at once
            core.Gate.Leave();
            me.Park(Timeout.InfiniteTimeSpan);
            core.Gate.Enter();
            _parked = false;
        }
        core.Gate.Leave();
    }
}
