using Umps.Transport.Boards;

namespace Umps.Collectives;

/// <summary>Barrier on the board of ranks that share memory.</summary>
/// <remarks>
/// Flat, where each rank has a processor: each writes its line, and looks at every other's. Central, where they share processors: each counts itself in, and the last releases the
/// others, so that each is switched to once. Mellor-Crummey, Scott: Algorithms for Scalable Synchronization on Shared-Memory Multiprocessors, ACM TOCS 9(1), 1991.
/// Cost on p ranks: flat, one transfer of a line and p - 1 looks; central, p additions to one word, one after the other, and one line that all read.
/// </remarks>
internal static class BarrierBoard
{
    public static void Run(Comm comm, Board board, int tag)
    {
        comm.EnterBoard(board, tag, 0);
        try
        {
            board.Write(tag, 0, default);
            comm.MeetOnBoard(board, tag, 0);
        }
        finally
        {
            board.Leave();
        }
    }
}
