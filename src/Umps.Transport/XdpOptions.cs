using System.Collections.Generic;
using System.Globalization;

namespace Umps.Transport;

/// <summary>Options of the xdp agent; section <c>Umps:Transport:Xdp</c>.</summary>
public sealed record XdpOptions : IOptionGroup
{
    /// <summary>Queue of the interface that is used; 0 to 4,095. Default 0.</summary>
    [OptionRange(0, 4095)]
    public int Queue { get; init; }

    /// <summary>Entries of each of the four rings; a power of two, 64 to 32,768. Default 2048.</summary>
    [OptionRange(64, 32768)]
    public int RingEntries { get; init; } = 2048;

    /// <summary>What is wrong with the values, a sentence each.</summary>
    internal IEnumerable<string> Faults()
    {
        if (Queue is < 0 or > 4095)
            yield return string.Create(CultureInfo.InvariantCulture, $"Umps:Transport:Xdp:Queue is {Queue}; its range is 0 to 4095");
        if (RingEntries is < 64 or > 32768 || (RingEntries & (RingEntries - 1)) != 0)
            yield return string.Create(CultureInfo.InvariantCulture, $"Umps:Transport:Xdp:RingEntries is {RingEntries}; its range is 64 to 32768, powers of two");
    }

    IEnumerable<string> IOptionGroup.Faults() => Faults();
}
