using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using Umps.Requests;
using Umps.Transport;

namespace Umps.Progress;

/// <summary>One rank's progress: the pass that polls and advances, the wait of a blocked call, and who is awake for whom.</summary>
/// <remarks>
/// Everything here is entered with the gate held, and left with it held.
/// <code>
/// poller    the caller that polls in the Polling state; at most one, and it owns the gate or waits for it
/// sleeper   the thread in Endpoint.Sleep: a caller or the helper; at most one
/// blocked   callers asleep on words of their own, until their operation is done or they are needed as poller
/// helper    sleeps on the doorbell while requests are outstanding and nobody polls
/// </code>
/// Held to at every exit (<see cref="Settle"/>): if anybody waits for anything, there is a poller, or a sleeper for whom the endpoint is armed highly enough, or
/// a thread that has been signalled and will look. So no wake-up is lost between them; between this rank and its peers, arming and looking once more sees to it.
/// The poller's window may close while another thread sleeps on the doorbell: then it arms for that one, and sleeps on its own word.
/// </remarks>
internal sealed partial class ProgressEngine
{
    /// <summary>A short wait leaves the endpoint armed for the sleeping helper, or the next request would have to arm, and look, anew.</summary>
    private const int LooksBeforeDisarming = 64;
    /// <summary>Chunks that a call which only begins something copies at once, and looks for a peer's last one (some 30 µs).</summary>
    private const int CopyStepsMax = 16, WaitsMax = 32;

    private readonly RankCore _core;
    private readonly Endpoint _endpoint;
    private readonly ProgressGate _gate;
    private readonly ProgressHelper _helper;
    private readonly WaiterList _blocked = new();
    private readonly List<BoardWatch> _watches = [];    // words of boards that callers wait for
    private FrameSink _sink;
    private Waiter? _poller;
    private Waiter? _sleeper;
    private bool _sleeperCalled;    // it has been rung from here and will come: until then nobody arms, for it might not sleep yet, and would then sleep on that
    private ArmLevel _armed;        // what was last asked of the endpoint; it may have been disarmed by a ring since
    private int _outstanding;       // non-blocking requests under way
    private int _awaited;           // of them, those awaited
    private bool _hasAwaited;       // the program awaits now and then: its helper must come at once
    private long _settled;          // calls that began or ended something; the helper reads it without the gate, as a hint
    private int _probing;           // callers in Probe
    private int _waits;             // callers in WaitUntil
    private Waiter? _mainCaller;    // the rank's main thread

    public ProgressEngine(RankCore core)
    {
        _core = core;
        _endpoint = core.Endpoint;
        _gate = core.Gate;
        _sink = new FrameSink(core);
        _helper = new ProgressHelper(core, this);
        _endpoint.AllowGathering();     // the helper sees to what a burst leaves behind
    }

    /// <summary>Non-blocking requests under way.</summary>
    public int Outstanding => _outstanding;

    /// <summary>True once a thread other than the rank's main thread has asked for a message of anybody (<see cref="NoteCaller"/>).</summary>
    public bool HasSeveralCallers { get; private set; }

    /// <summary>True while a thread is inside a wait.</summary>
    public bool IsEntered => _waits > 0;

    /// <summary>Threads inside a wait.</summary>
    public int Waits => _waits;

    /// <summary>True when something waits to be sent or copied.</summary>
    public bool HasOutgoing
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _core.Sends.HasWork || _core.Receives.HasWork || _endpoint.HasUnsent;
    }

    /// <summary>The calling thread is the one that runs the rank's program.</summary>
    public void StartProgram() => _mainCaller = Waiter.Current;

    /// <summary>The calling thread is about to wait for a message of anybody.</summary>
    public void NoteCaller() => HasSeveralCallers |= Waiter.Current != _mainCaller;

    /// <summary>One pass of a thread that waits: as <see cref="PassForProgram"/>, and where that finds nothing, a share of what peers copy out of this rank's memory.</summary>
    /// <returns>How much was done; 0 when there was nothing.</returns>
    /// <remarks>Own copies come first: where both sides receive, each that helped would be slower with what the other waits for.</remarks>
    public int Pass()
    {
        int done = PassForProgram();
        if (done == 0 && _core.Sends.HasAnnounced)
            done = _core.Sends.Help();
        return done;
    }

    /// <summary>One pass: what arrived, then the copies from peers' memory, then the answers and what waits for room.</summary>
    /// <returns>How much was done; 0 when there was nothing.</returns>
    private int PassForProgram()
    {
        int done = _endpoint.Poll(ref _sink);
        if (_core.Receives.HasWork)
            done += _core.Receives.Advance();       // before the sends: what is copied whole is answered in the same pass
        if (_core.Sends.HasWork)
            done += _core.Sends.Advance();
        _endpoint.FlushGathered();      // answers, too, may have been a burst
        if (_watches.Count > 0)
            done += LookAtBoards();
        return done;
    }

    /// <summary>One pass for a call that only looks, then settles.</summary>
    public void Look()
    {
        Pass();
        CheckAbort();
        Settle();
    }

    /// <summary>Sends what waits and copies what is matched, without looking for arrivals. A few MiB; longer copies go on later.</summary>
    public void AdvanceOutgoing()
    {
        // A peer's last chunk is waited for, shortly: what is complete when the call returns needs no helper.
        int waitsMax = _endpoint.NeverSpins ? 1 : WaitsMax;
        for (int steps = 0, waits = 0; _core.Receives.HasWork && steps < CopyStepsMax && waits < waitsMax;)
        {
            if (_core.Receives.Advance() > 0)
                steps++;
            else
                Thread.SpinWait(++waits);
        }
        if (_core.Sends.HasWork)
            _core.Sends.Advance();
    }

    /// <summary>A non-blocking request begins.</summary>
    public void AddOutstanding() => _outstanding++;

    /// <summary>A receive is about to be posted that has met no message. With a thread that polls, or sleeps for the messages that steer transfers, or a helper that naps, somebody watches for it already.</summary>
    /// <returns>False when nobody does: nothing was noted, and the caller settles.</returns>
    public bool TryAddWatched()
    {
        bool isWatched = _poller is not null || _sleeperCalled
            || (_sleeper is not null ? _armed != ArmLevel.Nothing : _blocked.First is null && _helper.TryCall());
        if (!isWatched)
            return false;
        _outstanding++;
        Volatile.Write(ref _settled, _settled + 1);
        return true;
    }

    /// <summary>An outstanding request is awaited from now on: every arrival counts.</summary>
    public void AddAwaited()
    {
        _awaited++;
        _hasAwaited = true;
    }

    /// <summary>A request is not awaited any more, though it is not done.</summary>
    public void RemoveAwaited() => _awaited--;

    /// <summary>A receive is done that has neither pin nor loan: <see cref="RequestState.IsPlain"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void CompletePlain(RequestState state, in Status status)
    {
        state.Status = status;
        if (state.Waiter is not null || state.HasAwaiter)
        {
            Complete(state);
            return;
        }
        state.Buffer = default;
        state.Phase = RequestPhase.Done;
        _outstanding--;
    }

    /// <summary>An operation is done, with the status it has.</summary>
    public void Complete(RequestState state)
    {
        state.Pin.Release();
        state.Buffer = default;
        state.Step = Protocols.TransferStep.None;
        state.Phase = RequestPhase.Done;
        if (state.Loan is not null)
            _core.Loans.OnComplete(state);
        if (state.NonBlocking)
            _outstanding--;
        if (state.Waiter is not null)
            Signal(state.Waiter);
        if (state.HasAwaiter)
        {
            _awaited--;
            state.ResumeAwaiter(null);
        }
    }

    /// <summary>An operation is done.</summary>
    public void Complete(RequestState state, in Status status)
    {
        state.Status = status;
        Complete(state);
    }

    /// <summary>An operation has failed.</summary>
    public void Fail(RequestState state, MpiException error)
    {
        state.Error = error;
        Complete(state, Status.Empty);
    }

    /// <summary>A message has arrived that no receive waits for: probing callers look.</summary>
    public void OnUnexpected()
    {
        if (_probing > 0)
            SignalAll();
    }

    /// <summary>Wakes every caller, to look at what happened.</summary>
    public void SignalAll()
    {
        while (_blocked.First is { } waiter)
            Signal(waiter);
        CallSleeper();
    }

    /// <summary>Blocks until the operation is done, or another thread has taken its completion, or the job ends.</summary>
    public void Wait(RequestState state)
    {
        if (state.IsDone)
            return;
        WaitUnsettled(state);
        Settle();
    }

    /// <summary>As <see cref="Wait"/>, for a caller that waits for more and settles after the last.</summary>
    public void WaitUnsettled(RequestState state)
    {
        if (state.IsDone)
            return;
        Pass();                                     // often it is there already
        if (state.IsDone)
            return;
        var done = new OperationDone(state);
        Waiter me = Waiter.Current;
        state.Waiter = state.Waiter is null ? me : Waiter.Everybody;
        WaitUntil(ref done, me, Timeout.InfiniteTimeSpan);
        if (state.Waiter == me)
            state.Waiter = null;
    }

    /// <summary>Blocks until one of the requests is complete, or taken by another thread, or the waiter is cancelled.</summary>
    public void WaitAny(ReadOnlySpan<Request> requests, Waiter me)
    {
        var done = new AnyDone(requests);
        if (!done.IsMet)
            Pass();
        if (!done.IsMet)
        {
            foreach (Request request in requests)
                request.Attach(me);
            WaitUntil(ref done, me, Timeout.InfiniteTimeSpan);
            foreach (Request request in requests)
                request.Detach(me);
        }
        Settle();
    }

    /// <summary>Blocks until an unexpected message makes the condition true.</summary>
    public void WaitForMessage<TCondition>(scoped ref TCondition condition)
        where TCondition : struct, IWaitCondition, allows ref struct
    {
        _probing++;
        WaitUntil(ref condition, Waiter.Current, Timeout.InfiniteTimeSpan);
        _probing--;
        Settle();
    }

    /// <summary>Blocks until a pass has seen the word of a board that is watched for, or the condition is met for another reason.</summary>
    public void WaitOnBoard(scoped ref BoardReached reached, BoardWatch watch, TimeSpan sleepMax)
    {
        watch.Waiter = Waiter.Current;
        watch.IsTold = false;
        _watches.Add(watch);
        WaitUntil(ref reached, watch.Waiter, sleepMax);
        _watches.Remove(watch);
        Settle();
    }

    /// <summary>Blocks until the condition is met; somebody signals <paramref name="me"/> when it is. The caller settles after.</summary>
    /// <param name="condition">What is waited for.</param>
    /// <param name="me">The calling thread's waiter.</param>
    /// <param name="sleepMax">How long a sleep may last before the condition is looked at again.</param>
    public void WaitUntil<TCondition>(scoped ref TCondition condition, Waiter me, TimeSpan sleepMax)
        where TCondition : struct, IWaitCondition, allows ref struct
    {
        _waits++;
        while (!condition.IsMet && !_core.IsFaulted && !me.IsCancelled)
        {
            if (_poller is null)
                Poll(ref condition, me, sleepMax);
            else
                Block(me, sleepMax);
        }
        _waits--;
    }

    /// <summary>Ends a wait: the waiter looks at <see cref="Waiter.IsCancelled"/>.</summary>
    public void CancelWait(Waiter waiter)
    {
        waiter.IsCancelled = true;
        Signal(waiter);
    }

    /// <summary>Before the gate is left by a call that began or ended something: whoever waits is watched for.</summary>
    public void Settle()
    {
        Volatile.Write(ref _settled, _settled + 1);
        if (_poller is not null || _core.IsFaulted)
            return;
        if (_sleeperCalled)
            return;             // it settles
        if (_sleeper is not null)
        {
            if (_armed == ArmLevel.Anything)
                return;
            ArmLevel level = LevelNeeded();
            if (level == ArmLevel.Anything)
                CallSleeper();      // it arms itself, and looks again when it has slept for a while (decision 0098); from here nobody would
            else if (level > _armed)
                ArmForSleeper();
        }
        else if (_blocked.First is { } next)
        {
            Signal(next);
        }
        else if (NeedsHelper)
        {
            _endpoint.EndCall();
            if (NeedsHelper)
                _helper.Wake(isUrgent: HasMoreThanGathered, isSoon: _endpoint.HasGathered);
        }
    }

    /// <summary>Polls as the only poller until the condition is met or the window closes; then sleeps once.</summary>
    private void Poll<TCondition>(scoped ref TCondition condition, Waiter me, TimeSpan sleepMax)
        where TCondition : struct, IWaitCondition, allows ref struct
    {
        _poller = me;
        int looks = 0;
        bool hasYielded = false;
        WaitState wait = _endpoint.BeginWait();
        while (!condition.IsMet && !_core.IsFaulted && !me.IsCancelled)
        {
            if (_gate.IsContended && !hasYielded)
            {
                hasYielded = true;      // and then it looks: two that yield to each other would go on for ever
                _gate.Yield();
                continue;
            }
            hasYielded = false;
            if (Pass() > 0)
            {
                _endpoint.Arrived(ref wait);
                continue;
            }
            CheckAbort();
            if (_armed != ArmLevel.Nothing && ++looks == LooksBeforeDisarming)
                Disarm(ref wait);                   // a sleeper stays asleep: it is this thread that looks now
            if (!_endpoint.Pause(ref wait))
                continue;

            if (!_sleeperCalled)
            {
                Arm(ArmLevel.Anything);
                if (Pass() > 0 || condition.IsMet || _endpoint.AbortWord != 0)
                {
                    Disarm(ref wait);
                    continue;
                }
            }
            _poller = null;
            if (_sleeper is null)
                SleepOnDoorbell(me, sleepMax, ref wait);
            else
                BlockArmed(me, sleepMax);
            return;
        }
        _poller = null;
    }

    /// <summary>Tells those whose word is there. An arrival like any other: it renews the window of who polls.</summary>
    private int LookAtBoards()
    {
        int told = 0;
        foreach (BoardWatch watch in _watches)
        {
            if (watch.IsTold || !watch.Word.IsReached)
                continue;
            watch.IsTold = true;
            told++;
            Signal(watch.Waiter!);
        }
        return told;
    }

    private void Signal(Waiter waiter)
    {
        if (waiter == Waiter.Everybody)
        {
            SignalAll();
        }
        else if (waiter == _sleeper)
        {
            CallSleeper();
        }
        else if (waiter.IsListed)
        {
            _blocked.Remove(waiter);
            waiter.Unpark();
        }
    }

    private void CheckAbort()
    {
        if (_endpoint.AbortWord != 0)
            _core.OnAbort();
    }
}
