using Umps.Transport.Boards;

namespace Umps.Progress;

/// <summary>A word of a board that a thread waits for: every pass looks at it, whichever thread makes the pass.</summary>
internal sealed class BoardWatch
{
    /// <summary>The word.</summary>
    public BoardWord Word;

    /// <summary>Who waits.</summary>
    public Waiter? Waiter;

    /// <summary>A pass has seen that the word is there.</summary>
    public bool IsTold;
}
