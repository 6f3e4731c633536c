using System.Runtime.InteropServices;

namespace Umps.Transport.Interop;

/// <summary>struct mmsghdr of glibc and musl, 64 bits: one datagram of a call that sends or takes many.</summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
internal unsafe struct Datagram
{
    /// <summary>The other side's address: where it goes, or room for where it came from.</summary>
    [FieldOffset(0)] public byte* Address;

    [FieldOffset(8)] public uint AddressBytes;
    [FieldOffset(16)] public IoVector* Pieces;
    [FieldOffset(24)] public nuint PieceCount;
    [FieldOffset(32)] public void* Control;
    [FieldOffset(40)] public nuint ControlBytes;
    [FieldOffset(48)] public int Flags;

    /// <summary>Bytes that went or came.</summary>
    [FieldOffset(56)] public uint LengthBytes;
}
