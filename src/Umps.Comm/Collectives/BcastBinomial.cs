using System;
using Umps.Collectives.Shapes;

namespace Umps.Collectives;

/// <summary>Bcast down a binomial tree: whoever has the data gives it to the half of its ranks that has not.</summary>
/// <remarks>
/// Thakur, Rabenseifner, Gropp: Optimization of Collective Communication Operations in MPICH, IJHPCA 19(1), 2005, §4.
/// Cost, n bytes on p ranks (α s a message, β s a byte): ⌈log2 p⌉ (α + nβ); p - 1 messages in all. Right for short data; long: <see cref="BcastScatterRing"/>.
/// </remarks>
internal static class BcastBinomial
{
    public static void Run(Comm comm, Span<byte> data, int root, int tag)
    {
        var tree = new BinomialTree(comm.Rank, comm.Size, root);
        if (!tree.IsRoot)
            comm.RecvBytes(data, tree.Parent, tag);
        for (int distance = tree.Reach >> 1; distance > 0; distance >>= 1)
        {
            if (tree.HasChild(distance))
                comm.SendBytes(data, tree.Child(distance), tag);
        }
    }
}
