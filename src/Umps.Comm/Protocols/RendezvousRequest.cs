using System;
using System.Buffers.Binary;

namespace Umps.Protocols;

/// <summary>Payload of a RendezvousRequest: little-endian, 24 bytes, so that it fits beside the header in a ring slot.</summary>
/// <param name="LengthBytes">Length of the message.</param>
/// <param name="Place">Where it lies: its address in the sender's process, or the complement of its offset in the node's memory.</param>
/// <param name="SenderCookie">What the answer names the send by.</param>
internal readonly record struct RendezvousRequest(long LengthBytes, long Place, ulong SenderCookie)
{
    public const int SizeBytes = 24;

    public static RendezvousRequest Read(ReadOnlySpan<byte> payload) => new(
        BinaryPrimitives.ReadInt64LittleEndian(payload),
        BinaryPrimitives.ReadInt64LittleEndian(payload[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(payload[16..]));

    public void Write(Span<byte> payload)
    {
        BinaryPrimitives.WriteInt64LittleEndian(payload, LengthBytes);
        BinaryPrimitives.WriteInt64LittleEndian(payload[8..], Place);
        BinaryPrimitives.WriteUInt64LittleEndian(payload[16..], SenderCookie);
    }
}
