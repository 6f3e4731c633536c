using System;
using System.Numerics;
using Umps.Transport.Boards;

namespace Umps.Collectives;

/// <summary>Which algorithm a collective runs, by ranks and bytes; or the one that is named.</summary>
/// <remarks>
/// Only what is the same on every rank may decide: ranks of the communicator and bytes of the call. The bounds are MPICH's (Thakur, Rabenseifner, Gropp 2005), not
/// measured here; docs/collectives.md shows them. Auto decides; another value forces, for tests and comparisons.
/// </remarks>
internal sealed record CollectiveTable
{
    public enum BarrierBy { Auto, Board, Dissemination }

    public enum BcastBy { Auto, Board, Binomial, ScatterRing }

    public enum ReduceBy { Auto, Board, Binomial }

    public enum AllreduceBy { Auto, Board, RecursiveDoubling, Rabenseifner, ReduceBcast }

    public enum GatherBy { Auto, Board, Binomial, Linear }

    public enum ScatterBy { Auto, Board, Binomial, Linear }

    public enum AllgatherBy { Auto, Board, RecursiveDoubling, Bruck, Ring }

    public enum AlltoallBy { Auto, Board, Pairwise, Bruck }

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

    /// <summary>False: no board is used, nor is any call noted on one.</summary>
    public bool Boards { get; init; } = true;

    public BarrierBy Barrier { get; init; }

    public BcastBy Bcast { get; init; }

    public ReduceBy Reduce { get; init; }

    public AllreduceBy Allreduce { get; init; }

    public GatherBy Gather { get; init; }

    public ScatterBy Scatter { get; init; }

    public AllgatherBy Allgather { get; init; }

    public AlltoallBy Alltoall { get; init; }

    /// <summary>The table that decides by itself.</summary>
    public static CollectiveTable Default { get; } = new();

    public void RunBarrier(Comm comm, int tag)
    {
        if (BoardFor(comm, Barrier is BarrierBy.Auto or BarrierBy.Board, 0, tag, 0) is { } board)
            BarrierBoard.Run(comm, board, tag);
        else
            BarrierDissemination.Run(comm, tag);
    }

    public void RunReduce(Comm comm, ReadOnlySpan<byte> send, Span<byte> recv, Reduction reduction, bool commutative, int root, int tag)
    {
        if (BoardFor(comm, Reduce is ReduceBy.Auto or ReduceBy.Board, send.Length, tag, send.Length) is { } board)
            ReduceBoard.Run(comm, board, send, recv, reduction, commutative, root, tag);
        else
            ReduceBinomial.Run(comm, send, recv, reduction, commutative, root, tag);
    }

    public void RunBcast(Comm comm, Span<byte> data, int root, int tag)
    {
        if (BoardFor(comm, Bcast is BcastBy.Auto or BcastBy.Board, data.Length, tag, data.Length) is { } board)
        {
            BcastBoard.Run(comm, board, data, root, tag);
            return;
        }
        bool isLong = Bcast <= BcastBy.Board ? data.Length >= BcastLongBytes && comm.Size >= BcastLongRanks : Bcast == BcastBy.ScatterRing;
        if (isLong)
            BcastScatterRing.Run(comm, data, root, tag);
        else
            BcastBinomial.Run(comm, data, root, tag);
    }

    public void RunAllreduce(Comm comm, Span<byte> vector, Reduction reduction, int tag)
    {
        if (BoardFor(comm, Allreduce is AllreduceBy.Auto or AllreduceBy.Board, vector.Length, tag, vector.Length) is { } board)
        {
            AllreduceBoard.Run(comm, board, vector, reduction, tag);
            return;
        }
        AllreduceBy by = Allreduce > AllreduceBy.Board ? Allreduce
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
        if (BoardFor(comm, Gather is GatherBy.Auto or GatherBy.Board, send.Length, tag, send.Length) is { } board)
        {
            GatherBoard.Run(comm, board, send, recv, root, tag);
            return;
        }
        bool isLong = Gather <= GatherBy.Board ? send.Length >= BlockLongBytes : Gather == GatherBy.Linear;
        if (isLong)
            GatherLinear.Run(comm, send, recv, root, tag);
        else
            GatherBinomial.Run(comm, send, recv, root, tag);
    }

    public void RunScatter(Comm comm, ReadOnlySpan<byte> send, Span<byte> recv, int root, int tag)
    {
        if (BoardFor(comm, Scatter is ScatterBy.Auto or ScatterBy.Board, (long)recv.Length * comm.Size, tag, recv.Length) is { } board)
        {
            ScatterBoard.Run(comm, board, send, recv, root, tag);
            return;
        }
        bool isLong = Scatter <= ScatterBy.Board ? recv.Length >= BlockLongBytes : Scatter == ScatterBy.Linear;
        if (isLong)
            ScatterLinear.Run(comm, send, recv, root, tag);
        else
            ScatterBinomial.Run(comm, send, recv, root, tag);
    }

    public void RunAllgather(Comm comm, Span<byte> blocks, int blockBytes, int tag)
    {
        if (BoardFor(comm, Allgather is AllgatherBy.Auto or AllgatherBy.Board, blockBytes, tag, blockBytes) is { } board)
        {
            AllgatherBoard.Run(comm, board, blocks, blockBytes, tag);
            return;
        }
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
        if (BoardFor(comm, Alltoall is AlltoallBy.Auto or AlltoallBy.Board, send.Length, tag, send.Length) is { } board)
        {
            AlltoallBoard.Run(comm, board, send, recv, tag);
            return;
        }
        bool isShort = Alltoall == AlltoallBy.Auto
            ? comm.Size >= AlltoallShortRanks && send.Length / comm.Size <= AlltoallShortBytes
            : Alltoall == AlltoallBy.Bruck;
        if (isShort)
            AlltoallBruck.Run(comm, send, recv, tag);
        else
            AlltoallPairwise.Run(comm, send, recv, tag);
    }

    /// <summary>The board that a call is made on; null when it goes by messages: then it is noted on the board, that ranks which differ are told.</summary>
    private Board? BoardFor(Comm comm, bool wanted, long payloadBytes, int tag, int lengthBytes)
    {
        if (!Boards || comm.FindBoard(tag) is not { } board)
            return null;
        if (wanted && payloadBytes <= Board.PayloadBytesMax)
            return board;
        comm.Note(tag, lengthBytes);
        return null;
    }
}
