using System.Collections.Generic;
using System.Globalization;

namespace Umps.Transport;

/// <summary>Options of the agents that use an Ethernet interface themselves (packet, xdp); section <c>Umps:Transport:Ethernet</c>. The node agent reads them.</summary>
public sealed record EthernetOptions : IOptionGroup
{
    internal const int EtherTypeMin = 0x0600;

    /// <summary>IPv4's own: its frames are the host's.</summary>
    internal const int EtherTypeIpv4 = 0x0800;

    /// <summary>The interface. Default empty: the first that is up and has an address by which other hosts reach this one.</summary>
    public string Interface { get; init; } = "";

    /// <summary>EtherType of the frames; 1,536 to 65,535, not 2,048 (IPv4). Default 34997 (0x88B5): IEEE 802 keeps it for local experiments. The same on all nodes.</summary>
    [OptionRange(EtherTypeMin, ushort.MaxValue)]
    public int EtherType { get; init; } = 0x88B5;

    /// <summary>When xdp puts its frames into datagrams of UDP over IPv4. Default Auto: for peers with which the interface has no IP network in common, for a router stands between. The same on all nodes.</summary>
    public EthernetEncapsulation Encapsulation { get; init; }

    /// <summary>Port of UDP to which such datagrams go; 1,024 to 65,535. Default 17600: below the ports that systems give out by themselves. Firewalls between the nodes have to let it pass. The same on all nodes.</summary>
    [OptionRange(1024, ushort.MaxValue)]
    public int UdpPort { get; init; } = 17600;

    /// <summary>What is wrong with the values, a sentence each.</summary>
    internal IEnumerable<string> Faults()
    {
        if (EtherType is < EtherTypeMin or > ushort.MaxValue)
            yield return string.Create(CultureInfo.InvariantCulture, $"Umps:Transport:Ethernet:EtherType is {EtherType}; its range is {EtherTypeMin} to {ushort.MaxValue}");
        if (EtherType == EtherTypeIpv4)
            yield return "Umps:Transport:Ethernet:EtherType is 2048, which is IPv4's: take one that no protocol of this network has";
        if (UdpPort is < 1024 or > ushort.MaxValue)
            yield return string.Create(CultureInfo.InvariantCulture, $"Umps:Transport:Ethernet:UdpPort is {UdpPort}; its range is 1024 to {ushort.MaxValue}");
    }

    IEnumerable<string> IOptionGroup.Faults() => Faults();
}
