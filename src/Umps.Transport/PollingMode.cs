namespace Umps.Transport;

/// <summary>How waits are made: one mechanism at a time, so that runs can compare them and nothing else.</summary>
public enum PollingMode
{
    /// <summary>Polls for a window, then arms and sleeps: the state machine. For everything but comparisons.</summary>
    SemiPolling,

    /// <summary>Never spins or yields: a pass that finds nothing arms and sleeps. What arrives meanwhile is one interrupt.</summary>
    InterruptOnly,

    /// <summary>Never sleeps, and nobody rings: spins, or yields where the node has more ranks than processors.</summary>
    PollingOnly,
}
