using System;
using Umps.Buffers;
using Umps.Collectives.Shapes;

namespace Umps.Collectives;

/// <summary>Allgather by Bruck's algorithm: in each round a rank sends all it has down the ring, and has about twice as much.</summary>
/// <remarks>
/// Bruck and others: Efficient Algorithms for All-to-All Communications in Multiport Message-Passing Systems, IEEE TPDS 8(11), 1997.
/// Cost, n bytes a rank on p ranks (α s a message, β s a byte): ⌈log2 p⌉ α + (p - 1) nβ, and a copy to turn the blocks into place. Right for short blocks on any p.
/// </remarks>
internal static class AllgatherBruck
{
    /// <param name="comm">The communicator.</param>
    /// <param name="blocks">A block a rank; one's own is in its place.</param>
    /// <param name="blockBytes">Bytes of a block.</param>
    /// <param name="tag">Tag of the collective.</param>
    public static void Run(Comm comm, Span<byte> blocks, int blockBytes, int tag)
    {
        int rank = comm.Rank;
        int size = comm.Size;
        using var scratch = new Scratch(stackalloc byte[Scratch.StackBytes], blocks.Length);
        Span<byte> turned = scratch.Bytes;      // block i is that of rank + i
        blocks.Slice(rank * blockBytes, blockBytes).CopyTo(turned);
        for (int distance = 1; distance < size; distance <<= 1)
        {
            int bytes = Math.Min(distance, size - distance) * blockBytes;
            comm.Exchange(
                turned[..bytes], Ring.Down(rank, distance, size), turned.Slice(distance * blockBytes, bytes), Ring.Up(rank, distance, size), tag);
        }
        int toEnd = (size - rank) * blockBytes;
        turned[..toEnd].CopyTo(blocks[(rank * blockBytes)..]);
        turned[toEnd..].CopyTo(blocks);
    }
}
