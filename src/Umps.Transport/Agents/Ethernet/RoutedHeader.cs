using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Umps.Transport.Agents.Ethernet;

/// <summary>What stands before a link frame that has to pass a router: Ethernet, IPv4, UDP, then a mark and the receiver's slot on its node.</summary>
/// <remarks>
/// <code>
///  0            6        12       14        34          42       46     48
///  | next hop's | source | 0x0800 | IPv4    | UDP       | "UMPS" | slot | LinkFrameHeader …        all in network order but the slot, which is little-endian
/// </code>
/// IPv4 without options, never in fragments (DF); its identification says nothing then (RFC 6864). The sum of UDP is left out, as IPv4 permits: the link's own covers more. The last 16 bytes have an <see cref="EthernetHeader"/>'s
/// place: of an arriving frame the program at the interface makes one of them (<see cref="Xdp.SteeringProgram"/>).
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal unsafe struct RoutedHeader
{
    public const int SizeBytes = 48;

    /// <summary>Of the header, what an interface counts as payload.</summary>
    public const int PayloadBytes = SizeBytes - EthernetBytes;

    /// <summary>Longer than the other header by this.</summary>
    public const int ExtraBytes = SizeBytes - EthernetHeader.SizeBytes;

    /// <summary>IPv4 in an EtherType's place, read as the machine reads it.</summary>
    public const ushort Ipv4Network = 0x0008;

    /// <summary>Four bytes of IPv4, without options.</summary>
    public const byte VersionAndLength = 0x45;

    public const byte UdpProtocol = 17;

    /// <summary>Bits of the half word with a fragment's place that only fragments have set; read as the machine reads it.</summary>
    public const int FragmentBitsNetwork = 0xff3f;

    /// <summary>"UMPS".</summary>
    public const uint MarkValue = 0x53504d55;

    // Where the program at the interface looks.
    public const int VersionOffset = 14, FragmentOffset = 20, ProtocolOffset = 23, SourceOffset = 26, TargetOffset = 30, PortOffset = 36, MarkOffset = 42, SlotOffset = 46;

    private const int EthernetBytes = 14, Ipv4Bytes = 20;
    private const ushort DontFragmentNetwork = 0x0040;

    /// <summary>The usual number of routers that may stand between.</summary>
    private const byte HopsMax = 64;

    /// <summary>The ports of which the sender's is one: those that IANA leaves to everybody's use.</summary>
    private const int SourcePortMin = 49152;

    [FieldOffset(0)] public EthernetHeader Ethernet;        // its slot lies under what IPv4 begins with
    [FieldOffset(VersionOffset)] public byte Version;
    [FieldOffset(15)] public byte Service;
    [FieldOffset(16)] public ushort TotalBytesNetwork;
    [FieldOffset(18)] public ushort Identification;
    [FieldOffset(FragmentOffset)] public ushort FragmentNetwork;
    [FieldOffset(22)] public byte Hops;
    [FieldOffset(ProtocolOffset)] public byte Protocol;
    [FieldOffset(24)] public ushort Sum;
    [FieldOffset(SourceOffset)] public fixed byte Source[4];
    [FieldOffset(TargetOffset)] public fixed byte Target[4];
    [FieldOffset(34)] public ushort SourcePortNetwork;
    [FieldOffset(PortOffset)] public ushort PortNetwork;
    [FieldOffset(38)] public ushort UdpBytesNetwork;
    [FieldOffset(40)] public ushort UdpSum;
    [FieldOffset(MarkOffset)] public fixed byte Mark[4];
    [FieldOffset(SlotOffset)] public ushort Slot;

    /// <summary>A header that lacks its lengths only. Its sum is that of what is there, to be gone on with.</summary>
    /// <param name="ethernet">Where the next hop is, and this interface.</param>
    /// <param name="source">IPv4 address of this interface, as it stands in a frame.</param>
    /// <param name="target">And the receiver's.</param>
    /// <param name="port">Port of UDP.</param>
    /// <param name="flow">What tells one pair of ranks from another: routers with several ways choose by the sender's port, which is made of it, so that a pair keeps to one.</param>
    public static RoutedHeader Make(in EthernetHeader ethernet, uint source, uint target, int port, int flow)
    {
        var header = new RoutedHeader
        {
            Ethernet = ethernet,
            Version = VersionAndLength,
            FragmentNetwork = DontFragmentNetwork,
            Hops = HopsMax,
            Protocol = UdpProtocol,
            SourcePortNetwork = BinaryPrimitives.ReverseEndianness((ushort)(SourcePortMin + ((uint)flow * 2654435761 >> 18))),       // Knuth's multiplier spreads neighbours over the 2^14 ports
            PortNetwork = BinaryPrimitives.ReverseEndianness((ushort)port),
            Slot = ethernet.Slot,
        };
        header.Service = 0;
        Unsafe.WriteUnaligned(header.Source, source);
        Unsafe.WriteUnaligned(header.Target, target);
        Unsafe.WriteUnaligned(header.Mark, MarkValue);
        header.Ethernet.EtherTypeNetwork = Ipv4Network;
        uint sum = 0;
        for (int i = 0; i < Ipv4Bytes; i += sizeof(ushort))
            sum += *(ushort*)((byte*)&header + EthernetBytes + i);
        header.Sum = Fold(sum);
        return header;
    }

    /// <summary>Writes the header of a frame.</summary>
    /// <param name="to">Where it goes; the frame stands behind it.</param>
    /// <param name="template">What <see cref="Make"/> made.</param>
    /// <param name="frameBytes">Length of the link frame.</param>
    public static void Put(RoutedHeader* to, RoutedHeader* template, int frameBytes)
    {
        *to = *template;
        ushort total = BinaryPrimitives.ReverseEndianness((ushort)(PayloadBytes + frameBytes));
        to->TotalBytesNetwork = total;
        to->UdpBytesNetwork = BinaryPrimitives.ReverseEndianness((ushort)(PayloadBytes - Ipv4Bytes + frameBytes));
        to->Sum = (ushort)~Fold((uint)template->Sum + total);       // the sum of ones' complement is the same in either byte order (RFC 1071)
    }

    private static ushort Fold(uint sum)
    {
        sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)(sum + (sum >> 16));
    }
}
