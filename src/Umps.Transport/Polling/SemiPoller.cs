using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using System.Threading;
using Umps.Transport.Interop;

namespace Umps.Transport.Polling;

/// <summary>Interrupt, Polling, Reset: the state machine behind every wait.</summary>
/// <remarks>
/// <code>
///             BeginWait                       window closed, nothing on a second look
///  ──────────────────────────► Polling ──────────────────────────────────────────────► Interrupt
///       Arrived, Pause ◄──────────┘   ◄──────── a doorbell, a socket, abort, timeout ───────┘
///                       Reset: a resource is exhausted; the window begins anew
/// </code>
/// Entered by the endpoint's owner; <see cref="Sleep"/> by the one thread that sleeps, with the gate left. What it counts in
/// Sleep it touches nowhere else. A pass that finds nothing costs an increment and a pause; the clock is read every
/// <see cref="PassesPerLook"/> passes only, for a time stamp costs 26 ns, as much as a pass.
/// The node's count of ranks awake is a hint: a rank killed awake stays in it, and one whose threads all sleep on words of their own, too. It is held against the processors
/// that the node's ranks may use; too high a count makes waits yield that could spin.
/// </remarks>
internal sealed unsafe class SemiPoller
{
    private const int PassesPerLook = 32;

    private readonly DoorbellLine* _line;
    private readonly int* _awake;
    private readonly int* _abortWord;
    private readonly SleepSet? _descriptors;
    private readonly ulong* _processors;
    private readonly int _ranks;
    private int _processorCount;
    private readonly PollWindow _window;
    private readonly PollingMode _mode;
    private readonly long _restEveryTicks, _restTicks;      // 0: no rests
    private long _restedAt;
    private bool _looksEachPass;        // the last step was no spin: a pass is worth a time stamp
    private PollCounters _counters;

    /// <summary>Makes the state machine of one endpoint.</summary>
    /// <param name="line">The endpoint's doorbell, in the node's shared memory.</param>
    /// <param name="awake">The node-wide count of ranks that are not asleep, in shared memory; this endpoint is counted in by the caller, and changed here on sleep and wake.</param>
    /// <param name="abortWord">The node's abort word: no sleep begins while it is set.</param>
    /// <param name="descriptors">What it sleeps on where some peers are on other nodes; null, or nothing but the doorbell's eventfd, where none is.</param>
    /// <param name="processors">Processors of the node's ranks (<see cref="NodeProcessors"/>), in shared memory; this thread's are added.</param>
    /// <param name="ranks">Ranks of the node, awake or not.</param>
    /// <param name="options">Window, threshold, budget.</param>
    public SemiPoller(DoorbellLine* line, int* awake, int* abortWord, SleepSet? descriptors, ulong* processors, int ranks, TransportOptions options)
    {
        _line = line;
        _awake = awake;
        _abortWord = abortWord;
        _descriptors = descriptors is { HasDescriptors: true } ? descriptors : null;
        _processors = processors;
        _ranks = ranks;
        NodeProcessors.Add(processors);
        _processorCount = NodeProcessors.Count(processors);
        _window = new PollWindow(options.Polling, Stopwatch.Frequency, isAlone: ranks == 1);
        _mode = options.Polling.Mode;
        _restEveryTicks = options.Polling.RestEveryMicroseconds * Stopwatch.Frequency / 1_000_000;
        _restTicks = options.Polling.RestMicroseconds * Stopwatch.Frequency / 1_000_000;
        _restedAt = Stopwatch.GetTimestamp();
        NeverSpins = _mode == PollingMode.InterruptOnly;
        Doorbell.Initialize(line, sleepsOnSockets: _descriptors is not null, hasPeers: ranks > 1);
    }

    /// <summary>Counters since the beginning.</summary>
    public ref readonly PollCounters Counters => ref _counters;

    /// <inheritdoc cref="Endpoint.IsCrowded"/>
    public bool IsCrowded => _ranks > _processorCount;

    /// <inheritdoc cref="PollWindow.WindowTicks"/>
    public long WindowTicks => _window.WindowTicks;

    /// <inheritdoc cref="Endpoint.NeverSpins"/>
    public bool NeverSpins { get; }

    /// <inheritdoc cref="Endpoint.NeverSleeps"/>
    public bool NeverSleeps => _mode == PollingMode.PollingOnly;

    /// <summary>A doorbell was rung for a peer.</summary>
    public void CountRing() => _counters.Rings++;

    /// <inheritdoc cref="Endpoint.BeginWait"/>
    public WaitState BeginWait()
    {
        if (_restTicks != 0)
            Rest();
        _counters.Waits++;
        return default;
    }

    /// <inheritdoc cref="Endpoint.Arrived"/>
    public void Arrived(ref WaitState wait)
    {
        _counters.Arrivals++;
        if (wait.GapBegan != 0)
            _counters.PollingTicks += wait.LastTimestamp - wait.GapBegan;
        _window.Arrived(ref wait);
    }

    /// <inheritdoc cref="Endpoint.Pause"/>
    public bool Pause(ref WaitState wait)
    {
        _counters.EmptyPolls++;
        if (NeverSpins)
            return true;
        if ((++wait.EmptyPolls & (PassesPerLook - 1)) == 0 || _looksEachPass)
            return PauseSlow(ref wait);
        SpinOnce();
        return false;
    }

    /// <inheritdoc cref="Endpoint.Arm"/>
    public void Arm(ArmLevel level) => Doorbell.Arm(_line, level);

    /// <inheritdoc cref="Endpoint.Sleep"/>
    public void Sleep(TimeSpan timeout, bool programRuns = false)
    {
        if (Volatile.Read(ref _line->Armed) == 0 || Volatile.Read(ref *_abortWord) != 0)
            return;
        _counters.Sleeps++;
        long began = Stopwatch.GetTimestamp();
        if (!programRuns)
            Interlocked.Decrement(ref *_awake);
        if (Doorbell.Sleep(_line, _descriptors, timeout))
            _counters.Interrupts++;
        if (!programRuns)
            Interlocked.Increment(ref *_awake);
        long ended = Stopwatch.GetTimestamp();
        _counters.AsleepTicks += ended - began;
        if (ended - began >= _restTicks)
            _restedAt = ended;
    }

    /// <inheritdoc cref="Endpoint.Disarm"/>
    public void Disarm(ref WaitState wait)
    {
        Doorbell.Disarm(_line);
        if (wait.GapBegan != 0)
            _window.Woke(ref wait, Stopwatch.GetTimestamp());
    }

    /// <summary>Yields until a word in shared memory has a value, where waits yield and as often as one may.</summary>
    /// <returns>True when it has; else it is for an ordinary wait, which sleeps in the end.</returns>
    public bool YieldFor(uint* word, uint value)
    {
        if (NeverSpins)
            return false;
        WaitState wait = default;
        long before = Stopwatch.GetTimestamp();
        for (int left = _window.YieldsAtFirst(before); left > 0;)
        {
            int yields = Linux.YieldUntilEqual(word, value, _window.YieldsAtOnce);
            long after = Stopwatch.GetTimestamp();
            _counters.Yields += yields;
            _window.Yielded(ref wait, before, after, yields);
            if (Volatile.Read(ref *word) == value)
            {
                _window.CameWhileYielding(after - before);
                return true;
            }
            left = wait.YieldedLate ? 0 : left - yields;
            before = after;
        }
        return false;
    }

    /// <summary>Resource exhaustion (no unit, no slot): Reset. The window begins anew, and flow control holds the sender.</summary>
    public void Reset()
    {
        _counters.Resets++;
        _window.Reset();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool PauseSlow(ref WaitState wait)
    {
        int processors = _processorCount = NodeProcessors.Count(_processors);
        bool crowded = Volatile.Read(ref *_awake) > processors;
        if (NeverSleeps)
            return PauseAwake();
        long now = Stopwatch.GetTimestamp();
        PollStep step = _window.Decide(ref wait, now, crowded, _ranks > processors);
        _looksEachPass = step != PollStep.Spin;
        switch (step)
        {
            case PollStep.Spin:
                SpinOnce();
                return false;
            case PollStep.Yield:
                _counters.Yields++;
                Linux.YieldProcessor();
                _window.Yielded(ref wait, now, Stopwatch.GetTimestamp());
                return false;
            default:
                _counters.PollingTicks += now - wait.GapBegan;
                return true;
        }
    }

    /// <summary>A real-time thread that has not slept for long lets the normal ones of its processor run: its own process's, and whoever would be starved until the kernel steps in, for long.</summary>
    private void Rest()
    {
        long now = Stopwatch.GetTimestamp();
        if (now - _restedAt < _restEveryTicks)
            return;
        uint word = 0;
        Linux.FutexWait(&word, 0, TimeSpan.FromTicks(_restTicks * TimeSpan.TicksPerSecond / Stopwatch.Frequency));
        _counters.Rests++;
        _restedAt = Stopwatch.GetTimestamp();
    }

    /// <summary>Polling alone: spins; where the node has more ranks than processors it yields, or who would send might not run.</summary>
    private bool PauseAwake()
    {
        _looksEachPass = IsCrowded;
        if (!_looksEachPass)
        {
            SpinOnce();
            return false;
        }
        _counters.Yields++;
        Linux.YieldProcessor();
        return false;
    }

    /// <summary>One pause instruction: the other thread of the core gets its units, and a mispredicted exit of the loop costs less.</summary>
    private static void SpinOnce()
    {
        if (X86Base.IsSupported)
            X86Base.Pause();
        else if (ArmBase.IsSupported)
            ArmBase.Yield();
        else
            Thread.SpinWait(1);
    }
}
