using Umps.Collectives.Shapes;

namespace Umps.Collectives;

/// <summary>Barrier by dissemination: in round k each rank tells the one 2^k above that all of the 2^k ranks up to it have come.</summary>
/// <remarks>
/// Hensgen, Finkel, Manber: Two Algorithms for Barrier Synchronization, International Journal of Parallel Programming 17(1), 1988.
/// Cost on p ranks (α s a message): ⌈log2 p⌉ α; p ⌈log2 p⌉ messages in all. Right for any p.
/// </remarks>
internal static class BarrierDissemination
{
    public static void Run(Comm comm, int tag)
    {
        int size = comm.Size;
        int rank = comm.Rank;
        for (int distance = 1; distance < size; distance <<= 1)
            comm.Exchange(default, Ring.Up(rank, distance, size), default, Ring.Down(rank, distance, size), tag);
    }
}
