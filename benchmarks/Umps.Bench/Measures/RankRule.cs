namespace Umps.Bench;

/// <summary>How many ranks a measure is for.</summary>
internal enum RankRule
{
    /// <summary>Two exactly.</summary>
    Two,

    /// <summary>An even number, in pairs.</summary>
    Pairs,

    /// <summary>Two or more.</summary>
    TwoOrMore,

    /// <summary>Three or more: two that compute and one that waits.</summary>
    ThreeOrMore,
}
