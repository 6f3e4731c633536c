using System;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Umps.Transport.Agents.Ethernet;

/// <summary>Where a rank is reached on an Ethernet: its interface's address and its slot on the node; and its IPv4 address, where frames may be put into datagrams. In the wire-up as "02:00:00:00:00:01/3@10.1.0.5".</summary>
/// <param name="Mac">The interface's address in the lower 48 bits, first byte lowest. To a carrier: the next hop's, if the rank is reached by datagrams.</param>
/// <param name="Slot">The rank's number among those of its node.</param>
/// <param name="Ipv4">As it stands in a frame; 0: none.</param>
/// <param name="Mtu">Of the way there, in bytes: ",1400" behind the rest; 0: the own interface's.</param>
internal readonly record struct EthernetAddress(ulong Mac, int Slot, uint Ipv4 = 0, int Mtu = 0)
{
    private const int Ipv4TextMax = 15;
    private const int MacBytes = 6;

    /// <summary>Reads the text that <see cref="ToString"/> makes.</summary>
    /// <returns>False when it is none: another form, an address of a group, or one of nobody.</returns>
    public static bool TryParse(string text, out EthernetAddress address)
    {
        address = default;
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        int at = text.IndexOf('@', StringComparison.Ordinal);
        int comma = text.IndexOf(',', StringComparison.Ordinal);
        int endOfSlot = at >= 0 ? at : text.Length, endOfIpv4 = comma >= 0 ? comma : text.Length;
        uint ipv4 = 0;
        ushort mtu = 0;
        if (slash < 0 || slash > endOfSlot || !TryParseMac(text.AsSpan(0, slash), out ulong mac)
            || !ushort.TryParse(text.AsSpan((slash + 1)..endOfSlot), NumberStyles.None, CultureInfo.InvariantCulture, out ushort slot)
            || (at >= 0 && (at > endOfIpv4 || !TryParseIpv4(text.AsSpan((at + 1)..endOfIpv4), out ipv4)))
            || (comma >= 0 && (at < 0 || !ushort.TryParse(text.AsSpan(comma + 1), NumberStyles.None, CultureInfo.InvariantCulture, out mtu))))
            return false;
        address = new EthernetAddress(mac, slot, ipv4, mtu);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{MacText(Mac)}/{Slot}{(Ipv4 != 0 ? $"@{Ipv4Text(Ipv4)}" : "")}{(Mtu != 0 ? $",{Mtu}" : "")}");

    /// <summary>An IPv4 address as it stands in a frame.</summary>
    public static uint Ipv4Of(IPAddress address) => BitConverter.ToUInt32(address.GetAddressBytes());

    /// <summary>"10.1.0.5".</summary>
    public static string Ipv4Text(uint ipv4) => new IPAddress(ipv4).ToString();

    /// <summary>"02:00:00:00:00:01".</summary>
    public static string MacText(ulong mac) => string.Create(CultureInfo.InvariantCulture,
        $"{(byte)mac:x2}:{(byte)(mac >> 8):x2}:{(byte)(mac >> 16):x2}:{(byte)(mac >> 24):x2}:{(byte)(mac >> 32):x2}:{(byte)(mac >> 40):x2}");

    private static bool TryParseIpv4(ReadOnlySpan<char> text, out uint ipv4)
    {
        ipv4 = 0;
        if (text.Length > Ipv4TextMax || !IPAddress.TryParse(text, out IPAddress? address) || address.AddressFamily != AddressFamily.InterNetwork || !text.SequenceEqual(address.ToString()))
            return false;
        ipv4 = Ipv4Of(address);
        return ipv4 != 0;
    }

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
