using System;
using System.Buffers.Binary;

namespace Umps.Protocols;

/// <summary>Payload of a ClearToSend: little-endian, 16 bytes.</summary>
/// <param name="ReceiverCookie">What the fragments name the receive by.</param>
/// <param name="LengthBytes">Bytes wanted, from the message's beginning.</param>
internal readonly record struct ClearToSend(ulong ReceiverCookie, long LengthBytes)
{
    public const int SizeBytes = 16;

    public static ClearToSend Read(ReadOnlySpan<byte> payload) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(payload),
        BinaryPrimitives.ReadInt64LittleEndian(payload[8..]));

    public void Write(Span<byte> payload)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(payload, ReceiverCookie);
        BinaryPrimitives.WriteInt64LittleEndian(payload[8..], LengthBytes);
    }
}
