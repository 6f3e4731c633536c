using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Umps.Transport.Agents.Link;

/// <summary>The cache line before every payload on a link; little-endian.</summary>
/// <remarks>
/// <code>
///  0       4         5      6       7      8       16     20         24    28     32         36
///  | Check | Version | Type | Flags | Kind | Token | From | Sequence | Ack | Edge | Consumed | LengthBytes |
///  40      48      52      56             58     60      64
///  | Word0 | Word1 | Word2 | PayloadBytes | zero | Magic | payload …
/// </code>
/// Check is the CRC32C of all that stands behind it, payload too. Token proves that the writer knows the job's secret (<see cref="LinkToken"/>). Sequences count frames, from 0, and wrap.
/// Magic, check, version and token stay where they are in every version. See docs/wire-format.md.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct LinkFrameHeader
{
    public const int SizeBytes = 64;

    /// <summary>Of everything on the wire; changes with any of it.</summary>
    public const byte LayoutVersion = 1;

    /// <summary>"UMPS".</summary>
    public const uint MagicValue = 0x53504d55;

    /// <summary>The longest frame that any endpoint takes: a jumbo frame of Ethernet.</summary>
    public const int FrameBytesMax = 9000;

    /// <summary>Words of an acknowledgement's bitmap: a bit for each frame of the longest window.</summary>
    public const int BitmapWords = SendWindow.FramesMax / 64;

    /// <summary>In <see cref="Flags"/>: the writer waits for a frame of the same type in answer.</summary>
    public const byte AnswerWanted = 1;

    [FieldOffset(0)] public uint Check;
    [FieldOffset(4)] public byte Version;
    [FieldOffset(5)] public LinkFrameType Type;
    [FieldOffset(6)] public byte Flags;
    [FieldOffset(7)] public byte Kind;
    [FieldOffset(8)] public ulong Token;

    /// <summary>Endpoint id of the writer.</summary>
    [FieldOffset(16)] public int From;

    /// <summary>The frame's place in the writer's order.</summary>
    [FieldOffset(20)] public uint Sequence;

    /// <summary>The writer has all frames before this one.</summary>
    [FieldOffset(24)] public uint Ack;

    /// <summary>The writer has no room yet for this frame and those behind it.</summary>
    [FieldOffset(28)] public uint Edge;

    /// <summary>Bytes of eager payload that the writer has consumed, ever; wraps.</summary>
    [FieldOffset(32)] public uint Consumed;

    /// <summary>Message: the length of all of it. Hello: eager bytes that the other side may have unconsumed here.</summary>
    [FieldOffset(36)] public uint LengthBytes;

    [FieldOffset(40)] public ulong Word0;
    [FieldOffset(48)] public uint Word1;
    [FieldOffset(52)] public uint Word2;
    [FieldOffset(56)] public ushort PayloadBytes;
    [FieldOffset(58)] public ushort Zero;
    [FieldOffset(60)] public uint Magic;

    public readonly FrameHeader ToFrameHeader() => new() { Kind = Kind, Word0 = Word0, Word1 = Word1, Word2 = Word2 };

    /// <summary>Computes the check of a frame whose header is complete but for it.</summary>
    public static unsafe void Seal(byte* frame, int lengthBytes) => Unsafe.WriteUnaligned(frame, Crc32C.Of(frame + sizeof(uint), lengthBytes - sizeof(uint)));

    /// <summary>True when nothing of the frame has changed since it was sealed.</summary>
    public static unsafe bool IsSound(byte* frame, int lengthBytes) =>
        lengthBytes is >= SizeBytes and <= FrameBytesMax
        && Unsafe.ReadUnaligned<uint>(frame + SizeBytes - sizeof(uint)) == MagicValue
        && Unsafe.ReadUnaligned<uint>(frame) == Crc32C.Of(frame + sizeof(uint), lengthBytes - sizeof(uint))
        && Unsafe.ReadUnaligned<ushort>(frame + 56) == lengthBytes - SizeBytes;
}
