using System;
using Umps.Buffers;
using Umps.Collectives.Shapes;

namespace Umps.Collectives;

/// <summary>Reduce up a binomial tree: each rank combines what its subtrees give with its own, and passes it on.</summary>
/// <remarks>
/// Thakur, Rabenseifner, Gropp: Optimization of Collective Communication Operations in MPICH, IJHPCA 19(1), 2005, §7.
/// Cost, n bytes on p ranks (α s a message, β s a byte sent, γ s a byte reduced): ⌈log2 p⌉ (α + nβ + nγ).
/// A subtree is a run of ranks from its root on, so operands stay in rank order as long as rank 0 is the root: for an operator that does not commute rank 0
/// reduces and sends the result to the root, one message more.
/// </remarks>
internal static class ReduceBinomial
{
    /// <param name="comm">The communicator.</param>
    /// <param name="send">One's own vector.</param>
    /// <param name="recv">On the root the result, may be <paramref name="send"/>; empty elsewhere.</param>
    /// <param name="reduction">Operator and type.</param>
    /// <param name="commutative">True when the tree may be turned.</param>
    /// <param name="root">Who gets the result.</param>
    /// <param name="tag">Tag of the collective.</param>
    public static void Run(Comm comm, ReadOnlySpan<byte> send, Span<byte> recv, Reduction reduction, bool commutative, int root, int tag)
    {
        int top = commutative ? root : 0;
        var tree = new BinomialTree(comm.Rank, comm.Size, top);
        bool isLeaf = tree.SubtreeSize == 1;
        if (isLeaf && !tree.IsRoot)
        {
            comm.SendBytes(send, tree.Parent, tag);
        }
        else
        {
            bool ownsResult = comm.Rank == root;
            using var scratch = new Scratch(stackalloc byte[Scratch.StackBytes], ownsResult ? 0 : send.Length);
            Span<byte> vector = ownsResult ? recv : scratch.Bytes;
            Climb(comm, tree, send, vector, reduction, tag);
            if (!tree.IsRoot)
                comm.SendBytes(vector, tree.Parent, tag);
            else if (top != root)
                comm.SendBytes(vector, root, tag);
        }
        if (comm.Rank == root && top != root)
            comm.RecvBytes(recv, top, tag);
    }

    /// <summary>Combines the subtrees, the nearest and smallest first.</summary>
    private static void Climb(Comm comm, in BinomialTree tree, ReadOnlySpan<byte> send, Span<byte> vector, Reduction reduction, int tag)
    {
        if (tree.SubtreeSize == 1)
        {
            send.CopyTo(vector);        // a communicator of one
            return;
        }
        using var incoming = new Scratch(stackalloc byte[Scratch.StackBytes], send.Length);
        ReadOnlySpan<byte> mine = send;
        for (int distance = 1; distance < tree.Reach && tree.HasChild(distance); distance <<= 1)
        {
            comm.RecvBytes(incoming.Bytes, tree.Child(distance), tag);
            reduction.Combine(mine, incoming.Bytes, vector);
            mine = vector;
        }
    }
}
