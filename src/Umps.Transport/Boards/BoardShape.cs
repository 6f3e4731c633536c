namespace Umps.Transport.Boards;

/// <summary>How the members of a board meet. The first to use the board says it for all, so that they never differ.</summary>
internal enum BoardShape
{
    Unset = 0,

    /// <summary>Each reads every other's line: one transfer of a line, where each member has a processor.</summary>
    Flat = 1,

    /// <summary>Each adds itself to a count, and the last to come works for all and releases them: each runs once a call, where they share processors.</summary>
    Central = 2,
}
