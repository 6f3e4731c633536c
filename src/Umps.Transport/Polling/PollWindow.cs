using System;

namespace Umps.Transport.Polling;

/// <summary>Window, threshold and budget of semi-polling, and how they adapt. Pure: time stamps are arguments, so a simulated clock can drive it.</summary>
/// <remarks>
/// <code>
///  gap begins      window (spin)         budget (yield)             arm
///  |---------------------|--------------------------|----------------&gt;   a processor for each rank
///  |------------------ budget (yield) --------------|----------------&gt;   crowded: more ranks awake than processors
///  |------------------ shared budget (yield) ----------------- … -|--&gt;   more ranks than processors, some perhaps asleep
///  |----------- two yields that come back late -----|----------------&gt;   somebody computes on this processor
///  |-- longest window ---------|-------------------------------------&gt;   alone on the node, waits are short
///  |- a look ----|---------------------------------------------------&gt;   alone on the node, most waits are longer than the longest window
/// </code>
/// The window follows the gaps between arrivals: four times their moving mean, so that most arrivals fall inside it; gaps that it
/// could not reach anyway close it to its minimum. A gap that ends before a time stamp was taken counts as none.
/// Two late yields in a row are believed and remembered, for waits that follow would lose a slice each to learn the same; asleep they preempt
/// whoever computes when their message comes. The memory doubles while it proves right.
/// Who is alone on its node waits for nobody who could run on this processor instead: it does not yield for the budget, and where most of its last waits were longer than the longest window it does not
/// spin either. Of the length of a wait no more counts than twice that, so that it takes some long ones in a row, and some short ones to spin again (decision 0129).
/// A yield that somebody took (it lasts three times as long as one in vain) says that the processor is shared, whatever the count says: waits yield at once until one is in vain.
/// </remarks>
internal sealed class PollWindow
{
    private const int GapsPerWindow = 4;
    private const int GapShift = 3;             // weight of a new gap in the mean: 1/8
    private const int YieldsAtOnceMax = 8;
    private const int YieldsAtFirstMax = 64;
    private const int LatesToBelieve = 2;       // one alone may be the host's, or a compiler's that has just started
    private const int MemoryLates = 20;         // first memory of a late yield, in late yields: 10 ms by default
    private const int MemoryDoublingsMax = 6;   // 640 ms

    private readonly long _windowMin, _windowMax, _budget, _late, _sharedBudget;
    private readonly int _threshold;
    private readonly long _pollMax;             // of one wait, whatever arrives
    private long _window;
    private long _gapMean;
    private long _waitMean;                     // the same, but long ones count for more
    private long _shortMean;                    // the same, but long ones count for little
    private bool _hasWoken;                     // what has ended the sleep is about to arrive, and is no gap of its own
    private readonly bool _isAlone;
    private long _yieldMin = long.MaxValue;     // what a yield costs when nobody takes it
    private bool _sharesProcessor;              // the last yield was taken
    private int _latesInARow;
    private long _computingUntil;
    private int _memoryDoublings;

    /// <summary>Makes the window of one endpoint.</summary>
    /// <param name="options">Its bounds.</param>
    /// <param name="ticksPerSecond">Of the time stamps.</param>
    /// <param name="isAlone">All its peers are on other nodes.</param>
    public PollWindow(PollingOptions options, long ticksPerSecond, bool isAlone = false)
    {
        _isAlone = isAlone;
        _windowMin = Ticks(Math.Min(options.WindowMicrosecondsMin, options.WindowMicrosecondsMax));
        _windowMax = Ticks(options.WindowMicrosecondsMax);
        _budget = Ticks(options.BudgetMicroseconds);
        _late = Ticks(options.LateYieldMicroseconds);
        _sharedBudget = Ticks(options.SharedBudgetMicroseconds);
        _threshold = options.ThresholdArrivals;
        _pollMax = options.PollMicrosecondsMax == 0 ? long.MaxValue : Ticks(options.PollMicrosecondsMax);
        _window = _windowMax;       // nothing is known: the first waits are those of the start, when ranks meet
        _gapMean = _windowMax / GapsPerWindow;

        long Ticks(int microseconds) => (long)(microseconds * (ticksPerSecond / 1e6));
    }

    /// <summary>How long a wait spins at present.</summary>
    public long WindowTicks => _window;

    /// <summary>An arrival: the gap ends. Uses the stamps that empty passes have taken, none of its own.</summary>
    public void Arrived(ref WaitState wait)
    {
        long gap = wait.GapBegan == 0 ? 0 : wait.LastTimestamp - wait.GapBegan;
        if (gap != 0 || !_hasWoken)
            LearnShort(gap);
        _hasWoken = false;
        Learn(gap);
        wait.WindowArrivals++;
        wait.EmptyPolls = 0;
        wait.GapBegan = 0;
    }

    /// <summary>The wait has slept, and looks again: a gap of that length, and a new window.</summary>
    public void Woke(ref WaitState wait, long now)
    {
        if (wait.GapBegan != 0)
        {
            LearnShort(now - wait.GapBegan);
            Learn(now - wait.GapBegan);
            _hasWoken = true;
        }
        wait = default;
    }

    /// <summary>Resource exhaustion: whoever holds the resource is at work, so a wait begins with the whole window.</summary>
    public void Reset()
    {
        _gapMean = _windowMax / GapsPerWindow;
        _window = _windowMax;
        _shortMean = 0;
    }

    /// <summary>What to do after an empty pass.</summary>
    /// <param name="wait">The wait.</param>
    /// <param name="now">The time.</param>
    /// <param name="crowded">More ranks are awake than there are processors.</param>
    /// <param name="oversubscribed">The node has more ranks than processors, though some may sleep.</param>
    /// <returns>The step.</returns>
    public PollStep Decide(ref WaitState wait, long now, bool crowded, bool oversubscribed = false)
    {
        if (wait.WindowBegan == 0)
            wait.WindowBegan = now;
        if (wait.Began == 0)
            wait.Began = now;
        if (wait.GapBegan == 0)
            wait.GapBegan = now;
        else if (now - wait.LastTimestamp > _late)
            wait.Preempted = true;      // a few passes do not take that long
        wait.LastTimestamp = now;

        if (now - wait.Began >= _pollMax || wait.YieldedLate || now < _computingUntil || (oversubscribed && _waitMean > _sharedBudget))
            return PollStep.Arm;
        bool yields = crowded || !_isAlone;
        if (!yields && _shortMean > _windowMax)
            return PollStep.Arm;
        if (now - wait.WindowBegan >= (oversubscribed ? _sharedBudget : Math.Max(yields ? _budget : _windowMax, crowded ? 0 : _window)))
        {
            if (wait.WindowArrivals < _threshold)
                return PollStep.Arm;
            wait.WindowBegan = now;
            wait.WindowArrivals = 0;
        }
        return crowded || wait.Preempted || _sharesProcessor || now - wait.GapBegan >= _window ? PollStep.Yield : PollStep.Spin;
    }

    /// <summary>How often a wait on a node with more ranks than processors may yield before it does anything else.</summary>
    public int YieldsAtFirst(long now) => now < _computingUntil || _waitMean > _sharedBudget ? 0 : YieldsAtFirstMax;

    /// <summary>How often without a look at the clock: once while somebody seems to compute.</summary>
    public int YieldsAtOnce => _latesInARow > 0 ? 1 : YieldsAtOnceMax;

    /// <summary>What was waited for came while the wait did nothing but yield.</summary>
    /// <param name="took">The last yields.</param>
    public void CameWhileYielding(long took) => Learn(took);

    /// <summary>The wait has yielded.</summary>
    /// <param name="wait">The wait.</param>
    /// <param name="before">Time before the yield.</param>
    /// <param name="after">Time after it.</param>
    /// <param name="yields">How often, between the two.</param>
    public void Yielded(ref WaitState wait, long before, long after, int yields = 1)
    {
        wait.LastTimestamp = after;
        long took = (after - before) / yields;
        _yieldMin = Math.Min(_yieldMin, took);
        _sharesProcessor = took > 2 * _yieldMin;
        if (after - before <= _late + ((yields - 1) * (_late / YieldsAtOnceMax)))
        {
            _memoryDoublings = 0;
            _latesInARow = 0;
            return;
        }
        if (++_latesInARow < LatesToBelieve)
            return;
        wait.YieldedLate = true;
        _computingUntil = after + ((MemoryLates * _late) << _memoryDoublings);
        if (_memoryDoublings < MemoryDoublingsMax)
            _memoryDoublings++;
    }

    private void LearnShort(long gap) => _shortMean += (Math.Min(gap, 2 * _windowMax) - _shortMean) >> GapShift;

    private void Learn(long gap)
    {
        // A long pause between two bursts must not take a hundred bursts to forget.
        _gapMean += (Math.Min(gap, 4 * _windowMax) - _gapMean) >> GapShift;
        _waitMean += (Math.Min(gap, 4 * _sharedBudget) - _waitMean) >> GapShift;
        _window = _gapMean > _windowMax ? _windowMin : Math.Clamp(GapsPerWindow * _gapMean, _windowMin, _windowMax);
    }
}
