using System;
using Umps.Collectives.Shapes;
using Umps.Transport.Boards;

namespace Umps.Collectives;

/// <summary>Allreduce on the board of ranks that share memory.</summary>
/// <remarks>
/// Flat: each reads every vector and combines them all by itself: for two ranks, and for what a line holds. Central: the last to come combines the vectors where they lie, and
/// releases the others with the result; whoever it is, the order is the same.
/// Cost, n bytes on p ranks (γ s a byte reduced): flat, one transfer of a line, and (p - 1) nγ on each; central, that of the barrier and (p - 1) nγ on one.
/// The vectors are combined in the order of <see cref="AllreduceRecursiveDoubling"/>: all ranks get the same bits, and the same as by messages.
/// </remarks>
internal static class AllreduceBoard
{
    public static void Run(Comm comm, Board board, Span<byte> vector, Reduction reduction, int tag)
    {
        comm.EnterBoard(board, tag, vector.Length);
        try
        {
            board.Write(tag, vector.Length, vector);
            if (board.Members == 2)
                Swap(comm, board, vector, reduction, tag);
            else if (!board.IsCentral && vector.Length <= Board.InlineBytesMax)
                CombineAll(comm, board, vector, reduction, tag);
            else if (board.Arrive(tag, vector.Length, out bool agree))
                CombineForAll(comm, board, vector, reduction, tag, agree);
            else
                TakeResult(comm, board, vector, tag);
        }
        finally
        {
            board.Leave();
        }
    }

    private static void Swap(Comm comm, Board board, Span<byte> vector, Reduction reduction, int tag)
    {
        comm.AwaitLines(board, tag, vector.Length);
        reduction.Combine(vector, board.PayloadOf(1 - board.Own, vector.Length), mineFirst: board.Own == 0);
    }

    private static void CombineAll(Comm comm, Board board, Span<byte> vector, Reduction reduction, int tag)
    {
        comm.AwaitLines(board, tag, vector.Length);
        Span<byte> all = stackalloc byte[Board.FlatMembersMax * Board.InlineBytesMax];
        var operands = new BoardOperands(board, all, vector.Length);
        operands[Combine(operands, board.Members, reduction)].CopyTo(vector);
    }

    private static void CombineForAll(Comm comm, Board board, Span<byte> vector, Reduction reduction, int tag, bool agree)
    {
        int outcome = agree ? BoardOutcome.OperatorFailed : BoardOutcome.Differ;
        Span<byte> result = default;
        try
        {
            if (agree)
            {
                var operands = new BoardOperands(board, vector.Length);
                result = operands[Combine(operands, board.Members, reduction)];
                outcome = BoardOutcome.Agreed;
            }
        }
        finally
        {
            // Also when the operator throws: the others do not wait for ever.
            board.IsBroken = outcome != BoardOutcome.Agreed;
            board.ReleaseAll(outcome, result.Length <= Board.InlineBytesMax ? result : default);
            board.RingAll();
        }
        comm.CheckOutcome(board, tag);
        result.CopyTo(vector);
    }

    private static void TakeResult(Comm comm, Board board, Span<byte> vector, int tag)
    {
        comm.AwaitRelease(board, tag);
        if (vector.Length <= Board.InlineBytesMax)
            board.Result(vector.Length).CopyTo(vector);
        else
            board.PayloadOf(new FoldedRanks(0, board.Members).ToRank(0), vector.Length).CopyTo(vector);
    }

    /// <summary>Combines vectors in place, in the order of recursive doubling.</summary>
    /// <returns>Where the result is.</returns>
    private static int Combine(in BoardOperands operands, int members, Reduction reduction)
    {
        var ranks = new FoldedRanks(0, members);
        for (int idle = 0; idle < 2 * (members - ranks.Size); idle += 2)
            reduction.Combine(operands[idle], operands[idle + 1], operands[idle + 1]);
        for (int distance = 1; distance < ranks.Size; distance <<= 1)
        {
            for (int number = 0; number < ranks.Size; number += 2 * distance)
            {
                Span<byte> lower = operands[ranks.ToRank(number)];
                reduction.Combine(lower, operands[ranks.ToRank(number + distance)], lower);
            }
        }
        return ranks.ToRank(0);
    }
}
