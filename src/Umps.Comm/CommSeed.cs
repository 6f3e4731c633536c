namespace Umps;

/// <summary>What the first rank of a new communicator tells the others of it.</summary>
/// <param name="Context">Its context.</param>
/// <param name="BoardNumber">Which of the first rank's boards is its own; -1: none.</param>
internal readonly record struct CommSeed(ulong Context, long BoardNumber)
{
    /// <summary>A communicator without a board.</summary>
    public const long NoBoard = -1;
}
