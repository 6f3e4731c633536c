using System;
using Umps.Transport.Boards;

namespace Umps.Collectives;

/// <summary>Reduce on the board of ranks that share memory: the root combines the vectors where they lie; the others write theirs, and go on.</summary>
/// <remarks>
/// Cost, n bytes on p ranks (γ s a byte reduced): a copy in on each, and (p - 1) nγ on the root. Right for short vectors.
/// The vectors are combined in the order of <see cref="ReduceBinomial"/>, so the result has the same bits as by messages.
/// </remarks>
internal static class ReduceBoard
{
    public static void Run(Comm comm, Board board, ReadOnlySpan<byte> send, Span<byte> recv, Reduction reduction, bool commutative, int root, int tag)
    {
        comm.EnterBoard(board, tag, send.Length);
        try
        {
            board.Write(tag, send.Length, send);
            comm.MeetAtRoot(board, root, tag, send.Length);
            if (comm.Rank == root)
                Combine(new BoardOperands(board, send.Length), board.Members, reduction, commutative ? root : 0).CopyTo(recv);
        }
        finally
        {
            board.Leave();
        }
    }

    /// <summary>Combines in place, up the binomial tree whose root is <paramref name="top"/>.</summary>
    private static Span<byte> Combine(in BoardOperands operands, int members, Reduction reduction, int top)
    {
        for (int distance = 1; distance < members; distance <<= 1)
        {
            for (int below = 0; below + distance < members; below += 2 * distance)
            {
                Span<byte> lower = operands[(top + below) % members];
                reduction.Combine(lower, operands[(top + below + distance) % members], lower);
            }
        }
        return operands[top];
    }
}
