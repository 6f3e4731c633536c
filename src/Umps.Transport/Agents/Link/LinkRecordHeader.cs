using System.Runtime.InteropServices;

namespace Umps.Transport.Agents.Link;

/// <summary>What stands before each message, or part of one, in a frame that has a place in the sender's order; little-endian.</summary>
/// <remarks>
/// <code>
///  0      1      2      4             8       16      20      24
///  | Type | Kind | zero | LengthBytes | Word0 | Word1 | Word2 | payload … | to a multiple of 8
///                                     └ not there with <see cref="SameWords"/>, nor before a continuation
/// </code>
/// The payload is as long as LengthBytes says, or ends with the frame: then a message goes on in the next one.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct LinkRecordHeader
{
    /// <summary>With the words.</summary>
    public const int SizeBytes = 24;

    /// <summary>Without.</summary>
    public const int ShortBytes = 8;

    /// <summary>Records begin at multiples of this.</summary>
    public const int Alignment = 8;

    /// <summary>In the byte of the type: the words are those of the record before it in this frame. Messages of a burst mostly have the same.</summary>
    public const byte SameWords = 0x80;

    [FieldOffset(0)] public byte TypeAndFlags;

    /// <summary>The upper layer's, like the words.</summary>
    [FieldOffset(1)] public byte Kind;

    [FieldOffset(2)] public ushort Zero;

    /// <summary>Message: the length of all of it. Continuation: what is still missing, with this. Fragment: its length.</summary>
    [FieldOffset(4)] public uint LengthBytes;

    [FieldOffset(8)] public ulong Word0;
    [FieldOffset(16)] public uint Word1;
    [FieldOffset(20)] public uint Word2;

    /// <summary>Bytes that a record takes in its frame.</summary>
    public static int Padded(int bytes) => (bytes + Alignment - 1) & -Alignment;
}
