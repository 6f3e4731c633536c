using System.Runtime.InteropServices;

namespace Umps.Transport.Rings;

/// <summary>A slot of a pair's control ring: one cache line, so that a short message crosses with one transfer.</summary>
/// <remarks>
/// <code>
///  short      0 header                    24 payload, up to 40 bytes                       64
///  wide       0 header                    24 payload, which goes on in the next slots from their first byte: up to 1,064 bytes
///  skip       0 header, flags Skip        the next message stands in the ring's first slot
///  in units   0 header                    24 length | 28 units | 32 descriptor 0 | 48 descriptor 1
///  more       0 sequence | 4 … 7 as header | 8 descriptor | 24 descriptor | 40 descriptor | 56 free
/// </code>
/// A message of more than two units goes on in the next slots, three descriptors each. They are written first, the sequence of the first slot last.
/// A wide message lies in one piece, so that its lines come over side by side, not one after the other, and no unit has to come home: it does not go round the ring's end, but skips to the beginning.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal unsafe struct RingSlot
{
    public const int SizeBytes = 64;
    public const int InlineBytesMax = SizeBytes - FrameHeader.SizeBytes;

    /// <summary>The longest payload in consecutive slots.</summary>
    public const int WideBytesMax = InlineBytesMax + (16 * SizeBytes);

    /// <summary>Descriptors in the first slot of a message, and in each further one.</summary>
    public const int DescriptorsFirst = 2, DescriptorsMore = 3;

    /// <summary><see cref="FrameHeader.Flags"/>: the payload lies in units; it is a fragment; this slot continues the one before.</summary>
    public const byte InUnits = 1, Fragment = 2, Continues = 4, Skip = 8;

    private const int FirstDescriptorOffset = 32, MoreDescriptorOffset = 8, DescriptorBytes = 16;

    [FieldOffset(0)] public FrameHeader Header;
    [FieldOffset(24)] public fixed byte Payload[InlineBytesMax];
    [FieldOffset(24)] public int LengthBytes;
    [FieldOffset(28)] public int Units;

    /// <summary>Where in the first word the length of a payload beside the header is.</summary>
    public const int LengthShift = 48;

    /// <summary>The first eight bytes of a message's first slot, without the sequence: written last, with one store.</summary>
    public static ulong FirstWord(byte kind, byte flags, int inlineBytes) => ((ulong)kind << 32) | ((ulong)flags << 40) | ((ulong)(uint)inlineBytes << LengthShift);

    /// <summary>Slots that a payload beside its header takes.</summary>
    public static uint SlotsForInline(int lengthBytes) => ((uint)(FrameHeader.SizeBytes + lengthBytes) + SizeBytes - 1) / SizeBytes;

    /// <summary>Slots that a message of so many units takes.</summary>
    public static uint SlotsFor(int units) =>
        units <= DescriptorsFirst ? 1 : 1 + (((uint)(units - DescriptorsFirst) + DescriptorsMore - 1) / DescriptorsMore);

    /// <summary>The slot, counted from a message's first, that holds a descriptor, and where in it.</summary>
    public static uint SlotOf(int descriptor, out int offsetBytes)
    {
        if (descriptor < DescriptorsFirst)
        {
            offsetBytes = FirstDescriptorOffset + (descriptor * DescriptorBytes);
            return 0;
        }
        uint further = (uint)(descriptor - DescriptorsFirst);
        offsetBytes = MoreDescriptorOffset + ((int)(further % DescriptorsMore) * DescriptorBytes);
        return 1 + (further / DescriptorsMore);
    }
}
