using System.Collections.Generic;
using Umps.Transport;
using Umps.Transport.Agents.Ethernet;
using Umps.Transport.Agents.Link;

namespace Umps.Paper;

/// <summary>A NIC agent with settings, or a path of the kernel's own, as tables name it.</summary>
/// <param name="Name">In tables.</param>
/// <param name="Agent">The agent; of a kernel path the way of benchmarks/peers/wire.</param>
/// <param name="FullBytes">The longest message that one frame carries on a network of 1500 bytes.</param>
internal sealed record Series(string Name, string Agent, int FullBytes)
{
    /// <summary>Whether it is ours.</summary>
    public bool IsOurs { get; init; } = true;

    /// <summary>Settings of its ranks, as variables of the environment.</summary>
    public IReadOnlyList<string> Settings { get; init; } = [];

    /// <summary>All of ours.</summary>
    public static readonly IReadOnlyList<Series> Ours =
    [
        new("xdp", "xdp", Payload(1500 - EthernetHeader.PayloadBytes)),
        new("packet, mapped", "packet", Payload(1500 - EthernetHeader.PayloadBytes)) { Settings = ["UMPS__TRANSPORT__PACKET__MAPPED=true"] },
        new("packet, read", "packet", Payload(1500 - EthernetHeader.PayloadBytes)) { Settings = ["UMPS__TRANSPORT__PACKET__MAPPED=false"] },
        new("udp", "udp", Payload(new UdpOptions().FrameBytesMax)),
        new("tcp", "tcp", 1448),
    ];

    /// <summary>The kernel's.</summary>
    public static readonly IReadOnlyList<Series> Kernel =
    [
        new("raw UDP", "udp", 1472) { IsOurs = false },
        new("raw AF_PACKET", "packet", 1500) { IsOurs = false },
        new("raw TCP", "tcp", 1448) { IsOurs = false },
    ];

    /// <summary>Frames of AF_XDP with nothing above them: what of xdp's time is the way itself.</summary>
    public static readonly Series Bare = new("raw AF_XDP", "xdp", 1500) { IsOurs = false };

    /// <summary>What a frame has for one message.</summary>
    private static int Payload(int frameBytes) => (frameBytes & -LinkRecordHeader.Alignment) - LinkFrameHeader.SizeBytes - LinkRecordHeader.SizeBytes;

    /// <summary>Bytes of a message where a table says so many: 1500 is a full frame, whatever of it the series needs itself.</summary>
    public int BytesOf(int size) => size == 1500 ? FullBytes : size;

    /// <summary>The same with settings more.</summary>
    public Series With(string name, params string[] settings) => this with { Name = name, Settings = [.. Settings, .. settings] };
}
