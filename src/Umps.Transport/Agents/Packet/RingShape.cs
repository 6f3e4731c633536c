using System;
using Umps.Transport.Agents.Ethernet;
using Umps.Transport.Interop;

namespace Umps.Transport.Agents.Packet;

/// <summary>How a ring of frames lies in memory: blocks of entries, a frame an entry.</summary>
/// <param name="EntryBytes">Of an entry.</param>
/// <param name="Blocks">How many.</param>
/// <remarks>
/// <code>
///  entry:  0                  reserve …  112              128
///          | RingFrame, kernel's words | EthernetHeader  | LinkFrameHeader, payload …
/// </code>
/// The reserve puts the link's header on a cache line of its own. An entry is an odd number of cache lines: short frames, which use the first few of each, are then spread over all sets of a cache.
/// </remarks>
internal sealed record RingShape(int EntryBytes, int Blocks)
{
    /// <summary>Memory that the kernel allocates in one piece.</summary>
    public const int BlockBytes = 64 * 1024;

    /// <summary>From an entry to its link frame.</summary>
    public const int LinkOffset = 128;

    /// <summary>What the kernel leaves free before a frame beside its own.</summary>
    public const int ReserveBytes = LinkOffset - EthernetHeader.SizeBytes - RingFrame.OffsetBytes;

    private const int CacheLineBytes = 64;

    public int EntriesABlock => BlockBytes / EntryBytes;

    public int Entries => Blocks * EntriesABlock;

    public long TotalBytes => (long)Blocks * BlockBytes;

    /// <summary>A ring of so much memory, for frames of an interface.</summary>
    public static RingShape For(int mtu, int bufferBytes)
    {
        int lines = (LinkOffset + PacketSocket.FrameBytesMaxOf(mtu) + CacheLineBytes - 1) / CacheLineBytes;
        return new RingShape((lines | 1) * CacheLineBytes, Math.Max(1, bufferBytes / BlockBytes));
    }

    /// <summary>What the rank is told; null where there is no ring.</summary>
    public static RingShape? Read(in PortFacts facts) => facts.Word0 == 0 ? null : new RingShape((int)facts.Word0, (int)facts.Word2);

    public void Write(ref PortFacts facts)
    {
        facts.Word0 = (uint)EntryBytes;
        facts.Word2 = (ulong)Blocks;
    }
}
