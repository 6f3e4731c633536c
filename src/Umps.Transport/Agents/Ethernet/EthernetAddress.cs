using System;
using System.Globalization;

namespace Umps.Transport.Agents.Ethernet;

/// <summary>Where a rank is reached on an Ethernet: its interface's address and its slot on the node. In the wire-up as "02:00:00:00:00:01/3".</summary>
/// <param name="Mac">The interface's address in the lower 48 bits, first byte lowest.</param>
/// <param name="Slot">The rank's number among those of its node.</param>
internal readonly record struct EthernetAddress(ulong Mac, int Slot)
{
    private const int MacBytes = 6;

    /// <summary>Reads the text that <see cref="ToString"/> makes.</summary>
    /// <returns>False when it is none: another form, an address of a group, or one of nobody.</returns>
    public static bool TryParse(string text, out EthernetAddress address)
    {
        address = default;
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !TryParseMac(text.AsSpan(0, slash), out ulong mac)
            || !ushort.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort slot))
            return false;
        address = new EthernetAddress(mac, slot);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{MacText(Mac)}/{Slot}");

    /// <summary>"02:00:00:00:00:01".</summary>
    public static string MacText(ulong mac) => string.Create(CultureInfo.InvariantCulture,
        $"{(byte)mac:x2}:{(byte)(mac >> 8):x2}:{(byte)(mac >> 16):x2}:{(byte)(mac >> 24):x2}:{(byte)(mac >> 32):x2}:{(byte)(mac >> 40):x2}");

    private static bool TryParseMac(ReadOnlySpan<char> text, out ulong mac)
    {
        mac = 0;
        if (text.Length != (3 * MacBytes) - 1)
            return false;
        for (int i = 0; i < MacBytes; i++)
        {
            if (!byte.TryParse(text.Slice(3 * i, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte part) || (i < MacBytes - 1 && text[(3 * i) + 2] != ':'))
                return false;
            mac |= (ulong)part << (8 * i);
        }
        return mac != 0 && (mac & 1) == 0;      // the lowest bit of the first byte makes it a group's
    }
}
