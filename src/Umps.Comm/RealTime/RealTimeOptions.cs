using Umps.Transport;

namespace Umps;

/// <summary>Options of a rank that shares its processor with others and must answer before them; section <c>Umps:RealTime</c>.</summary>
public sealed record RealTimeOptions : IOptionGroup
{
    /// <summary>The thread that calls Mpi.Init becomes a real-time one (SCHED_FIFO), and all memory is locked: what <c>umpsrun --rt</c> sets. An error where the system does not allow it. Default false.</summary>
    public bool Enabled { get; init; }

    /// <summary>Its priority, 1 to 80. Default 10: before every normal thread, and behind the kernel's own, which are at 50.</summary>
    [OptionRange(1, 80)]
    public int Priority { get; init; } = 10;

    /// <summary>How long one wait polls at most, in microseconds, whatever arrives meanwhile, before it sleeps; 20 to 100,000. Default 300: polling, it keeps the rank's other threads (the collector's,
    /// the compiler's) from its processor, and a yield lets none of them run.</summary>
    [OptionRange(20, 100_000)]
    public int PollMicrosecondsMax { get; init; } = 300;

    /// <summary>Microseconds between two rests of a thread that waits often and never sleeps; 200 to 1,000,000. Default 1000, a rest then being 60: just above the twentieth that the kernel would
    /// take for normal threads otherwise, 50 ms at a time.</summary>
    [OptionRange(200, 1_000_000)]
    public int RestEveryMicroseconds { get; init; } = 1000;

    /// <summary>How long such a rest is, in microseconds; 0 to 10,000; 0: none. Default 60.</summary>
    [OptionRange(0, 10_000)]
    public int RestMicroseconds { get; init; } = 60;
}
