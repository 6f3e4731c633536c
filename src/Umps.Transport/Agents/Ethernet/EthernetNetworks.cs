using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using Umps.Transport.Interop;

namespace Umps.Transport.Agents.Ethernet;

/// <summary>Whether two interfaces are on the same Ethernet: told by the IP networks of their addresses, for frames that go nowhere come back to nobody.</summary>
/// <remarks>A guess, and a mild one: interfaces without addresses are taken to meet. Where routers stand between two nodes, their networks differ: frames then go in datagrams, or the pair uses its next agent (<see cref="EthernetReach"/>).</remarks>
internal static class EthernetNetworks
{
    private const char Separator = ' ';

    /// <summary>The networks of a rank's interface, as they stand behind its address in the wire-up: "10.77.0.0/24 fd00::/64".</summary>
    /// <returns>Empty where it has none, or is in another network namespace.</returns>
    public static string Of(in PortFacts facts)
    {
        foreach (HostInterface one in Linux.ListInterfaces(out _))
        {
            if (one.Index != facts.InterfaceIndex || one.MacAddress != facts.MacAddress)
                continue;
            var networks = new List<string>();
            foreach (IPNetwork network in one.Networks)
            {
                if (IsTold(network))
                    networks.Add(network.ToString());
            }
            return string.Join(Separator, networks);
        }
        return "";
    }

    /// <summary>The interface is in the calling thread's network namespace.</summary>
    public static bool IsHere(in PortFacts facts)
    {
        foreach (HostInterface one in Linux.ListInterfaces(out _))
        {
            if (one.Index == facts.InterfaceIndex && one.MacAddress == facts.MacAddress)
                return true;
        }
        return false;
    }

    /// <summary>An address with its networks.</summary>
    public static string Join(string address, string networks) => networks.Length == 0 ? address : $"{address}{Separator}{networks}";

    /// <summary>The address alone.</summary>
    public static string AddressOf(string joined) => joined.IndexOf(Separator, StringComparison.Ordinal) is >= 0 and var end ? joined[..end] : joined;

    /// <summary>Whether the interfaces may be on the same Ethernet.</summary>
    /// <param name="own">The networks of one.</param>
    /// <param name="joined">Address and networks of the other.</param>
    public static bool MayMeet(string own, string joined)
    {
        string[] theirs = joined.Split(Separator);
        if (own.Length == 0 || theirs.Length < 2)
            return true;
        foreach (string network in own.Split(Separator))
        {
            if (Array.IndexOf(theirs, network, 1) > 0)
                return true;
        }
        return false;
    }

    /// <summary>Every interface has a network for its own cable: that says nothing. One address alone is a network of nobody else.</summary>
    private static bool IsTold(IPNetwork network) =>
        !network.BaseAddress.IsIPv6LinkLocal && network.BaseAddress.GetAddressBytes() is not [169, 254, ..]
        && network.PrefixLength < (network.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
}
