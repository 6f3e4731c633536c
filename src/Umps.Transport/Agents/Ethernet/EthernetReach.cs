using System;
using System.Collections.Generic;

namespace Umps.Transport.Agents.Ethernet;

/// <summary>Whether and how a rank's interface reaches a peer's: by frames on the same Ethernet, by datagrams over a router, or not.</summary>
/// <remarks>
/// Told by what the peer put into the wire-up, once for each address. Both sides of a pair decide alone, by the same facts; a way by datagrams is there when it answers (<see cref="WayFinder"/>). Should one side find it and the
/// other not, each sends by an agent of its own, and hears what the other sends: order is kept all the same, for it is kept in each direction by itself.
/// </remarks>
/// <param name="facts">Of the rank's port.</param>
internal sealed class EthernetReach(PortFacts facts)
{
    private readonly Dictionary<uint, Way?> _ways = [];

    /// <summary>The interface's networks, as <see cref="EthernetNetworks.Of"/> has them.</summary>
    public string Networks { get; } = EthernetNetworks.Of(facts);

    /// <summary>Why the last peer that was not reached is not; empty: none was asked for, or it is not on the same network and that is all.</summary>
    public string WhyNot { get; private set; } = "";

    /// <summary>Where a carrier sends what is for a peer.</summary>
    /// <param name="joined">What the peer put into the wire-up.</param>
    /// <returns>Text of an <see cref="EthernetAddress"/>, with an IPv4 address if by datagrams; empty where this interface does not reach it.</returns>
    public string Find(string joined)
    {
        if (!EthernetAddress.TryParse(EthernetNetworks.AddressOf(joined), out EthernetAddress peer))
            return "";
        if (facts.When != EthernetEncapsulation.Always && EthernetNetworks.MayMeet(Networks, joined))
            return new EthernetAddress(peer.Mac, peer.Slot).ToString();
        if (facts.When == EthernetEncapsulation.Never)
            return "";
        if (facts.Ipv4 == 0 || peer.Ipv4 == 0)
        {
            WhyNot = $"{(facts.Ipv4 == 0 ? "this" : "the peer's")} interface takes no datagrams (it has no IPv4 address, or UDP port {facts.UdpPort} is another's)";
            return "";
        }
        if (!_ways.TryGetValue(peer.Ipv4, out Way? way))
            _ways[peer.Ipv4] = way = Ask(peer.Ipv4);
        return way is { } found ? new EthernetAddress(found.NextHop, peer.Slot, peer.Ipv4, found.Mtu).ToString() : "";
    }

    private Way? Ask(uint peer)
    {
        string? whyNot = EthernetNetworks.IsHere(facts) ? WayFinder.Find(facts, peer, out Way way) : Elsewhere(out way);
        WhyNot = whyNot ?? WhyNot;
        return whyNot is null ? way : null;
    }

    private static string Elsewhere(out Way way)
    {
        way = default;
        return "the interface is in another network namespace than this rank, which cannot ask for the way";
    }
}
