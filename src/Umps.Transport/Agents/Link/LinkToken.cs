using System;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Umps.Transport.Agents.Link;

/// <summary>What each frame from one endpoint to another bears: nobody who does not know the job's secret, and has not read one, can write it.</summary>
/// <remarks>Good for one direction between two endpoints of one job: endpoint ids are not used twice, so neither is a token. Whoever reads the network can copy it; docs/wire-format.md says so.</remarks>
internal static class LinkToken
{
    /// <summary>The token of frames between two endpoints.</summary>
    public static ulong Of(ReadOnlySpan<byte> secret, int from, int to)
    {
        Span<byte> text = stackalloc byte[16 + 2 * sizeof(int)];
        Span<byte> proof = stackalloc byte[HMACSHA256.HashSizeInBytes];
        text.Clear();
        "UmpsLink"u8.CopyTo(text);
        BinaryPrimitives.WriteInt32LittleEndian(text[16..], from);
        BinaryPrimitives.WriteInt32LittleEndian(text[20..], to);
        HMACSHA256.HashData(secret, text, proof);
        return BinaryPrimitives.ReadUInt64LittleEndian(proof) | 1;      // 0 is no token
    }
}
