using System;
using Umps.Buffers;
using Umps.Collectives.Shapes;

namespace Umps.Collectives;

/// <summary>Alltoall by Bruck's algorithm: blocks travel by the bits of their distance, all that share a bit in one message.</summary>
/// <remarks>
/// Bruck and others: Efficient Algorithms for All-to-All Communications in Multiport Message-Passing Systems, IEEE TPDS 8(11), 1997.
/// Cost, n bytes for each rank on p ranks (α s a message, β s a byte): ⌈log2 p⌉ (α + p/2 nβ), against p - 1 messages. Right for short blocks on many ranks.
/// <code>
/// block i is to go i ranks up: after turning, round k sends the blocks whose i has bit k to rank + 2^k
/// </code>
/// </remarks>
internal static class AlltoallBruck
{
    public static void Run(Comm comm, ReadOnlySpan<byte> send, Span<byte> recv, int tag)
    {
        int rank = comm.Rank;
        int size = comm.Size;
        int blockBytes = send.Length / size;
        using var scratch = new Scratch(stackalloc byte[4 * Scratch.StackBytes], 3 * send.Length);
        Span<byte> turned = scratch.Bytes[..send.Length];
        Span<byte> packed = scratch.Bytes.Slice(send.Length, send.Length);
        Span<byte> incoming = scratch.Bytes[(2 * send.Length)..];

        int toEnd = (size - rank) * blockBytes;
        send[(rank * blockBytes)..].CopyTo(turned);
        send[..(rank * blockBytes)].CopyTo(turned[toEnd..]);
        for (int distance = 1; distance < size; distance <<= 1)
        {
            int bytes = 0;
            for (int i = distance; i < size; i++)
            {
                if ((i & distance) == 0)
                    continue;
                turned.Slice(i * blockBytes, blockBytes).CopyTo(packed[bytes..]);
                bytes += blockBytes;
            }
            comm.Exchange(packed[..bytes], Ring.Up(rank, distance, size), incoming[..bytes], Ring.Down(rank, distance, size), tag);
            bytes = 0;
            for (int i = distance; i < size; i++)
            {
                if ((i & distance) == 0)
                    continue;
                incoming.Slice(bytes, blockBytes).CopyTo(turned[(i * blockBytes)..]);
                bytes += blockBytes;
            }
        }

        // Block i has come from i ranks down.
        for (int i = 0; i < size; i++)
            turned.Slice(i * blockBytes, blockBytes).CopyTo(recv[(Ring.Down(rank, i, size) * blockBytes)..]);
    }
}
