using System.Collections.Generic;

namespace Umps.Paper;

/// <summary>A start of the programs on both nodes: one series, several tests.</summary>
/// <param name="Series">Who.</param>
/// <param name="Wire">On which wire: false the plain one, true the one of a gigabit.</param>
/// <param name="Tests">What.</param>
internal sealed record Launch(Series Series, bool Wire, IReadOnlyList<PlannedTest> Tests)
{
    /// <summary>Settings besides the series' own.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>How the series is called in this section; null: by its name.</summary>
    public string? As { get; init; }
}
