using System;
using Umps.Transport.Boards;

namespace Umps.Collectives;

/// <summary>Allgather on the board of ranks that share memory: each writes its block, and reads all the others'.</summary>
/// <remarks>Cost, n bytes a rank on p ranks: that of the barrier, a copy in, and p - 1 copies out on each.</remarks>
internal static class AllgatherBoard
{
    public static void Run(Comm comm, Board board, Span<byte> blocks, int blockBytes, int tag)
    {
        comm.EnterBoard(board, tag, blockBytes);
        try
        {
            board.Write(tag, blockBytes, blocks.Slice(board.Own * blockBytes, blockBytes));
            comm.MeetOnBoard(board, tag, blockBytes);
            for (int rank = 0; rank < board.Members; rank++)
            {
                if (rank != board.Own)
                    board.PayloadOf(rank, blockBytes).CopyTo(blocks[(rank * blockBytes)..]);
            }
        }
        finally
        {
            board.Leave();
        }
    }
}
