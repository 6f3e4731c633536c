using System;
using Umps.Transport.Boards;

namespace Umps.Collectives;

/// <summary>Bcast on the board of ranks that share memory: the root writes once, and all the others read it there.</summary>
/// <remarks>Cost, n bytes on p ranks: the root's copy in, and p - 1 copies out at the same time. The root runs ahead of the others by as many calls as a board holds lines (8) or
/// payloads (2), and waits for nobody else.</remarks>
internal static class BcastBoard
{
    public static void Run(Comm comm, Board board, Span<byte> data, int root, int tag)
    {
        bool isRoot = comm.Rank == root;
        comm.EnterBoard(board, tag, isRoot ? data.Length : 0);
        try
        {
            board.Write(tag, data.Length, isRoot ? data : default);
            if (isRoot)
            {
                board.RingAll();
            }
            else
            {
                comm.AwaitLine(board, root, tag, data.Length);
                board.PayloadOf(root, data.Length).CopyTo(data);
            }
        }
        finally
        {
            board.Leave();
        }
    }
}
