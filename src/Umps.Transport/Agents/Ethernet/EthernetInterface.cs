using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using Umps.Transport.Interop;

namespace Umps.Transport.Agents.Ethernet;

/// <summary>The interface that an agent of frames uses: named, or chosen. Looked for in the network namespace of the calling thread.</summary>
/// <param name="Name">As ip(8) shows it.</param>
/// <param name="Index">Its number.</param>
/// <param name="MacAddress">Its address in the lower 48 bits, first byte lowest.</param>
/// <param name="Mtu">The longest payload of a frame, in bytes.</param>
/// <param name="Ipv4">The first of its addresses by which others reach it; null where it has none.</param>
internal sealed record EthernetInterface(string Name, int Index, ulong MacAddress, int Mtu, IPAddress? Ipv4)
{
    /// <summary>The shortest payload with which a link is worth while: the least that IPv4 asks of an interface, as <see cref="UdpOptions.FrameBytesMax"/> has it.</summary>
    private const int MtuMin = UdpOptions.FrameBytesMin;

    /// <summary>Finds the interface of this name; without a name, the one by which others reach this host.</summary>
    /// <param name="name">Empty: the first Ethernet that is up and has an address that is good beyond its own cable. Bridges and virtual networks, which hosts have for themselves, come last.</param>
    /// <exception cref="UmpsException">1310: there is none, or it is not fit; the text lists those that there are.</exception>
    public static EthernetInterface Find(string name)
    {
        IReadOnlyList<HostInterface> all = Linux.ListInterfaces(out Errno error);
        if (error != Errno.None)
            throw Unfit($"getifaddrs failed: {error}", all);
        HostInterface one = name.Length > 0
            ? all.FirstOrDefault(i => i.Name == name) ?? throw Unfit($"there is no interface {name}", all)
            : all.Where(i => i.IsEthernet && i.IsUp && i.Addresses.Any(IsReachable)).OrderBy(OrderOf).FirstOrDefault()
                ?? throw Unfit("no Ethernet interface is up and has an address by which others reach this host", all);
        if (!one.IsEthernet)
            throw Unfit($"{one.Name} is no Ethernet", all);
        if (!one.IsUp)
            throw Unfit($"{one.Name} is down", all);
        int mtu = Linux.MtuOf(one.Name, out error);
        if (error != Errno.None)
            throw Unfit($"the MTU of {one.Name} cannot be read: {error}", all);
        if (mtu < MtuMin)
            throw Unfit(string.Create(CultureInfo.InvariantCulture, $"the MTU of {one.Name} is {mtu}; {MtuMin} is the least"), all);
        return new EthernetInterface(one.Name, one.Index, one.MacAddress, mtu, one.Addresses.FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork && IsReachable(a)));
    }

    private static bool IsReachable(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork
        ? address.GetAddressBytes() is not [169, 254, ..] and not [127, ..]
        : !address.IsIPv6LinkLocal;

    private static int OrderOf(HostInterface one) => (one.IsRunning ? 0 : 2) + (HostAddresses.IsVirtual(one.Name) ? 1 : 0);

    private static UmpsException Unfit(string fact, IReadOnlyList<HostInterface> all)
    {
        IEnumerable<string> list = all.Where(i => i.IsEthernet).Select(i =>
            $"{i.Name} ({(i.IsRunning ? "up" : i.IsUp ? "up, without a carrier" : "down")}{string.Concat(i.Addresses.Select(a => $", {a}"))})");
        string there = string.Join("; ", list);
        return Throw.Interface($"{fact}. Ethernet interfaces here: {(there.Length > 0 ? there : "none")}");
    }
}
