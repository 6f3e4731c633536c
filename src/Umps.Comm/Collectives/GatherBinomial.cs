using System;
using Umps.Buffers;
using Umps.Collectives.Shapes;

namespace Umps.Collectives;

/// <summary>Gather up a binomial tree: each rank passes on the blocks of its whole subtree as one message.</summary>
/// <remarks>
/// Thakur, Rabenseifner, Gropp: Optimization of Collective Communication Operations in MPICH, IJHPCA 19(1), 2005.
/// Cost, n bytes a rank on p ranks (α s a message, β s a byte): ⌈log2 p⌉ α + (p - 1) nβ; but a block is copied on each rank it passes. Right for short blocks;
/// long: <see cref="GatherLinear"/>.
/// </remarks>
internal static class GatherBinomial
{
    public static void Run(Comm comm, ReadOnlySpan<byte> send, Span<byte> recv, int root, int tag)
    {
        var tree = new BinomialTree(comm.Rank, comm.Size, root);
        int blockBytes = send.Length;
        if (!tree.IsRoot && tree.SubtreeSize == 1)
        {
            comm.SendBytes(send, tree.Parent, tag);
            return;
        }

        // Blocks counted from the root: on root 0 that is where they belong.
        using var scratch = new Scratch(stackalloc byte[Scratch.StackBytes], root == 0 && tree.IsRoot ? 0 : tree.SubtreeSize * blockBytes);
        Span<byte> blocks = root == 0 && tree.IsRoot ? recv : scratch.Bytes;
        send.CopyTo(blocks);
        for (int distance = 1; distance < tree.Reach && tree.HasChild(distance); distance <<= 1)
            comm.RecvBytes(blocks.Slice(distance * blockBytes, tree.ChildSize(distance) * blockBytes), tree.Child(distance), tag);
        if (!tree.IsRoot)
        {
            comm.SendBytes(blocks, tree.Parent, tag);
        }
        else if (root != 0)
        {
            int fromRoot = (comm.Size - root) * blockBytes;
            blocks[..fromRoot].CopyTo(recv[(root * blockBytes)..]);
            blocks[fromRoot..].CopyTo(recv);
        }
    }
}
