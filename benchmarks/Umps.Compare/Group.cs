using System.Collections.Generic;
using System.Linq;

namespace Umps.Compare;

/// <summary>Rows that are measured in one run of each contender.</summary>
/// <param name="Name">On compare's command line.</param>
/// <param name="Title">In the tables.</param>
/// <param name="Ranks">How many ranks.</param>
/// <param name="Rows">Its rows.</param>
internal sealed record Group(string Name, string Title, int Ranks, IReadOnlyList<Row> Rows)
{
    /// <summary>Pinned to cores; otherwise the kernel places the ranks.</summary>
    public bool IsPinned { get; init; } = true;

    /// <summary>By sockets.</summary>
    public bool IsTcp { get; init; }

    /// <summary>The ranks are on two nodes, a network namespace each.</summary>
    public bool IsAcross { get; init; }

    /// <summary>Whether a contender runs any of its rows.</summary>
    public bool IsFor(Contender contender) => Rows.Any(row => row.SpecOf(contender) is not null);

    /// <summary>How the batches get their class.</summary>
    public ClassSource ClassFrom { get; init; } = ClassSource.Batch;

    /// <summary>Ours are programs of Native AOT, launcher and ranks, which <c>benchmarks/compare --aot</c> makes.</summary>
    public bool IsNative { get; init; }

    /// <summary>A run is timed from outside; its output does not matter.</summary>
    public bool IsStartUp { get; init; }

    /// <summary>Runs of each contender a round.</summary>
    public int Repeats { get; init; } = 1;

    /// <summary>Rounds at most.</summary>
    public int RoundsMax { get; init; } = int.MaxValue;

    /// <summary>Rounds at most with --quick.</summary>
    public int QuickRoundsMax { get; init; } = int.MaxValue;

    /// <summary>Seconds for all batches of a row in a run.</summary>
    public double RowSeconds { get; init; } = 0.15;

    /// <summary>Seconds of warming up; null for the usual.</summary>
    public double? WarmSeconds { get; init; }
}
