using System;
using Umps.Transport.Boards;

namespace Umps.Collectives;

/// <summary>Scatter on the board of ranks that share memory: the root writes all blocks, each reads its own.</summary>
/// <remarks>Cost, n bytes a rank on p ranks: the root's copy of pn bytes in, and one block out on each.</remarks>
internal static class ScatterBoard
{
    public static void Run(Comm comm, Board board, ReadOnlySpan<byte> send, Span<byte> recv, int root, int tag)
    {
        bool isRoot = comm.Rank == root;
        int blockBytes = recv.Length;
        comm.EnterBoard(board, tag, isRoot ? send.Length : 0);
        try
        {
            board.Write(tag, blockBytes, send);
            if (isRoot)
            {
                board.RingAll();
                send.Slice(root * blockBytes, blockBytes).CopyTo(recv);     // it may lie in what is sent
            }
            else
            {
                comm.AwaitLine(board, root, tag, blockBytes);
                board.PayloadOf(root, blockBytes * board.Members).Slice(board.Own * blockBytes, blockBytes).CopyTo(recv);
            }
        }
        finally
        {
            board.Leave();
        }
    }
}
