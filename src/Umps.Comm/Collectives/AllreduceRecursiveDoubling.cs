using System;
using Umps.Buffers;
using Umps.Collectives.Shapes;

namespace Umps.Collectives;

/// <summary>Allreduce by recursive doubling: in each round every rank swaps its whole vector with one partner.</summary>
/// <remarks>
/// Thakur, Rabenseifner, Gropp: Optimization of Collective Communication Operations in MPICH, IJHPCA 19(1), 2005.
/// Cost, n bytes on p = 2^k ranks (α s a message, β s a byte sent, γ s a byte reduced): k (α + nβ + nγ); other p fold in and out: + 2(α + nβ) + nγ.
/// Right for short vectors. Rank order is kept, and both partners combine the same two operands in the same order: all ranks get the same bits.
/// <code>
/// p = 4:  [0] [1] [2] [3]  →  [01] [01] [23] [23]  →  [0123] on all
/// </code>
/// </remarks>
internal static class AllreduceRecursiveDoubling
{
    public static void Run(Comm comm, Span<byte> vector, Reduction reduction, int tag)
    {
        using var scratch = new Scratch(stackalloc byte[Scratch.StackBytes], vector.Length);
        Span<byte> incoming = scratch.Bytes;
        var ranks = new FoldedRanks(comm.Rank, comm.Size);
        ranks.Fold(comm, vector, incoming, reduction, tag);
        for (int distance = 1; !ranks.IsIdle && distance < ranks.Size; distance <<= 1)
        {
            int partner = ranks.ToRank(ranks.Number ^ distance);
            comm.Exchange(vector, partner, incoming, partner, tag);
            reduction.Combine(vector, incoming, mineFirst: comm.Rank < partner);
        }
        ranks.Unfold(comm, vector, tag);
    }
}
