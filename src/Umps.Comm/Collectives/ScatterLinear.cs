using System;

namespace Umps.Collectives;

/// <summary>Scatter with a message a rank, straight from where it lies.</summary>
/// <remarks>Cost, n bytes a rank on p ranks (α s a message, β s a byte): (p - 1)(α + nβ), and no block is copied on the way. Right for long blocks.</remarks>
internal static class ScatterLinear
{
    public static void Run(Comm comm, ReadOnlySpan<byte> send, Span<byte> recv, int root, int tag)
    {
        if (comm.Rank != root)
        {
            comm.RecvBytes(recv, root, tag);
            return;
        }
        int blockBytes = recv.Length;
        for (int rank = 0; rank < comm.Size; rank++)
        {
            if (rank != root)
                comm.SendBytes(send.Slice(rank * blockBytes, blockBytes), rank, tag);
        }
        send.Slice(root * blockBytes, blockBytes).CopyTo(recv);     // last: it may lie in what is sent
    }
}
