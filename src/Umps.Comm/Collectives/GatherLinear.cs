using System;

namespace Umps.Collectives;

/// <summary>Gather with a message a rank, straight to where it belongs.</summary>
/// <remarks>Cost, n bytes a rank on p ranks (α s a message, β s a byte): (p - 1)(α + nβ), and no block is copied on the way. Right for long blocks.</remarks>
internal static class GatherLinear
{
    public static void Run(Comm comm, ReadOnlySpan<byte> send, Span<byte> recv, int root, int tag)
    {
        if (comm.Rank != root)
        {
            comm.SendBytes(send, root, tag);
            return;
        }
        int blockBytes = send.Length;
        send.CopyTo(recv[(root * blockBytes)..]);
        for (int rank = 0; rank < comm.Size; rank++)
        {
            if (rank != root)
                comm.RecvBytes(recv.Slice(rank * blockBytes, blockBytes), rank, tag);
        }
    }
}
