using System;
using System.Linq;
using System.Net;
using Umps.Transport;
using Umps.Transport.Agents.Ethernet;
using Xunit;

namespace Umps.Tests.Agents.Ethernet;

/// <summary>Addresses on an Ethernet as the wire-up has them, and the headers that are made of them.</summary>
public sealed unsafe class EthernetRoutesTests
{
    private static readonly PortFacts s_facts = new() { Kind = AgentKind.Packet, Slot = 2, MacAddress = 0x060504030202, EtherType = 0x88B5, Mtu = 1500 };

    private static readonly PortFacts s_routed = s_facts with { Kind = AgentKind.Xdp, Ipv4 = EthernetAddress.Ipv4Of(IPAddress.Parse("10.1.0.5")), UdpPort = 17600 };

    [Theory]
    [InlineData("02:00:00:00:00:01/3", true)]
    [InlineData("de:AD:be:ef:00:00/4095", true)]
    [InlineData("02:00:00:00:00:01/3@10.1.0.5", true)]
    [InlineData("02:00:00:00:00:01/3@10.1.0.5,1400", true)]
    [InlineData("02:00:00:00:00:01/3@", false)]
    [InlineData("02:00:00:00:00:01/3@10.1.0", false)]
    [InlineData("02:00:00:00:00:01/3@0.0.0.0", false)]
    [InlineData("02:00:00:00:00:01/3@fd00::1", false)]
    [InlineData("02:00:00:00:00:01/3@10.1.0.5,", false)]
    [InlineData("02:00:00:00:00:01/3@10.1.0.5,-1", false)]
    [InlineData("02:00:00:00:00:01/3,1400", false)]
    [InlineData("02:00:00:00:00:01@10.1.0.5/3", false)]
    [InlineData("", false)]
    [InlineData("02:00:00:00:00:01", false)]
    [InlineData("02:00:00:00:00:01/", false)]
    [InlineData("02:00:00:00:00:01/-1", false)]
    [InlineData("02:00:00:00:00:01/65536", false)]
    [InlineData("02-00-00-00-00-01/0", false)]
    [InlineData("02:00:00:00:00/0", false)]
    [InlineData("2:0:0:0:0:1/0", false)]
    [InlineData("02:00:00:00:00:0g/0", false)]
    [InlineData("ff:ff:ff:ff:ff:ff/0", false)]      // everybody
    [InlineData("00:00:00:00:00:00/0", false)]      // nobody
    [InlineData("127.0.0.1:4000", false)]
    public void Address_Text_IsReadOrRefused(string text, bool isOne)
    {
        Assert.Equal(isOne, EthernetAddress.TryParse(text, out EthernetAddress address));

        if (isOne)
            Assert.Equal(text, address.ToString(), ignoreCase: true);
    }

    [Fact]
    public void HeaderTo_PeerThatSaidWhereItIs_IsWrittenAsEthernetHasIt()
    {
        using var routes = new EthernetRoutes(Directory(3), s_facts);
        Assert.True(routes.HeaderTo(1) == null);

        Assert.True(routes.TryAdd(1, "0a:0b:0c:0d:0e:0f/258"));

        Assert.Equal(new byte[] { 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 2, 2, 3, 4, 5, 6, 0x88, 0xb5, 2, 1 }, Bytes(routes.HeaderTo(1)));
        Assert.True(routes.HeaderTo(2) == null);
        Assert.Equal("02:02:03:04:05:06/2", routes.Own.ToString());
        Assert.False(routes.TryAdd(2, "nowhere"));
    }

    /// <summary>A peer that comes by itself: where it is says its frame, its slot the directory.</summary>
    [Fact]
    public void Learn_PeerThatComesByItself_IsAnswered()
    {
        using var one = new EthernetRoutes(Directory(3), s_facts);
        using var other = new EthernetRoutes(Directory(3), new PortFacts { Slot = 1, MacAddress = 0x0f0e0d0c0b0a, EtherType = 0x88B5 });
        one.TryAdd(1, other.Own.ToString());

        Assert.True(other.TryAdd(2, ""));
        other.Learn(2, one.HeaderTo(1));

        Assert.Equal(new byte[] { 2, 2, 3, 4, 5, 6, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x88, 0xb5, 2, 0 }, Bytes(other.HeaderTo(2)));
    }

    /// <summary>A peer behind a router: the shorter header says so, the longer is complete but for its lengths.</summary>
    [Fact]
    public void RoutedTo_PeerWithAnIpv4Address_IsWrittenAsIpAndUdpHaveIt()
    {
        using var routes = new EthernetRoutes(Directory(3), s_routed);

        Assert.True(routes.TryAdd(1, "0a:0b:0c:0d:0e:0f/258@10.2.0.7"));
        Assert.True(routes.TryAdd(2, "0a:0b:0c:0d:0e:0f/1"));
        byte[] frame = new byte[RoutedHeader.SizeBytes];
        fixed (byte* to = frame)
            RoutedHeader.Put((RoutedHeader*)to, routes.RoutedTo(1), 1000);

        Assert.True(EthernetRoutes.IsRouted(routes.HeaderTo(1)));
        Assert.False(EthernetRoutes.IsRouted(routes.HeaderTo(2)));
        Assert.Equal((1, 1496 - 32, 1496), (routes.RoutedPeers, routes.FrameBytesMaxTo(1, 1496), routes.FrameBytesMaxTo(2, 1496)));
        Assert.Equal(new byte[] { 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 2, 2, 3, 4, 5, 6, 8, 0, 0x45, 0, 0x04, 0x0a, 0, 0, 0x40, 0, 64, 17 }, frame[..24]);
        Assert.Equal(new byte[] { 10, 1, 0, 5, 10, 2, 0, 7 }, frame[26..34]);
        Assert.InRange((frame[34] << 8) | frame[35], 49152, 65535);
        Assert.Equal(new byte[] { 0x44, 0xc0, 0x03, 0xf6, 0, 0, (byte)'U', (byte)'M', (byte)'P', (byte)'S', 2, 1 }, frame[36..]);
    }

    /// <summary>The sum of IPv4's header, as RFC 1071 has it, over all that is there is all ones, whatever the length.</summary>
    [Fact]
    public void Put_EveryLength_HasARightSum()
    {
        using var routes = new EthernetRoutes(Directory(3), s_routed);
        Assert.True(routes.TryAdd(1, "0a:0b:0c:0d:0e:0f/0@255.254.253.252"));
        byte[] frame = new byte[RoutedHeader.SizeBytes];

        for (int length = 48; length <= 9000; length++)
        {
            fixed (byte* to = frame)
                RoutedHeader.Put((RoutedHeader*)to, routes.RoutedTo(1), length);
            int sum = 0;
            for (int i = 14; i < 34; i += 2)
                sum += (frame[i] << 8) | frame[i + 1];
            Assert.Equal(0xffff, (sum & 0xffff) + (sum >> 16));
        }
    }

    /// <summary>What the program at the interface leaves of a datagram's headers says where it came from.</summary>
    [Fact]
    public void Learn_PeerThatComesByDatagram_IsAnsweredByDatagram()
    {
        using var routes = new EthernetRoutes(Directory(3), s_routed);
        var left = new EthernetHeader { EtherTypeNetwork = RoutedHeader.Ipv4Network, Slot = 2 };
        new byte[] { 10, 2, 0, 7, 0xee, 0xee }.CopyTo(new Span<byte>(left.Destination, 6));
        new byte[] { 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f }.CopyTo(new Span<byte>(left.Source, 6));

        Assert.True(routes.TryAdd(2, ""));
        routes.Learn(2, &left);
        Assert.True(routes.TryAdd(2, "0a:0b:0c:0d:0e:0f/0@10.2.0.7,1400"));

        Assert.Equal("0a0b0c0d0e0f", Convert.ToHexStringLower(new Span<byte>(routes.RoutedTo(2)->Ethernet.Destination, 6)));
        Assert.Equal("0a020007", Convert.ToHexStringLower(new Span<byte>(routes.RoutedTo(2)->Target, 4)));
        Assert.Equal(2, routes.RoutedTo(2)->Slot);
        Assert.Equal(1400 - 34, routes.FrameBytesMaxTo(2, 1496));
    }

    /// <summary>Frames of the form that was known first may have been made already, and be too long for the other.</summary>
    [Theory]
    [InlineData("0a:0b:0c:0d:0e:0f/2@10.2.0.7", 0xB588)]
    [InlineData("0a:0b:0c:0d:0e:0f/2", 0x0008)]
    public void Learn_OtherForm_TheFirstStays(string known, int etherTypeNetwork)
    {
        using var routes = new EthernetRoutes(Directory(3), s_routed);
        var came = new EthernetHeader { EtherTypeNetwork = (ushort)etherTypeNetwork };
        Assert.True(routes.TryAdd(1, known));
        byte[] before = Bytes(routes.HeaderTo(1));

        routes.Learn(1, &came);

        Assert.Equal(before, Bytes(routes.HeaderTo(1)));
    }

    [Fact]
    public void TryAdd_DatagramsAreNotTaken_IsRefused()
    {
        using var routes = new EthernetRoutes(Directory(3), s_facts);

        Assert.False(routes.TryAdd(1, "0a:0b:0c:0d:0e:0f/2@10.2.0.7"));
    }

    private static byte[] Bytes(EthernetHeader* header) => [.. Enumerable.Range(0, EthernetHeader.SizeBytes).Select(i => ((byte*)header)[i])];

    private static PeerDirectory Directory(int ranks) => new() { OwnId = 0, Peers = [.. Enumerable.Range(0, ranks).Select(i => new PeerPlace(i, i, i))], Secret = new byte[32] };
}
