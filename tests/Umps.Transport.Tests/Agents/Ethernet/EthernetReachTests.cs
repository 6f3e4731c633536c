using System;
using System.Linq;
using Umps.Testing;
using Umps.Tests.Agents.Xdp;
using Umps.Transport;
using Umps.Transport.Agents.Ethernet;
using Xunit;

namespace Umps.Tests.Agents.Ethernet;

/// <summary>Which form a pair takes, and ways over a router: found, narrow, and not there.</summary>
public sealed class EthernetReachTests
{
    private const string Peer = "02:00:00:00:00:01/3";

    private static readonly PortFacts s_facts = new() { Kind = AgentKind.Xdp, InterfaceIndex = int.MaxValue, MacAddress = 2, Mtu = 1500, UdpPort = 17600 };

    /// <summary>What can be told without asking anybody. The interface is not of this machine: a way is never there.</summary>
    [Theory]
    [InlineData(EthernetEncapsulation.Auto, 0u, $"{Peer}@10.2.0.7", Peer, "")]                      // the own networks are not known: they are taken to meet
    [InlineData(EthernetEncapsulation.Never, 0u, $"{Peer}@10.2.0.7 10.2.0.0/24", Peer, "")]
    [InlineData(EthernetEncapsulation.Always, 5u, Peer, "", "the peer's interface takes no datagrams")]
    [InlineData(EthernetEncapsulation.Always, 0u, $"{Peer}@10.2.0.7", "", "this interface takes no datagrams")]
    [InlineData(EthernetEncapsulation.Always, 5u, $"{Peer}@10.2.0.7", "", "another network namespace")]
    [InlineData(EthernetEncapsulation.Auto, 5u, "", "", "")]
    public void Find_ByWhatBothSay(EthernetEncapsulation when, uint own, string joined, string expected, string whyNot)
    {
        var reach = new EthernetReach(s_facts with { Encapsulation = (byte)when, Ipv4 = own });

        Assert.Equal(expected, reach.Find(joined));
        Assert.Contains(whyNot, reach.WhyNot, StringComparison.Ordinal);
        Assert.Equal(whyNot.Length == 0, reach.WhyNot.Length == 0);
    }

    [Fact]
    public void Find_OverARouter_NamesItsNearPort() => OverARouter((nodes, router, first, second) =>
    {
        string joined = Joined(nodes[1], second);
        string found = "";

        NamespaceThread.Run(nodes[0], () => found = new EthernetReach(first).Find(joined));

        Assert.True(EthernetAddress.TryParse(found, out EthernetAddress way), found);
        Assert.Equal(MacOf(router, "p" + nodes[0].Interface), EthernetAddress.MacText(way.Mac));
        Assert.Equal((second.Ipv4, 1, 1500), (way.Ipv4, way.Slot, way.Mtu));
    });

    /// <summary>One that says how much it takes, and one that swallows what is too long.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Find_NarrowWay_IsAsLongAsItTakes(bool says) => OverARouter((nodes, router, first, second) =>
    {
        if (says)
            Shell.Run("ip", "-n", router.Name, "link", "set", "p" + nodes[1].Interface, "mtu", "1420");
        else
            nodes[1].SetMtu(1420);      // the end of a cable that takes less drops what is longer
        string found = "";

        NamespaceThread.Run(nodes[0], () => found = new EthernetReach(first).Find(Joined(nodes[1], second)));

        Assert.True(EthernetAddress.TryParse(found, out EthernetAddress way), found);
        Assert.InRange(way.Mtu, 1280, 1420);
    });

    /// <summary>Nobody would say that frames are lost: a pair must not wait for them.</summary>
    [Fact]
    public void Find_FirewallBetween_HasNoWayAndSaysSo() => OverARouter((nodes, router, first, second) =>
    {
        Shell.Run("ip", "-n", router.Name, "rule", "add", "ipproto", "udp", "blackhole");
        var said = ("", "");

        NamespaceThread.Run(nodes[0], () =>
        {
            var reach = new EthernetReach(first);
            said = (reach.Find(Joined(nodes[1], second)), reach.WhyNot);
        });

        Assert.Equal("", said.Item1);
        Assert.Contains($"{nodes[1].Address} does not answer at UDP port 17600", said.Item2, StringComparison.Ordinal);
    });

    [Fact]
    public void Find_NoRoute_HasNoWayAndSaysSo() => OverARouter((nodes, router, first, second) =>
    {
        Shell.Run("ip", "-n", nodes[0].Name, "route", "del", "default");
        var said = ("", "");

        NamespaceThread.Run(nodes[0], () =>
        {
            var reach = new EthernetReach(first);
            said = (reach.Find(Joined(nodes[1], second)), reach.WhyNot);
        });

        Assert.Equal("", said.Item1);
        Assert.Contains($"no route to {nodes[1].Address}", said.Item2, StringComparison.Ordinal);
    });

    private static string Joined(NetworkNamespace node, PortFacts facts) => EthernetNetworks.Join(new EthernetAddress(facts.MacAddress, 1, facts.Ipv4).ToString(), $"{node.Address[..node.Address.LastIndexOf('.')]}.32/28");

    private static string MacOf(NetworkNamespace place, string port)
    {
        string[] words = Shell.TryRun(["ip", "-n", place.Name, "-o", "link", "show", port]).Output.Split(' ');
        return words[Array.IndexOf(words, "link/ether") + 1];
    }

    private static void OverARouter(Action<NetworkNamespace[], NetworkNamespace, PortFacts, PortFacts> body)
    {
        XdpNode.SkipUnlessPossible();
        NetworkNamespace[] nodes = NetworkNamespace.MakeRouted(2, out NetworkNamespace router);
        try
        {
            using var first = new XdpNode(nodes[0], 1, new TransportOptions());
            using var second = new XdpNode(nodes[1], 1, new TransportOptions());
            body(nodes, router, first.Device.PortOf(0).Facts, second.Device.PortOf(0).Facts);
        }
        finally
        {
            foreach (NetworkNamespace one in nodes.Append(router))
                one.Dispose();
        }
    }
}
