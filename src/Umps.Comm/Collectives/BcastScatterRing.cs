using System;
using Umps.Collectives.Shapes;

namespace Umps.Collectives;

/// <summary>Bcast of long data: a binomial tree scatters p parts of it, and a ring brings them together everywhere.</summary>
/// <remarks>
/// Barnett and others: Interprocessor Collective Communication Library, SHPCC 1994 (van de Geijn's algorithm); Thakur and others, 2005, §4.
/// Cost, n bytes on p ranks: (⌈log2 p⌉ + p - 1) α + 2 (p - 1)/p nβ, against ⌈log2 p⌉ nβ of the tree alone. Right for long data on four ranks or more.
/// Ranks count from the root; the last parts may be shorter, or empty.
/// </remarks>
internal static class BcastScatterRing
{
    public static void Run(Comm comm, Span<byte> data, int root, int tag)
    {
        int size = comm.Size;
        var tree = new BinomialTree(comm.Rank, size, root);
        int partBytes = (int)(((long)data.Length + size - 1) / size);

        if (!tree.IsRoot)
            comm.RecvBytes(Parts(data, partBytes, tree.Number, tree.SubtreeSize), tree.Parent, tag);
        for (int distance = tree.Reach >> 1; distance > 0; distance >>= 1)
        {
            if (tree.HasChild(distance))
                comm.SendBytes(Parts(data, partBytes, tree.Number + distance, tree.ChildSize(distance)), tree.Child(distance), tag);
        }

        int up = Ring.Up(comm.Rank, 1, size);
        int down = Ring.Down(comm.Rank, 1, size);
        for (int step = 0; step < size - 1; step++)
        {
            Span<byte> sent = Parts(data, partBytes, Ring.Down(tree.Number, step, size), 1);
            Span<byte> received = Parts(data, partBytes, Ring.Down(tree.Number, step + 1, size), 1);
            comm.Exchange(sent, up, received, down, tag);
        }
    }

    private static Span<byte> Parts(Span<byte> data, int partBytes, int first, int count)
    {
        int start = (int)Math.Min((long)first * partBytes, data.Length);
        int end = (int)Math.Min((long)(first + count) * partBytes, data.Length);
        return data[start..end];
    }
}
