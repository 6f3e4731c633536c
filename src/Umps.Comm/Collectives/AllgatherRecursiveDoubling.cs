using System;

namespace Umps.Collectives;

/// <summary>Allgather by recursive doubling: in each round partners swap all they have, and have twice as much.</summary>
/// <remarks>
/// Thakur, Rabenseifner, Gropp: Optimization of Collective Communication Operations in MPICH, IJHPCA 19(1), 2005, §3.
/// Cost, n bytes a rank on p ranks (α s a message, β s a byte): log2 p α + (p - 1) nβ. Only for a power of two; other short ones: <see cref="AllgatherBruck"/>.
/// </remarks>
internal static class AllgatherRecursiveDoubling
{
    /// <param name="comm">The communicator, of 2^k ranks.</param>
    /// <param name="blocks">A block a rank; one's own is in its place.</param>
    /// <param name="blockBytes">Bytes of a block.</param>
    /// <param name="tag">Tag of the collective.</param>
    public static void Run(Comm comm, Span<byte> blocks, int blockBytes, int tag)
    {
        int rank = comm.Rank;
        for (int distance = 1; distance < comm.Size; distance <<= 1)
        {
            int partner = rank ^ distance;
            int mine = rank & -distance;            // first of the run that this rank has
            int theirs = partner & -distance;
            comm.Exchange(
                blocks.Slice(mine * blockBytes, distance * blockBytes), partner, blocks.Slice(theirs * blockBytes, distance * blockBytes), partner, tag);
        }
    }
}
