using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Umps.Transport.Agents;

/// <summary>"address:port;address:port": what a peer is told, and how it reads it.</summary>
internal static class HostAddresses
{
    // Bridges and virtual networks have the same addresses on many hosts; they are told last.
    private static readonly string[] s_virtualPrefixes = ["docker", "br-", "virbr", "veth", "cni", "flannel", "podman"];

    private const int NotUp = 16;           // behind all orders of OrderOf

    /// <summary>Addresses at which other hosts may reach this one; loopback only where there is nothing else.</summary>
    /// <remarks>Those of an interface that is not up are told last, not left out: the kernel says up as much as a second after it is, and a rank may have started by then.</remarks>
    public static IReadOnlyList<IPAddress> Usable()
    {
        List<(int Order, IPAddress Address)> found = [];
        foreach (NetworkInterface network in NetworkInterface.GetAllNetworkInterfaces())
        {
            int status = network.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown ? 0 : NotUp;
            foreach (UnicastIPAddressInformation unicast in network.GetIPProperties().UnicastAddresses)
            {
                if (!IPAddress.IsLoopback(unicast.Address) && !unicast.Address.IsIPv6LinkLocal)
                    found.Add((status + OrderOf(network.Name, unicast.Address), unicast.Address));
            }
        }
        return found.Count == 0 ? [IPAddress.Loopback] : [.. found.OrderBy(f => f.Order).Select(f => f.Address)];
    }

    /// <summary>Reads a list of addresses.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static IReadOnlyList<IPEndPoint> Parse(string list) =>
        [.. list.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(text => IPEndPoint.TryParse(text, out IPEndPoint? address) && address.Port != 0 ? address : throw new FormatException(text))];

    /// <summary>True for interfaces that hosts have for themselves: the networks of containers and virtual machines.</summary>
    public static bool IsVirtual(string network) => s_virtualPrefixes.Any(prefix => network.StartsWith(prefix, StringComparison.Ordinal));

    private static int OrderOf(string network, IPAddress address)
    {
        int order = address.AddressFamily == AddressFamily.InterNetwork ? 0 : 1;
        if (address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes() is [169, 254, ..])
            order += 2;
        return IsVirtual(network) ? order + 4 : order;
    }
}
