using System;
using Umps.Transport.Boards;

namespace Umps.Collectives;

/// <summary>Alltoall on the board of ranks that share memory: each writes what it has for all, and reads what each has for it.</summary>
/// <remarks>Cost, n bytes for each on p ranks: that of the barrier, a copy of pn bytes in, and p - 1 copies of n bytes out on each.</remarks>
internal static class AlltoallBoard
{
    public static void Run(Comm comm, Board board, ReadOnlySpan<byte> send, Span<byte> recv, int tag)
    {
        int blockBytes = send.Length / board.Members;
        int own = board.Own * blockBytes;
        comm.EnterBoard(board, tag, send.Length);
        try
        {
            board.Write(tag, send.Length, send);
            comm.MeetOnBoard(board, tag, send.Length);
            for (int rank = 0; rank < board.Members; rank++)
                (rank == board.Own ? send : board.PayloadOf(rank, send.Length)).Slice(own, blockBytes).CopyTo(recv[(rank * blockBytes)..]);
        }
        finally
        {
            board.Leave();
        }
    }
}
