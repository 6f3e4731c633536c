using System;
using System.IO.Hashing;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Umps.Transport.Agents.Link;

/// <summary>The first half of a cache line of every frame on a link; little-endian.</summary>
/// <remarks>
/// <code>
///  0       4       6         7      8       16     19     20         24    28         32
///  | Check | Magic | Version | Type | Token | From | Room | Sequence | Ack | Consumed | records, bitmap or zeros …
/// </code>
/// Check is the lower half of the XXH3 of all that stands behind it, 64 bits without a seed. Token proves that the writer knows the job's secret (<see cref="LinkToken"/>). Sequences count frames, from 0, and wrap.
/// Check, magic, version, token and from stay where they are in every version. See docs/wire-format.md.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct LinkFrameHeader
{
    public const int SizeBytes = 32;

    /// <summary>Shorter frames are not sent: behind an Ethernet header an interface would fill them up with bytes that nobody checks.</summary>
    public const int FrameBytesMin = 48;

    /// <summary>Of everything on the wire; changes with any of it.</summary>
    public const byte LayoutVersion = 3;

    /// <summary>"UM".</summary>
    public const ushort MagicValue = 0x4d55;

    /// <summary>The longest frame that any endpoint takes: a jumbo frame of Ethernet.</summary>
    public const int FrameBytesMax = 9000;

    /// <summary>Endpoint ids have three bytes.</summary>
    public const int PeersMax = 1 << 24;

    /// <summary>Words of an acknowledgement's bitmap: a bit for each frame of the longest window.</summary>
    public const int BitmapWords = SendWindow.FramesMax / 64;

    /// <summary>In the byte of the type: the writer waits for a frame of the same type in answer.</summary>
    public const byte AnswerWanted = 0x80;

    [FieldOffset(0)] public uint Check;
    [FieldOffset(4)] public ushort Magic;
    [FieldOffset(6)] public byte Version;
    [FieldOffset(7)] public byte TypeAndFlags;
    [FieldOffset(8)] public ulong Token;
    [FieldOffset(16)] public uint FromAndRoom;

    /// <summary>The frame's place in the writer's order.</summary>
    [FieldOffset(20)] public uint Sequence;

    /// <summary>Hello: eager bytes that the other side may have unconsumed here.</summary>
    [FieldOffset(20)] public uint Credit;

    /// <summary>The writer has all frames before this one.</summary>
    [FieldOffset(24)] public uint Ack;

    /// <summary>Bytes of eager payload that the writer has consumed, ever; wraps.</summary>
    [FieldOffset(28)] public uint Consumed;

    public readonly LinkFrameType Type => (LinkFrameType)(TypeAndFlags & ~AnswerWanted);

    public readonly bool WantsAnswer => (TypeAndFlags & AnswerWanted) != 0;

    /// <summary>Endpoint id of the writer.</summary>
    public readonly int From => (int)(FromAndRoom & (PeersMax - 1));

    /// <summary>The writer has no room yet for this frame and those behind it.</summary>
    public readonly uint Edge => Ack + (FromAndRoom >> 24) + 1;

    /// <summary>Says what the writer has, and has room for: 1 to 256 frames from <paramref name="ack"/> on.</summary>
    public void Tell(uint ack, int roomFrames, uint consumed)
    {
        FromAndRoom = (FromAndRoom & (PeersMax - 1)) | ((uint)(roomFrames - 1) << 24);
        Ack = ack;
        Consumed = consumed;
    }

    /// <summary>Computes the check of a frame whose header is complete but for it.</summary>
    public static unsafe void Seal(byte* frame, int lengthBytes) => Unsafe.WriteUnaligned(frame, CheckOf(frame, lengthBytes));

    /// <summary>True when nothing of the frame has changed since it was sealed.</summary>
    public static unsafe bool IsSound(byte* frame, int lengthBytes) =>
        lengthBytes is >= FrameBytesMin and <= FrameBytesMax
        && Unsafe.ReadUnaligned<ushort>(frame + 4) == MagicValue
        && Unsafe.ReadUnaligned<uint>(frame) == CheckOf(frame, lengthBytes);

    private static unsafe uint CheckOf(byte* frame, int lengthBytes) => (uint)XxHash3.HashToUInt64(new ReadOnlySpan<byte>(frame + sizeof(uint), lengthBytes - sizeof(uint)));
}
