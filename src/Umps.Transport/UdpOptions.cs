using System.Collections.Generic;
using System.Globalization;
using Umps.Transport.Agents.Link;

namespace Umps.Transport;

/// <summary>Options of the udp agent; section <c>Umps:Transport:Udp</c>. What it shares with other agents of frames is in <c>Umps:Transport:Link</c>.</summary>
public sealed record UdpOptions : IOptionGroup
{
    internal const int FrameBytesMin = 576;

    /// <summary>The longest frame, in bytes of a datagram's payload; 576 to 9,000. Default 1452: what an Ethernet frame holds behind the headers of IPv6 and UDP. With jumbo frames 8952.</summary>
    [OptionRange(FrameBytesMin, LinkFrameHeader.FrameBytesMax)]
    public int FrameBytesMax { get; init; } = 1452;

    /// <summary>The kernel's buffers of the socket in each direction, in bytes; 65,536 to 1,073,741,824. Default 4194304; the kernel gives no more than net.core.rmem_max allows, and peers keep
    /// no more under way than fits.</summary>
    [OptionRange(65536, 1 << 30)]
    public int SocketBufferBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>What is wrong with the values, a sentence each.</summary>
    internal IEnumerable<string> Faults()
    {
        if (FrameBytesMax is < FrameBytesMin or > LinkFrameHeader.FrameBytesMax)
            yield return Fault(nameof(FrameBytesMax), FrameBytesMax, "576 to 9000");
        if (SocketBufferBytes is < 65536 or > 1 << 30)
            yield return Fault(nameof(SocketBufferBytes), SocketBufferBytes, "65536 to 1073741824");
    }

    IEnumerable<string> IOptionGroup.Faults() => Faults();

    private static string Fault(string option, long value, string range) =>
        string.Create(CultureInfo.InvariantCulture, $"Umps:Transport:Udp:{option} is {value}; its range is {range}");
}
