using System;
using Umps.Transport.Pool;

namespace Umps.Transport.Agents.Shm;

/// <summary>Into how many chunks a transfer is cut, that two may copy.</summary>
/// <remarks>A call of the kernel costs 1.4 µs before it copies, and some 3 µs while the other side's calls use the same address spaces: so few, long chunks. 1 MiB takes 80 µs in
/// chunks of 32 KiB, 60 of 64, 41 of 128 and 38 of 512 KiB.</remarks>
internal static class ChunkSize
{
    /// <summary>Bounds of the longest chunk: who arrives late finds enough to share, and arrivals are looked at between chunks.</summary>
    private const nint BytesMaxLeast = 512 << 10, BytesMaxMost = 1 << 20;

    /// <summary>The shortest transfer in which a second copier gains more than its word costs, through the kernel as plainly.</summary>
    private const nint SharedBytesMin = 64 << 10;

    /// <summary>Messages shorter than this are copied several at once, by the receiver alone, where several wait.</summary>
    private const nint AtOnceBytesMax = 96 << 10;

    /// <summary>True when it is better copied together with others, by one call, than by both sides.</summary>
    public static bool IsOneOfMany(nint lengthBytes) => lengthBytes < AtOnceBytesMax;

    /// <summary>True when both sides should copy.</summary>
    public static bool IsWorthSharing(nint lengthBytes) => lengthBytes >= SharedBytesMin;

    /// <summary>An even number of equal chunks, so that two who begin together end together; whole pages.</summary>
    public static nint Of(nint lengthBytes)
    {
        nint longest = Math.Clamp(lengthBytes / 8, BytesMaxLeast, BytesMaxMost);
        nint pairs = (lengthBytes + (2 * longest) - 1) / (2 * longest);
        pairs = Math.Min(pairs, (1 << (TransferLines.ChunkBits - 2)) - 1);
        nint share = (lengthBytes + (2 * pairs) - 1) / (2 * pairs);
        return (share + PoolLayout.PageBytes - 1) & ~(nint)(PoolLayout.PageBytes - 1);
    }
}
