using System;
using Umps.Transport;

namespace Umps;

/// <summary>One rank: its endpoint, its matching, its protocols, its requests and its progress. Several live in one process (MpiHost).</summary>
internal sealed class RankCore
{
    private int _contexts;

    /// <summary>This rank in the world.</summary>
    public int Rank { get; init; }

    /// <summary>Ranks in the world.</summary>
    public int Size { get; init; }

    /// <summary>This rank's end of the transport.</summary>
    public required Endpoint Endpoint { get; init; }

    /// <summary>All options.</summary>
    public required MpiOptions Options { get; init; }

    /// <summary>The communicator of all ranks.</summary>
    public Comm World { get; init; } = null!;

    /// <summary>The communicator of this rank alone.</summary>
    public Comm Self { get; init; } = null!;

    /// <summary>A context id that no other communicator of the job has or will have: this endpoint's id and a counter; the low bit is free for collectives.</summary>
    public ulong NewContext() =>
        ((ulong)(uint)Endpoint.Id << 32) | ((ulong)(uint)System.Threading.Interlocked.Increment(ref _contexts) << 1);

    /// <summary>Drops what waits in a context (point-to-point and collective) that is not used any more.</summary>
    public void ForgetContext(ulong context) => throw new NotImplementedException();

    /// <summary>Ends the whole job.</summary>
    public void Abort(int errorCode, string reason) => throw new NotImplementedException();
}
