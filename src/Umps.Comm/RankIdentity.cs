using System;
using Umps.Transport;

namespace Umps;

/// <summary>Who a rank is: what the launcher, or MpiHost, says of it.</summary>
/// <param name="Rank">Rank in the world; also the endpoint's id.</param>
/// <param name="Size">Ranks in the world.</param>
/// <param name="NodeName">Name of its node, for people.</param>
/// <param name="Directory">All endpoints.</param>
/// <param name="Job">How to end the job.</param>
internal sealed record RankIdentity(int Rank, int Size, string NodeName, PeerDirectory Directory, JobLink Job)
{
    /// <summary>"rank 3 of 8 (node02, pid 4711)".</summary>
    public string Who { get; } = $"rank {Rank} of {Size} ({NodeName}, pid {Environment.ProcessId})";
}
