using System.Threading;
using Umps.Transport;

namespace Umps.Progress;

/// <summary>The helper's side of progress: when it is needed, how it watches, naps and ends.</summary>
internal sealed partial class ProgressEngine
{
    private const int PassesForWhatIsDue = 4;

    private HelperMerit _merit;

    /// <summary>True when the helper should be the one who watches: work that no blocked caller stands for, and nobody awake.</summary>
    public bool NeedsHelper => _poller is null && _sleeper is null && (_outstanding > 0 || HasOutgoing) && !_core.IsFaulted;

    /// <summary>True while the helper, once awake, may stay on the doorbell: also when nothing needs it any more, for it would be woken, and contend for the gate, again with the next request.</summary>
    /// <remarks>Not on sockets, where each arrival would wake it: there it naps beside the program.</remarks>
    private bool MayWatch => _endpoint.HasSockets ? NeedsHelper : _poller is null && _sleeper is null && !_helper.IsClosing && !_core.IsFaulted;

    /// <summary>Calls of the program that began or ended something. A hint: read without the gate.</summary>
    public long Calls => Volatile.Read(ref _settled);

    /// <summary>Requests are under way, and no caller is there for them. A hint: read without the gate.</summary>
    public bool IsUnattended => !_gate.IsEntered && Volatile.Read(ref _outstanding) > 0 && Volatile.Read(ref _sleeper) is null;

    /// <summary>No caller polls, or sleeps on the doorbell. A hint: read without the gate.</summary>
    public bool IsAlone => Volatile.Read(ref _poller) is null && Volatile.Read(ref _sleeper) is null;

    /// <summary>The helper is not to be rung: the program's own calls are always there before it.</summary>
    private bool StandsBack => _merit.IsInTheWay && !_hasAwaited && !_endpoint.HasSockets;

    /// <summary>False when all the work there is are the messages of a burst, which wait for their age.</summary>
    private bool HasMoreThanGathered => _outstanding > 0 || _core.Sends.HasWork || _core.Receives.HasWork || (_endpoint.HasUnsent && !_endpoint.HasOnlyGathered);

    /// <summary>The helper's turn to watch: polls until nothing comes, arms, and sleeps on the doorbell. Called on the helper's thread.</summary>
    public void Watch(Waiter helper)
    {
        if (_endpoint.NeverSleeps)
        {
            WatchByTheClock();
            return;
        }
        WaitState wait = _endpoint.BeginWait();
        bool naps = _endpoint.HasSockets, hasYielded = false;
        while (naps || MayWatch)
        {
            bool napsNow = naps && (!_hasAwaited || !HasMoreThanGathered);
            if (_gate.IsContended && !napsNow && !hasYielded)
            {
                hasYielded = true;      // and then it looks: two that yield to each other would go on for ever
                _gate.Yield();
                continue;
            }
            hasYielded = false;
            if (StandsBack)
            {
                if (!StandBack())
                    break;
                continue;
            }
            if (napsNow)
            {
                naps = NapBesideProgram();
                if (!NeedsHelper || !HasMoreThanGathered)
                    continue;
            }
            if (PassForProgram() > 0)
                continue;
            CheckAbort();
            Arm(WatchLevel());
            if (PassForProgram() > 0 || !MayWatch || _endpoint.AbortWord != 0)
                Disarm(ref wait);
            else
            {
                bool isAttended = SleepOnDoorbell(helper, Timeout.InfiniteTimeSpan, ref wait);
                _merit.NoteWake(_settled, isAttended || _poller is not null);
            }
        }
        _helper.ForgetCall();
    }

    /// <summary>The helper's turn where nothing rings (<see cref="PollingMode.PollingOnly"/>): it looks after each nap, for to poll all the time would take a processor from the program.</summary>
    private void WatchByTheClock()
    {
        for (int quiet = 0; quiet < ProgressHelper.QuietNapsMax && !_helper.IsClosing; quiet++)
        {
            _gate.Leave();
            Endpoint.Nap();
            _gate.Enter();
            if (!NeedsHelper)
                continue;
            PassForProgram();
            CheckAbort();
            quiet = 0;
        }
        _helper.ForgetCall();
    }

    /// <summary>The helper naps, not to be rung, as long as the program goes from call to call.</summary>
    /// <returns>False when it may be parked.</returns>
    private bool StandBack()
    {
        _gate.Leave();
        NapEnd end = _helper.StandBack();
        _gate.Enter();
        if (end == NapEnd.ProgramComputes)
            _merit.Forgive();
        else if (end == NapEnd.ProgramCalls && NeedsHelper)
            PassForProgram();
        return end != NapEnd.Quiet;
    }

    /// <summary>The helper naps as long as the program goes from call to call, for its calls look themselves; then sends what a burst has left behind.</summary>
    /// <returns>False when nothing has happened for long: it may be parked.</returns>
    /// <remarks>To wake a parked helper costs a call 8 µs, and a helper asleep on the sockets is woken by every arrival: a program that posts and waits, over and over, would pay that each time.</remarks>
    private bool NapBesideProgram()
    {
        _gate.Leave();
        bool goesOn = _helper.Nap(_endpoint, ref _settled);
        _gate.Enter();
        if (!_endpoint.HasOldGathered)
            return goesOn;
        _endpoint.FlushGathered();
        // A late acknowledgement, a frame to be sent again: nothing to stay awake for. Not each pass looks at the clock.
        for (int passes = 0; passes < PassesForWhatIsDue && _outstanding == 0 && NeedsHelper && HasMoreThanGathered; passes++)
        {
            PassForProgram();
            CheckAbort();
        }
        return goesOn;
    }

    /// <summary>Tells the helper thread to end; <see cref="JoinHelper"/>, with the gate left, waits for it.</summary>
    public void CloseHelper()
    {
        _helper.Close();
        CallSleeper();
    }

    /// <inheritdoc cref="CloseHelper"/>
    public void JoinHelper() => _helper.Join();

    private ArmLevel WatchLevel()
    {
        ArmLevel needed = LevelNeeded();
        return needed == ArmLevel.Nothing ? ArmLevel.Control : needed;
    }
}
