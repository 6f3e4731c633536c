using System;
using System.Buffers.Binary;
using System.Text;

namespace Umps.WireUp;

/// <summary>One message between a rank, its node agent and umpsrun.</summary>
/// <remarks>
/// On the wire, little-endian:
/// <code>
/// length 4 (of what follows) | kind 1 | rank 4 | number 4 | text length 4 | text (UTF-8) | body
/// </code>
/// All kinds have the same shape: the exchange is small, and one codec serves the join socket and ssh's pipes.
/// </remarks>
/// <param name="Kind">What it says.</param>
/// <param name="Rank">The rank it is about; -1: none.</param>
/// <param name="Number">A number; what it means is the kind's.</param>
/// <param name="Text">A text; what it means is the kind's.</param>
/// <param name="Body">Bytes; what they mean is the kind's.</param>
internal readonly record struct WireUpMessage(WireUpKind Kind, int Rank = -1, int Number = 0, string Text = "", ReadOnlyMemory<byte> Body = default)
{
    /// <summary>Version of the protocol; both ends must have the same.</summary>
    public const int Version = 2;

    /// <summary>A longer message is refused as garbage: the longest that is sent holds one line of a rank's output, or all the ranks' places.</summary>
    public const int BytesMax = 64 << 20;

    /// <summary>Bytes before the text: the length itself counts.</summary>
    private const int HeaderBytes = 17;

    /// <summary>The message as bytes, length first.</summary>
    public byte[] Encode()
    {
        int textBytes = Encoding.UTF8.GetByteCount(Text);
        byte[] bytes = new byte[HeaderBytes + textBytes + Body.Length];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, bytes.Length - 4);
        bytes[4] = (byte)Kind;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(5), Rank);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(9), Number);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(13), textBytes);
        Encoding.UTF8.GetBytes(Text, bytes.AsSpan(HeaderBytes));
        Body.Span.CopyTo(bytes.AsSpan(HeaderBytes + textBytes));
        return bytes;
    }

    /// <summary>How long the message is whose first four bytes these are, without them.</summary>
    /// <exception cref="WireUpException">UMPS1203: no message is that long, or that short.</exception>
    public static int LengthOf(ReadOnlySpan<byte> firstFour)
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(firstFour);
        return length is >= HeaderBytes - 4 and <= BytesMax ? length : throw Malformed($"a length of {length} bytes");
    }

    /// <summary>The message from its bytes without the length.</summary>
    /// <exception cref="WireUpException">UMPS1203.</exception>
    public static WireUpMessage Decode(byte[] bytes)
    {
        if (bytes.Length < HeaderBytes - 4)
            throw Malformed($"{bytes.Length} bytes");
        int textBytes = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(9));
        if (textBytes < 0 || textBytes > bytes.Length - (HeaderBytes - 4))
            throw Malformed($"a text of {textBytes} bytes in a message of {bytes.Length}");
        return new WireUpMessage(
            (WireUpKind)bytes[0],
            BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(1)),
            BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(5)),
            Encoding.UTF8.GetString(bytes, HeaderBytes - 4, textBytes),
            bytes.AsMemory(HeaderBytes - 4 + textBytes));
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Kind} rank {Rank} number {Number} \"{Text}\" + {Body.Length} bytes";

    private static WireUpException Malformed(string what) =>
        new(ErrorId.Malformed, $"wire-up: {what}: not what umpsrun or a rank sends. All must be of the same version.");
}
