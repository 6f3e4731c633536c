using System.Collections.Generic;
using Umps.Collectives;
using Umps.Transport;

namespace Umps;

/// <summary>Options of the library; section <c>Umps</c>.</summary>
public sealed record MpiOptions : IOptionGroup
{
    /// <summary>The transport's options of this rank: those of a real-time one bound its polling.</summary>
    internal TransportOptions TransportOfRank => !RealTime.Enabled ? Transport : Transport with
    {
        Polling = Transport.Polling with
        {
            PollMicrosecondsMax = RealTime.PollMicrosecondsMax,
            RestEveryMicroseconds = RealTime.RestEveryMicroseconds,
            RestMicroseconds = RealTime.RestMicroseconds,
        },
    };

    /// <summary>Options of the transport; section <c>Umps:Transport</c>.</summary>
    public TransportOptions Transport { get; init; } = new();

    /// <summary>Unmatched messages a rank keeps before it gives up with an error that names the busiest senders; 16 to 100,000,000. Default 1,000,000:
    /// an envelope costs about 100 bytes, and a program that lets a million pile up has lost a receive.</summary>
    [OptionRange(16, 100_000_000)]
    public int EnvelopesMax { get; init; } = 1_000_000;

    /// <summary>Seconds <see cref="Mpi.Dispose"/> waits for outstanding sends; 0 to 3600. Default 10.</summary>
    [OptionRange(0, 3600)]
    public double FinalizeSeconds { get; init; } = 10;

    /// <summary>Seconds <see cref="Comm.Loan{T}"/> waits, while blocks are with peers, for one to come home to a full arena; 0 to 3600. Default 10.</summary>
    [OptionRange(0, 3600)]
    public double LoanWaitSeconds { get; init; } = 10;

    /// <summary>Seconds <see cref="MpiHost"/> gives the other ranks to end after one has failed, before it names those that still compute; 0.1 to 3600. Default 5.</summary>
    [OptionRange(0.1, 3600)]
    public double HostDeadlineSeconds { get; init; } = 5;

    /// <summary>Rank 0 prints every option with its value and where it came from, to standard error; what <c>umpsrun --show-config</c> sets. Default false.</summary>
    public bool ShowConfig { get; init; }

    /// <summary>Each rank tells its counters and depths when it leaves: what <c>umpsrun --show-state</c> sets and prints, rank by rank. Without umpsrun they go to standard error. Default false.</summary>
    public bool ShowState { get; init; }

    /// <summary>Options of a real-time rank; section <c>Umps:RealTime</c>.</summary>
    public RealTimeOptions RealTime { get; init; } = new();

    /// <summary>Which algorithm each collective runs. Internal: tests force one by name.</summary>
    internal CollectiveTable Collectives { get; init; } = CollectiveTable.Default;

    IEnumerable<string> IOptionGroup.Faults()
    {
        if (RealTime.Enabled && Transport.Polling.Mode == PollingMode.PollingOnly)
            yield return "Umps:RealTime:Enabled is true and Umps:Transport:Polling:Mode is PollingOnly: a real-time thread that never sleeps keeps its own process's other threads from the processor for good; take one of them";
    }
}
