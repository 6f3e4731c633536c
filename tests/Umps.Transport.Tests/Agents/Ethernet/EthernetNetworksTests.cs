using System;
using System.Linq;
using Umps.Transport.Agents.Ethernet;
using Umps.Transport.Interop;
using Xunit;

namespace Umps.Tests.Agents.Ethernet;

/// <summary>Whether two interfaces are taken to be on one Ethernet.</summary>
public sealed class EthernetNetworksTests
{
    [Theory]
    [InlineData("10.1.0.0/24", "02:00:00:00:00:01/3 10.1.0.0/24", true)]
    [InlineData("10.1.0.0/24 fd00::/64", "02:00:00:00:00:01/3 10.2.0.0/24 fd00::/64", true)]
    [InlineData("10.1.0.0/24", "02:00:00:00:00:01/3 10.2.0.0/24", false)]
    [InlineData("", "02:00:00:00:00:01/3 10.2.0.0/24", true)]
    [InlineData("10.1.0.0/24", "02:00:00:00:00:01/3", true)]
    public void MayMeet_ByANetworkInCommon(string own, string peer, bool may)
    {
        Assert.Equal(may, EthernetNetworks.MayMeet(own, peer));
        Assert.Equal("02:00:00:00:00:01/3", EthernetNetworks.AddressOf(peer));
        Assert.Equal(peer, EthernetNetworks.Join("02:00:00:00:00:01/3", peer.Contains(' ', StringComparison.Ordinal) ? peer[(peer.IndexOf(' ', StringComparison.Ordinal) + 1)..] : ""));
    }

    [Fact]
    public void Networks_OfTheLoopback_HoldItsAddress()
    {
        HostInterface loopback = Linux.ListInterfaces(out _).First(one => one.Name == "lo");

        Assert.Equal(loopback.Addresses.Count, loopback.Networks.Count);
        Assert.All(loopback.Addresses, address => Assert.Contains(loopback.Networks, network => network.Contains(address)));
    }
}
