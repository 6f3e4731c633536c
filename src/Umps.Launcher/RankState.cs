using Umps.Transport.Interop;

namespace Umps.Launcher;

/// <summary>What umpsrun knows of a rank.</summary>
/// <param name="Rank">Its number.</param>
/// <param name="Node">Where it runs.</param>
internal sealed record RankState(int Rank, PlannedNode Node)
{
    /// <summary>Its process; 0 before it has been started.</summary>
    public int Pid { get; set; }

    /// <summary>It has called Mpi.Init.</summary>
    public bool HasJoined { get; set; }

    /// <summary>How it ended; null while it runs, or when its node was lost.</summary>
    public ProcessEnd? End { get; set; }
}
