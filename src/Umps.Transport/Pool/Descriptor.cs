using System.Runtime.InteropServices;

namespace Umps.Transport.Pool;

/// <summary>A unit in use, with the layout of the kernel's <c>struct xdp_desc</c>.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct Descriptor
{
    public const int SizeBytes = 16;

    /// <summary>In <see cref="Options"/>: another unit of the same message follows (the kernel's XDP_PKT_CONTD).</summary>
    public const uint Continues = 1;

    /// <summary>Bytes from the beginning of the node's memory to the unit.</summary>
    [FieldOffset(0)] public ulong Offset;

    /// <summary>Bytes in use, from the unit's beginning.</summary>
    [FieldOffset(8)] public uint Length;

    /// <summary>Flags below, the unit's generation in the upper 16 bits: it goes home with the unit, and is compared there.</summary>
    [FieldOffset(12)] public uint Options;

    /// <summary>The generation under which the unit was lent.</summary>
    public readonly uint Generation => Options >> 16;
}
