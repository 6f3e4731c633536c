using System;
using Umps.Buffers;
using Umps.Collectives.Shapes;

namespace Umps.Collectives;

/// <summary>Scatter down a binomial tree: each rank gets the blocks of its whole subtree as one message.</summary>
/// <remarks>
/// Thakur, Rabenseifner, Gropp: Optimization of Collective Communication Operations in MPICH, IJHPCA 19(1), 2005, §4.
/// Cost, n bytes a rank on p ranks (α s a message, β s a byte): ⌈log2 p⌉ α + (p - 1) nβ; but a block is copied on each rank it passes. Right for short blocks;
/// long: <see cref="ScatterLinear"/>.
/// </remarks>
internal static class ScatterBinomial
{
    public static void Run(Comm comm, ReadOnlySpan<byte> send, Span<byte> recv, int root, int tag)
    {
        var tree = new BinomialTree(comm.Rank, comm.Size, root);
        int blockBytes = recv.Length;
        if (!tree.IsRoot && tree.SubtreeSize == 1)
        {
            comm.RecvBytes(recv, tree.Parent, tag);
            return;
        }

        // Blocks counted from the root: on root 0 that is how they lie.
        using var scratch = new Scratch(stackalloc byte[Scratch.StackBytes], root == 0 && tree.IsRoot ? 0 : tree.SubtreeSize * blockBytes);
        ReadOnlySpan<byte> blocks = root == 0 && tree.IsRoot ? send : scratch.Bytes;
        if (!tree.IsRoot)
        {
            comm.RecvBytes(scratch.Bytes, tree.Parent, tag);
        }
        else if (root != 0)
        {
            int fromRoot = (comm.Size - root) * blockBytes;
            send.Slice(root * blockBytes, fromRoot).CopyTo(scratch.Bytes);
            send[..(root * blockBytes)].CopyTo(scratch.Bytes[fromRoot..]);
        }
        for (int distance = tree.Reach >> 1; distance > 0; distance >>= 1)
        {
            if (tree.HasChild(distance))
                comm.SendBytes(blocks.Slice(distance * blockBytes, tree.ChildSize(distance) * blockBytes), tree.Child(distance), tag);
        }
        blocks[..blockBytes].CopyTo(recv);      // last: it may lie in what is sent
    }
}
