namespace Umps.Compare;

/// <summary>A row of the tables: a measure at a size.</summary>
/// <param name="Measure">The measure, as umpsbench and the peers' benchmark name it; @allocate after it for shared buffers.</param>
/// <param name="Bytes">Size of a message.</param>
/// <param name="Unit">Its unit.</param>
internal sealed record Row(string Measure, int Bytes, string Unit)
{
    /// <summary>Goal of the ratio in class N, S too.</summary>
    public Goal? Near { get; init; }

    /// <summary>Goal of the ratio in class F.</summary>
    public Goal? Far { get; init; }

    /// <summary>Goal of our own figure, where the peers do not matter.</summary>
    public Goal? Own { get; init; }

    /// <summary>The peers' row that this one is held against; null for the same one.</summary>
    public string? Against { get; init; }

    /// <summary>The row of ours that this one is held against, instead of a peer's.</summary>
    public string? AgainstOurs { get; init; }

    /// <summary>Whether more is better.</summary>
    public bool IsMore => Unit is "MB/s" or "M/s" or "%";

    /// <summary>MEASURE:BYTES, as on the benchmarks' command line.</summary>
    public string Spec => $"{Measure}:{Bytes}";

    /// <summary>The goal of a class.</summary>
    public Goal? GoalIn(LineClass line) => line == LineClass.F ? Far : Near;
}
