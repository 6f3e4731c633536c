namespace Umps.Compare;

/// <summary>Whether a goal is reached, as far as the rounds agree.</summary>
internal enum Verdict
{
    /// <summary>There is no goal, or too few rounds to say.</summary>
    None,

    /// <summary>The rounds reach it.</summary>
    Reached,

    /// <summary>The rounds do not.</summary>
    NotReached,

    /// <summary>Some do and some do not: another run may decide either way.</summary>
    Open,
}
