namespace Umps.Transport;

/// <summary>Why <see cref="UserAgent.Loop"/> ended.</summary>
public enum LoopEnd
{
    /// <summary>The callback said stop.</summary>
    Stopped = 0,

    /// <summary>The time was over.</summary>
    TimedOut = 1,

    /// <summary>Every peer has left, and all that they had sent is delivered.</summary>
    PeersGone = 2,
}
