using System.Runtime.InteropServices;

namespace Umps.Transport.Agents.Tcp;

/// <summary>What a frame between nodes is.</summary>
internal enum TcpFrameType : byte
{
    /// <summary>A whole message.</summary>
    Message = 1,

    /// <summary>A piece of a long transfer; its bytes go straight to their place.</summary>
    Fragment = 2,

    /// <summary>Nothing but returned credit.</summary>
    Credit = 3,

    /// <summary>The last frame of an endpoint that leaves in order.</summary>
    Goodbye = 4,
}

/// <summary>The 32 bytes before every payload between nodes; little-endian. The source is implied by the connection.</summary>
/// <remarks>
/// <code>
///  0         1      2      3      4        8             16      24      28
///  | Version | Type | Kind | zero | Credit | LengthBytes | Word0 | Word1 | Word2 | payload …
/// </code>
/// The version was compared in the handshake; here it is a check that the reader is where it thinks it is. See docs/wire-format.md.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct TcpFrameHeader
{
    public const int SizeBytes = 32;

    /// <summary>Of everything on the wire; changes with any of it.</summary>
    public const int LayoutVersion = 1;

    [FieldOffset(0)] public byte Version;
    [FieldOffset(1)] public TcpFrameType Type;
    [FieldOffset(2)] public byte Kind;

    /// <summary>Bytes of eager payload that the writer of this header has consumed since it last said so.</summary>
    [FieldOffset(4)] public uint Credit;

    [FieldOffset(8)] public ulong LengthBytes;
    [FieldOffset(16)] public ulong Word0;
    [FieldOffset(24)] public uint Word1;
    [FieldOffset(28)] public uint Word2;

    public static TcpFrameHeader Of(TcpFrameType type, in FrameHeader header, int lengthBytes, uint credit) => new()
    {
        Version = LayoutVersion,
        Type = type,
        Kind = header.Kind,
        Credit = credit,
        LengthBytes = (ulong)lengthBytes,
        Word0 = header.Word0,
        Word1 = header.Word1,
        Word2 = header.Word2,
    };

    public readonly FrameHeader ToFrameHeader() => new() { Kind = Kind, Word0 = Word0, Word1 = Word1, Word2 = Word2 };
}
