namespace Umps.Transport;

/// <summary>Where one wait stands in semi-polling; lives on the waiter's stack, touched by <see cref="Endpoint"/> only.</summary>
public struct WaitState
{
    internal long GapBegan;         // first time stamp since the last arrival; 0: none taken yet
    internal long WindowBegan;      // first time stamp of the window; 0: none taken yet
    internal long LastTimestamp;    // last time stamp since the last arrival
    internal long Began;            // first time stamp; 0: none taken yet
    internal int EmptyPolls;        // since the last arrival
    internal int WindowArrivals;
    internal bool Preempted;        // somebody else ran on this processor while the wait spun
    internal bool YieldedLate;      // somebody who computes ran while it yielded
}
