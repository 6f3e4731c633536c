using System;

namespace Umps.Collectives;

/// <summary>Allreduce as a reduce to rank 0 and a broadcast: the fewest messages.</summary>
/// <remarks>
/// Cost, n bytes on p ranks (α s a message, β s a byte sent, γ s a byte reduced): ⌈log2 p⌉ (2α + 2nβ + nγ), but only 2 (p - 1) messages in all against p log2 p
/// of <see cref="AllreduceRecursiveDoubling"/>: what counts where ranks share cores. Rank order is kept; rank 0 reduces last: all ranks get the same bits.
/// </remarks>
internal static class AllreduceReduceBcast
{
    public static void Run(Comm comm, Span<byte> vector, Reduction reduction, int tag)
    {
        ReduceBinomial.Run(comm, vector, comm.Rank == 0 ? vector : default, reduction, commutative: false, root: 0, tag);
        BcastBinomial.Run(comm, vector, root: 0, tag);
    }
}
