using System;
using System.Buffers.Binary;

namespace Umps.Transport.Interop;

/// <summary>rtnetlink(7): which way the kernel sends what is for an address, and who is next on it. Questions that need no privilege.</summary>
internal static unsafe partial class Linux
{
    private const ushort RTM_GETROUTE = 26, RTM_GETNEIGH = 30, RTA_DST = 1, RTA_SRC = 2, RTA_OIF = 4, RTA_GATEWAY = 5, RTA_VIA = 18, NDA_DST = 1, NDA_LLADDR = 2;
    private const byte RTN_UNICAST = 1;
    private const ushort NUD_KNOWN = 0x02 | 0x04 | 0x08 | 0x10 | 0x40 | 0x80;       // REACHABLE, STALE, DELAY, PROBE, NOARP, PERMANENT
    private const int RouteHeaderBytes = 12, NeighbourHeaderBytes = 12, AddressAttributeBytes = AttributeHeaderBytes + sizeof(uint);

    /// <summary>RTM_GETROUTE: the way of the kernel's own datagrams.</summary>
    /// <param name="target">IPv4 address, as it stands in a frame.</param>
    /// <param name="source">Whose they are, an own address.</param>
    /// <param name="interfaceIndex">The interface by which they leave.</param>
    /// <param name="gateway">The IPv4 address of the next hop; 0: it is the target itself.</param>
    /// <returns>Errno.None; ENETUNREACH where there is no way; EAFNOSUPPORT where the next hop has no IPv4 address.</returns>
    public static Errno RouteTo(uint target, uint source, out int interfaceIndex, out uint gateway)
    {
        interfaceIndex = 0;
        gateway = 0;
        Span<byte> header = stackalloc byte[RouteHeaderBytes];      // struct rtmsg: family, bits of target and source …
        header.Clear();
        header[0] = AF_INET;
        header[1] = header[2] = 32;
        Span<byte> attributes = stackalloc byte[2 * AddressAttributeBytes];
        WriteAttribute(attributes, RTA_DST, target);
        WriteAttribute(attributes[AddressAttributeBytes..], RTA_SRC, source);
        byte* answer = stackalloc byte[AnswerBytesMax];
        ReadOnlySpan<byte> said = Ask(NETLINK_ROUTE, RTM_GETROUTE, header, attributes, RouteHeaderBytes, answer);
        if (!TryFind(said, RTA_OIF, out ReadOnlySpan<byte> leavesBy) || answer[MessageHeaderBytes + 7] != RTN_UNICAST)
            return Errno.ENETUNREACH;
        interfaceIndex = BinaryPrimitives.ReadInt32LittleEndian(leavesBy);
        if (TryFind(said, RTA_VIA, out _))
            return Errno.EAFNOSUPPORT;
        if (TryFind(said, RTA_GATEWAY, out ReadOnlySpan<byte> next))
            gateway = BitConverter.ToUInt32(next);
        return Errno.None;
    }

    /// <summary>RTM_GETNEIGH (of one, Linux 5.0 on): the Ethernet address that belongs to an IPv4 address of the same Ethernet.</summary>
    /// <param name="interfaceIndex">The interface.</param>
    /// <param name="address">As it stands in a frame.</param>
    /// <param name="mac">In the lower 48 bits, first byte lowest.</param>
    /// <returns>Errno.None; ENOENT while the kernel does not know it.</returns>
    public static Errno NeighbourAt(int interfaceIndex, uint address, out ulong mac)
    {
        mac = 0;
        Span<byte> header = stackalloc byte[NeighbourHeaderBytes];  // struct ndmsg: family, padding, interface, state, flags, type
        header.Clear();
        header[0] = AF_INET;
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], interfaceIndex);
        Span<byte> attributes = stackalloc byte[AddressAttributeBytes];
        WriteAttribute(attributes, NDA_DST, address);
        byte* answer = stackalloc byte[AnswerBytesMax];
        ReadOnlySpan<byte> said = Ask(NETLINK_ROUTE, RTM_GETNEIGH, header, attributes, NeighbourHeaderBytes, answer);
        if (!TryFind(said, NDA_LLADDR, out ReadOnlySpan<byte> bytes) || bytes.Length != 6 || (*(ushort*)(answer + MessageHeaderBytes + 8) & NUD_KNOWN) == 0)
            return Errno.ENOENT;
        for (int i = 0; i < bytes.Length; i++)
            mac |= (ulong)bytes[i] << (8 * i);
        return Errno.None;
    }

    private static void WriteAttribute(Span<byte> to, ushort type, uint value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(to, AddressAttributeBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(to[2..], type);
        BitConverter.TryWriteBytes(to[AttributeHeaderBytes..], value);
    }
}
