using System;

namespace Umps.Bench;

/// <summary>A measure by name: what its table looks like, what it is for, and the counts OSU's program of that kind has.</summary>
/// <param name="Name">On the command line.</param>
/// <param name="Title">In the first line of its output.</param>
/// <param name="Ranks">How many it is for.</param>
/// <param name="Headings">The columns after the size.</param>
/// <param name="Loops">Iterations and warm-up by size.</param>
/// <param name="Make">Makes it for a size.</param>
internal sealed record BenchmarkKind(string Name, string Title, RankRule Ranks, string[] Headings, LoopCounts Loops, Func<BenchContext, int, Benchmark> Make)
{
    /// <summary>Smallest message unless --min says otherwise.</summary>
    public int MinBytes { get; init; } = 1;

    /// <summary>Largest message unless --max says otherwise.</summary>
    public int MaxBytes { get; init; } = 4 << 20;

    /// <summary>Sizes are a multiple of this.</summary>
    public int UnitBytes { get; init; } = 1;

    /// <summary>Has no size, so one line.</summary>
    public bool IsSizeless { get; init; }

    /// <summary>One call is the whole measurement, without warming up.</summary>
    public bool IsSingle { get; init; }

    /// <summary>Digits after the point.</summary>
    public int Precision { get; init; } = 2;

    /// <summary>Whether --window means something.</summary>
    public bool HasWindow { get; init; }

    /// <summary>Makes its messages itself, so that --allocate means nothing.</summary>
    public bool HasOwnBuffers { get; init; }

    /// <summary>Says why it cannot run on so many ranks; null when it can.</summary>
    public string? Refuse(int ranks) => Ranks switch
    {
        RankRule.Two when ranks != 2 => $"{Name} is for 2 ranks, not {ranks}. Write umpsrun -n 2 umpsbench {Name}.",
        RankRule.Pairs when ranks % 2 != 0 => $"{Name} is for pairs of ranks, not {ranks}. Write umpsrun -n {ranks + 1} umpsbench {Name}, or another even number.",
        RankRule.TwoOrMore when ranks < 2 => $"{Name} is for 2 ranks or more, not {ranks}. Write umpsrun -n 2 umpsbench {Name}.",
        RankRule.ThreeOrMore when ranks < 3 => $"{Name} is for 3 ranks or more, two that compute and others that wait, not {ranks}. Write umpsrun -n 8 umpsbench {Name}.",
        _ => null,
    };
}
