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

    /// <summary>The peers' measure that this one is held against; null for the same one, empty for none.</summary>
    public string? PeerMeasure { get; init; }

    /// <summary>MEASURE:BYTES of the row of ours in the same group that this one is held against, instead of a peer's.</summary>
    public string? AgainstOurs { get; init; }

    /// <summary>Whether more is better.</summary>
    public bool IsMore => Unit is "MB/s" or "M/s" or "%";

    /// <summary>MEASURE:BYTES, as on umpsbench's command line.</summary>
    public string Spec => $"{Measure}:{Bytes}";

    /// <summary>MEASURE:BYTES on a contender's command line; null when it does not run this row.</summary>
    public string? SpecOf(Contender contender) => contender.IsOurs ? Spec : PeerMeasure is null ? Spec : PeerMeasure.Length == 0 ? null : $"{PeerMeasure}:{Bytes}";

    /// <summary>The goal of a class.</summary>
    public Goal? GoalIn(LineClass line) => line == LineClass.F ? Far : Near;
}
