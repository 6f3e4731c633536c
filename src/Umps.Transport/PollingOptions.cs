using System.Collections.Generic;

namespace Umps.Transport;

/// <summary>Options of semi-polling, the wait of every blocked call; section <c>Umps:Transport:Polling</c>.</summary>
public sealed record PollingOptions : IOptionGroup
{
    /// <summary>SemiPolling, or one of its two halves alone: InterruptOnly never spins or yields, PollingOnly never sleeps. Default SemiPolling; the other two are for
    /// comparisons, and leave the options below without effect.</summary>
    [OptionRange((int)PollingMode.SemiPolling, (int)PollingMode.PollingOnly)]
    public PollingMode Mode { get; init; }

    /// <summary>Shortest spin of a wait, in microseconds, while every rank has a processor; 0 to 1,000,000. Default 20: what a sleep costs the sleeper.</summary>
    [OptionRange(0, 1_000_000)]
    public int WindowMicrosecondsMin { get; init; } = 20;

    /// <summary>Longest spin of a wait, in microseconds; between the two it follows the gaps between arrivals. 0 to 1,000,000. Default 100: four sleeps.</summary>
    [OptionRange(0, 1_000_000)]
    public int WindowMicrosecondsMax { get; init; } = 100;

    /// <summary>Arrivals in a window that begin another one; fewer close it. 1 to 1,000,000. Default 1.</summary>
    [OptionRange(1, 1_000_000)]
    public int ThresholdArrivals { get; init; } = 1;

    /// <summary>How long a wait without arrivals polls in all, in microseconds, spinning and then yielding, before it sleeps. 0 to 1,000,000. Default 200: some ten sleeps.</summary>
    [OptionRange(0, 1_000_000)]
    public int BudgetMicroseconds { get; init; } = 200;

    /// <summary>A yield that takes longer than this, in microseconds, gave the processor to somebody who computes: after two in a row the wait sleeps. 1 to 1,000,000. Default 500: ranks that only pass messages come back sooner, a scheduler's slice is longer.</summary>
    [OptionRange(1, 1_000_000)]
    public int LateYieldMicroseconds { get; init; } = 500;

    /// <summary>The same where the node has more ranks than processors, and also the mean wait above which a wait sleeps at once there; in microseconds, 0 to 1,000,000. Default 2000:
    /// ranks that yield to each other pass a message in 2 to 8 µs, those that must be woken in 30, so that yielding must outlast a round of wake-ups to come about.</summary>
    [OptionRange(0, 1_000_000)]
    public int SharedBudgetMicroseconds { get; init; } = 2000;

    /// <summary>How long a wait polls at most, whatever arrives meanwhile; 0: as long as something does. Internal: of a real-time rank, as the two below.</summary>
    internal int PollMicrosecondsMax { get; init; }

    /// <summary>Time between two rests of who waits often and never sleeps.</summary>
    internal int RestEveryMicroseconds { get; init; }

    /// <summary>How long a rest is; 0: there is none.</summary>
    internal int RestMicroseconds { get; init; }

    IEnumerable<string> IOptionGroup.Faults()
    {
        if (WindowMicrosecondsMin > WindowMicrosecondsMax)
            yield return $"Umps:Transport:Polling:WindowMicrosecondsMin is {WindowMicrosecondsMin}, more than WindowMicrosecondsMax, {WindowMicrosecondsMax}";
    }
}
