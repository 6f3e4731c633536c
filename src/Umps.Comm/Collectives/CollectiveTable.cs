using System;
using System.Numerics;

namespace Umps.Collectives;

/// <summary>Which algorithm a collective runs, by ranks and bytes; or the one that is named.</summary>
/// <remarks>
/// Only what is the same on every rank may decide: ranks of the communicator and bytes of the call. The bounds are MPICH's (Thakur, Rabenseifner, Gropp 2005), not
/// measured here; docs/collectives.md shows them. Auto decides; another value forces, for tests and comparisons.
/// </remarks>
internal sealed record CollectiveTable
{
    public enum BcastBy { Auto, Binomial, ScatterRing }

    public enum AllreduceBy { Auto, RecursiveDoubling, Rabenseifner, ReduceBcast }

    public enum GatherBy { Auto, Binomial, Linear }

    public enum ScatterBy { Auto, Binomial, Linear }

    public enum AllgatherBy { Auto, RecursiveDoubling, Bruck, Ring }

    public enum AlltoallBy { Auto, Pairwise, Bruck }

    /// <summary>From here on a long broadcast is scattered first, on as many ranks.</summary>
    public const int BcastLongBytes = 512 * 1024, BcastLongRanks = 4;

    /// <summary>From here on a long vector is reduced in parts.</summary>
    public const int AllreduceLongBytes = 16 * 1024;

    /// <summary>From here on a block goes straight, not through the ranks of a tree: it is longer than what is sent eagerly at little cost.</summary>
    public const int BlockLongBytes = 8 * 1024;

    /// <summary>From here on all blocks together go round the ring.</summary>
    public const int AllgatherLongBytes = 80 * 1024, AllgatherLongBytesPowerOfTwo = 512 * 1024;

    /// <summary>Up to here a block travels with others, on as many ranks.</summary>
    public const int AlltoallShortBytes = 256, AlltoallShortRanks = 8;

    public BcastBy Bcast { get; init; }

    public AllreduceBy Allreduce { get; init; }

    public GatherBy Gather { get; init; }

    public ScatterBy Scatter { get; init; }

    public AllgatherBy Allgather { get; init; }

    public AlltoallBy Alltoall { get; init; }

    /// <summary>The table that decides by itself.</summary>
    public static CollectiveTable Default { get; } = new();

    public void RunBcast(Comm comm, Span<byte> data, int root, int tag)
    {
        bool isLong = Bcast == BcastBy.Auto ? data.Length >= BcastLongBytes && comm.Size >= BcastLongRanks : Bcast == BcastBy.ScatterRing;
        if (isLong)
            BcastScatterRing.Run(comm, data, root, tag);
        else
            BcastBinomial.Run(comm, data, root, tag);
    }

    public void RunAllreduce(Comm comm, Span<byte> vector, Reduction reduction, int tag)
    {
        AllreduceBy by = Allreduce != AllreduceBy.Auto ? Allreduce
            : vector.Length >= AllreduceLongBytes ? AllreduceBy.Rabenseifner : AllreduceBy.RecursiveDoubling;
        if (by == AllreduceBy.Rabenseifner)
            AllreduceRabenseifner.Run(comm, vector, reduction, tag);
        else if (by == AllreduceBy.RecursiveDoubling)
            AllreduceRecursiveDoubling.Run(comm, vector, reduction, tag);
        else
            AllreduceReduceBcast.Run(comm, vector, reduction, tag);
    }

    public void RunGather(Comm comm, ReadOnlySpan<byte> send, Span<byte> recv, int root, int tag)
    {
        bool isLong = Gather == GatherBy.Auto ? send.Length >= BlockLongBytes : Gather == GatherBy.Linear;
        if (isLong)
            GatherLinear.Run(comm, send, recv, root, tag);
        else
            GatherBinomial.Run(comm, send, recv, root, tag);
    }

    public void RunScatter(Comm comm, ReadOnlySpan<byte> send, Span<byte> recv, int root, int tag)
    {
        bool isLong = Scatter == ScatterBy.Auto ? recv.Length >= BlockLongBytes : Scatter == ScatterBy.Linear;
        if (isLong)
            ScatterLinear.Run(comm, send, recv, root, tag);
        else
            ScatterBinomial.Run(comm, send, recv, root, tag);
    }

    public void RunAllgather(Comm comm, Span<byte> blocks, int blockBytes, int tag)
    {
        bool powerOfTwo = BitOperations.IsPow2(comm.Size);
        bool isLong = Allgather == AllgatherBy.Auto
            ? blocks.Length >= (powerOfTwo ? AllgatherLongBytesPowerOfTwo : AllgatherLongBytes)
            : Allgather == AllgatherBy.Ring;
        if (isLong)
            AllgatherRing.Run(comm, blocks, blockBytes, tag);
        else if (powerOfTwo && Allgather != AllgatherBy.Bruck)
            AllgatherRecursiveDoubling.Run(comm, blocks, blockBytes, tag);
        else
            AllgatherBruck.Run(comm, blocks, blockBytes, tag);
    }

    public void RunAlltoall(Comm comm, ReadOnlySpan<byte> send, Span<byte> recv, int tag)
    {
        bool isShort = Alltoall == AlltoallBy.Auto
            ? comm.Size >= AlltoallShortRanks && send.Length / comm.Size <= AlltoallShortBytes
            : Alltoall == AlltoallBy.Bruck;
        if (isShort)
            AlltoallBruck.Run(comm, send, recv, tag);
        else
            AlltoallPairwise.Run(comm, send, recv, tag);
    }
}
