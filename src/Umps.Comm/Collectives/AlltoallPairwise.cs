using System;
using System.Numerics;
using Umps.Collectives.Shapes;

namespace Umps.Collectives;

/// <summary>Alltoall in p - 1 steps; in each every rank sends to one and receives from one.</summary>
/// <remarks>
/// Thakur, Rabenseifner, Gropp: Optimization of Collective Communication Operations in MPICH, IJHPCA 19(1), 2005, §6.
/// Cost, n bytes for each rank on p ranks (α s a message, β s a byte): (p - 1)(α + nβ). Where p is a power of two partners swap; else rank + i and rank - i take part
/// in step i. Right but for short blocks on many ranks: <see cref="AlltoallBruck"/>.
/// </remarks>
internal static class AlltoallPairwise
{
    public static void Run(Comm comm, ReadOnlySpan<byte> send, Span<byte> recv, int tag)
    {
        int rank = comm.Rank;
        int size = comm.Size;
        int blockBytes = send.Length / size;
        bool swap = BitOperations.IsPow2(size);
        send.Slice(rank * blockBytes, blockBytes).CopyTo(recv[(rank * blockBytes)..]);
        for (int step = 1; step < size; step++)
        {
            int dest = swap ? rank ^ step : Ring.Up(rank, step, size);
            int source = swap ? rank ^ step : Ring.Down(rank, step, size);
            comm.Exchange(send.Slice(dest * blockBytes, blockBytes), dest, recv.Slice(source * blockBytes, blockBytes), source, tag);
        }
    }
}
