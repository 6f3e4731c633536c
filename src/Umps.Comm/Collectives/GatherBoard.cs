using System;
using Umps.Transport.Boards;

namespace Umps.Collectives;

/// <summary>Gather on the board of ranks that share memory: each writes its block and goes on, the root reads them all.</summary>
/// <remarks>Cost, n bytes a rank on p ranks: a copy in on each, and p - 1 copies out on the root.</remarks>
internal static class GatherBoard
{
    public static void Run(Comm comm, Board board, ReadOnlySpan<byte> send, Span<byte> recv, int root, int tag)
    {
        bool isRoot = comm.Rank == root;
        comm.EnterBoard(board, tag, isRoot ? 0 : send.Length);
        try
        {
            board.Write(tag, send.Length, isRoot ? default : send);
            comm.MeetAtRoot(board, root, tag, send.Length);
            for (int rank = 0; isRoot && rank < board.Members; rank++)
                (rank == root ? send : board.PayloadOf(rank, send.Length)).CopyTo(recv[(rank * send.Length)..]);
        }
        finally
        {
            board.Leave();
        }
    }
}
