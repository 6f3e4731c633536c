using System.Runtime.InteropServices;

namespace Umps.Transport.Agents.Ethernet;

/// <summary>What stands before a link frame on Ethernet: IEEE 802.3, then the receiver's slot on its node, so that what follows is aligned.</summary>
/// <remarks>
/// <code>
///  0            6           12          14     16
///  | destination | source    | EtherType | slot | LinkFrameHeader …        EtherType in network order, slot little-endian
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal unsafe struct EthernetHeader
{
    public const int SizeBytes = 16;

    /// <summary>Of the header, what an interface counts as payload: the slot.</summary>
    public const int PayloadBytes = 2;

    [FieldOffset(0)] public fixed byte Destination[6];
    [FieldOffset(6)] public fixed byte Source[6];
    [FieldOffset(12)] public ushort EtherTypeNetwork;
    [FieldOffset(14)] public ushort Slot;
}
