using System.Linq;
using Umps.Transport;
using Umps.Transport.Agents.Ethernet;
using Xunit;

namespace Umps.Tests.Agents.Ethernet;

/// <summary>Addresses on an Ethernet as the wire-up has them, and the headers that are made of them.</summary>
public sealed unsafe class EthernetRoutesTests
{
    private static readonly PortFacts s_facts = new() { Kind = AgentKind.Packet, Slot = 2, MacAddress = 0x060504030202, EtherType = 0x88B5, Mtu = 1500 };

    [Theory]
    [InlineData("02:00:00:00:00:01/3", true)]
    [InlineData("de:AD:be:ef:00:00/4095", true)]
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

    private static byte[] Bytes(EthernetHeader* header) => [.. Enumerable.Range(0, EthernetHeader.SizeBytes).Select(i => ((byte*)header)[i])];

    private static PeerDirectory Directory(int ranks) => new() { OwnId = 0, Peers = [.. Enumerable.Range(0, ranks).Select(i => new PeerPlace(i, i, i))], Secret = new byte[32] };
}
