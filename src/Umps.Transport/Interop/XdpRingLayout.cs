using System.Runtime.InteropServices;

namespace Umps.Transport.Interop;

/// <summary>struct xdp_ring_offset: where in the mapping of an AF_XDP ring its words and entries lie, in bytes.</summary>
[StructLayout(LayoutKind.Explicit, Size = 32)]
internal struct XdpRingLayout
{
    [FieldOffset(0)] public ulong Producer;
    [FieldOffset(8)] public ulong Consumer;
    [FieldOffset(16)] public ulong Entries;
    [FieldOffset(24)] public ulong Flags;
}
