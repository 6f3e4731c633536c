using System;
using System.Threading;

namespace Umps.Progress;

/// <summary>The thread that makes progress while the program computes: started with the first outstanding request, asleep until something comes that needs it.</summary>
/// <remarks>It is the watcher of last resort: while a caller polls or sleeps on the doorbell it is parked, and costs nothing. A program that only makes blocking
/// calls never starts it. Continuations of <c>await</c> run elsewhere.</remarks>
internal sealed class ProgressHelper(RankCore core, ProgressEngine progress)
{
    /// <summary>Its frames are few and small.</summary>
    private const int StackBytes = 256 << 10;

    private Thread? _thread;
    private Waiter? _waiter;
    private bool _parked;
    private bool _closing;

    /// <summary>True for the helper's own waiter.</summary>
    public bool Is(Waiter waiter) => waiter == _waiter;

    /// <summary>True once it has been told to end.</summary>
    public bool IsClosing => _closing;

    /// <summary>Starts it, or wakes it when it is parked. With the gate held.</summary>
    public void Wake()
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
    }

    /// <summary>Lets the thread end. With the gate held; <see cref="Join"/> without.</summary>
    public void Close()
    {
        _closing = true;
        if (_thread is not null)
            Wake();
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
