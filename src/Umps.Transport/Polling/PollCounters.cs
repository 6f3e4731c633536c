namespace Umps.Transport.Polling;

/// <summary>What the state machine counts; plain adds by the endpoint's owner (Sleeps, Interrupts and AsleepTicks: by the one thread that sleeps).</summary>
internal struct PollCounters
{
    /// <summary>Sleeps in the kernel that a doorbell or a socket ended.</summary>
    public long Interrupts;

    /// <summary>Waits begun.</summary>
    public long Waits;

    /// <summary>Passes that found nothing.</summary>
    public long EmptyPolls;

    /// <summary>Passes that found something.</summary>
    public long Arrivals;

    /// <summary>Times the processor was given away by sched_yield.</summary>
    public long Yields;

    /// <summary>Sleeps begun.</summary>
    public long Sleeps;

    /// <summary>Times that a resource was exhausted.</summary>
    public long Resets;

    /// <summary>Time in the Polling state, in Stopwatch ticks.</summary>
    public long PollingTicks;

    /// <summary>Time in the Interrupt state, in Stopwatch ticks.</summary>
    public long AsleepTicks;

    /// <summary>Short sleeps of a real-time thread that would not have slept otherwise.</summary>
    public long Rests;

    /// <summary>Doorbells rung for peers.</summary>
    public long Rings;
}
