using System.Collections.Generic;
using System.Globalization;

namespace Umps.Transport;

/// <summary>Options of the agents that use an Ethernet interface themselves (packet, xdp); section <c>Umps:Transport:Ethernet</c>. The node agent reads them.</summary>
public sealed record EthernetOptions : IOptionGroup
{
    internal const int EtherTypeMin = 0x0600;

    /// <summary>The interface. Default empty: the first that is up and has an address by which other hosts reach this one.</summary>
    public string Interface { get; init; } = "";

    /// <summary>EtherType of the frames; 1,536 to 65,535. Default 34997 (0x88B5): IEEE 802 keeps it for local experiments. The same on all nodes.</summary>
    [OptionRange(EtherTypeMin, ushort.MaxValue)]
    public int EtherType { get; init; } = 0x88B5;

    /// <summary>What is wrong with the values, a sentence each.</summary>
    internal IEnumerable<string> Faults()
    {
        if (EtherType is < EtherTypeMin or > ushort.MaxValue)
            yield return string.Create(CultureInfo.InvariantCulture, $"Umps:Transport:Ethernet:EtherType is {EtherType}; its range is {EtherTypeMin} to {ushort.MaxValue}");
    }

    IEnumerable<string> IOptionGroup.Faults() => Faults();
}
