using System.Runtime.InteropServices;

namespace Umps.Transport;

/// <summary>The 24 bytes before every payload.</summary>
/// <remarks>
/// <code>
///  0        4     5      6          8                 16      20      24
///  | Sequence | Kind | Flags | Inline | Word0           | Word1 | Word2 | payload …
/// </code>
/// <see cref="Kind"/>, <see cref="Word0"/>, <see cref="Word1"/> and <see cref="Word2"/> belong to the layer above (Comm puts
/// its context, tag and type hash there); the transport carries them and never looks. <see cref="Sequence"/>,
/// <see cref="Flags"/> and <see cref="InlineBytes"/> are the agent's own: what the caller puts there is overwritten.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
public struct FrameHeader
{
    /// <summary>Size of the header within a node.</summary>
    public const int SizeBytes = 24;

    /// <summary>Tells the reader of a ring slot that the slot is filled. The agent's own.</summary>
    [FieldOffset(0)] public uint Sequence;

    /// <summary>The kind of message; the upper layer's. Kinds with <see cref="ControlBit"/> set may wake a helper that is armed for control only.</summary>
    [FieldOffset(4)] public byte Kind;

    /// <summary>How the payload is carried. The agent's own.</summary>
    [FieldOffset(5)] public byte Flags;

    /// <summary>Bytes of payload beside the header. The agent's own.</summary>
    [FieldOffset(6)] public ushort InlineBytes;

    /// <summary>Upper layer's word; Comm: the context id.</summary>
    [FieldOffset(8)] public ulong Word0;

    /// <summary>Upper layer's word; Comm: the tag.</summary>
    [FieldOffset(16)] public uint Word1;

    /// <summary>Upper layer's word; Comm: the type hash.</summary>
    [FieldOffset(20)] public uint Word2;

    /// <summary>Words 1 and 2 as they stand together.</summary>
    internal readonly ulong Words12 => Word1 | ((ulong)Word2 << 32);

    /// <summary>Set in <see cref="Kind"/>: the message steers a transfer (rendezvous control), so a sleeping helper must see it.</summary>
    public const byte ControlBit = 0x80;
}
