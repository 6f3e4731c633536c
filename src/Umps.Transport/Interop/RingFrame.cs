using System.Runtime.InteropServices;

namespace Umps.Transport.Interop;

/// <summary>struct tpacket2_hdr: what stands before a frame in a ring that the kernel fills.</summary>
/// <remarks>The kernel fills the frame, then releases <see cref="Status"/> with <see cref="IsReady"/>; who has read the frame releases <see cref="IsKernels"/>, and never touches it again.</remarks>
[StructLayout(LayoutKind.Explicit, Size = 32)]
internal struct RingFrame
{
    /// <summary>The kernel may fill it.</summary>
    public const uint IsKernels = 0;

    /// <summary>A bit: the frame is there.</summary>
    public const uint IsReady = 1;

    /// <summary>Bytes from the beginning of a ring's entry to a frame of Ethernet in it, without a reserve (<see cref="Linux.MakeReceiveRing"/>): TPACKET2_HDRLEN, 16 bytes at least for the
    /// frame's own header, all of it aligned, less that header's 14.</summary>
    public const int OffsetBytes = 66;

    [FieldOffset(0)] public uint Status;
    [FieldOffset(4)] public uint LengthBytes;

    /// <summary>Bytes of the frame that are here.</summary>
    [FieldOffset(8)] public uint HereBytes;

    /// <summary>Where the frame begins, from here.</summary>
    [FieldOffset(12)] public ushort FrameOffset;
}
