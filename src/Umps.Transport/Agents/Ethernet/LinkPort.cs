using System.Runtime.InteropServices;

namespace Umps.Transport.Agents.Ethernet;

/// <summary>A rank's share of an interface: a socket that is open, bound and attached, and what the rank must know of it.</summary>
/// <param name="Descriptor">The socket.</param>
/// <param name="Facts">What is known of it.</param>
internal readonly record struct LinkPort(int Descriptor, PortFacts Facts);

/// <summary>What a rank must know of its socket on an interface; crosses from the kernel agent as it is.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct PortFacts
{
    public const int SizeBytes = 72;

    [FieldOffset(0)] public AgentKind Kind;

    /// <summary>The rank's number among those of its node: frames name it behind their EtherType.</summary>
    [FieldOffset(4)] public int Slot;

    [FieldOffset(8)] public int InterfaceIndex;

    /// <summary>Longest payload of an Ethernet frame here, in bytes.</summary>
    [FieldOffset(12)] public int Mtu;

    /// <summary>The interface's address, in the lower 48 bits, first byte lowest.</summary>
    [FieldOffset(16)] public ulong MacAddress;

    [FieldOffset(24)] public int EtherType;

    /// <summary>The device's own: ring sizes, offsets, flags.</summary>
    [FieldOffset(28)] public uint Word0;
    [FieldOffset(32)] public ulong Word1;
    [FieldOffset(40)] public ulong Word2;
    [FieldOffset(48)] public ulong Word3;
    [FieldOffset(56)] public ulong Word4;

    /// <summary>The interface's IPv4 address as it stands in a frame; 0: frames are not put into datagrams here.</summary>
    [FieldOffset(64)] public uint Ipv4;

    /// <summary>Port of UDP to which datagrams with frames go.</summary>
    [FieldOffset(68)] public ushort UdpPort;

    [FieldOffset(70)] public byte Encapsulation;

    public readonly EthernetEncapsulation When => (EthernetEncapsulation)Encapsulation;
}
