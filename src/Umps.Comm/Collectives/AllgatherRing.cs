using System;
using Umps.Collectives.Shapes;

namespace Umps.Collectives;

/// <summary>Allgather round a ring: in each step every rank passes on to the next what it got last.</summary>
/// <remarks>
/// Thakur, Rabenseifner, Gropp: Optimization of Collective Communication Operations in MPICH, IJHPCA 19(1), 2005, §3.
/// Cost, n bytes a rank on p ranks (α s a message, β s a byte): (p - 1)(α + nβ); neighbours only, nothing copied twice. Right for long blocks on any p.
/// </remarks>
internal static class AllgatherRing
{
    /// <param name="comm">The communicator.</param>
    /// <param name="blocks">A block a rank; one's own is in its place.</param>
    /// <param name="blockBytes">Bytes of a block.</param>
    /// <param name="tag">Tag of the collective.</param>
    public static void Run(Comm comm, Span<byte> blocks, int blockBytes, int tag)
    {
        int rank = comm.Rank;
        int size = comm.Size;
        int up = Ring.Up(rank, 1, size);
        int down = Ring.Down(rank, 1, size);
        for (int step = 0; step < size - 1; step++)
        {
            int sent = Ring.Down(rank, step, size);
            int received = Ring.Down(rank, step + 1, size);
            comm.Exchange(blocks.Slice(sent * blockBytes, blockBytes), up, blocks.Slice(received * blockBytes, blockBytes), down, tag);
        }
    }
}
