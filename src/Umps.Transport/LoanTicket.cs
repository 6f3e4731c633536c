using System;
using System.Buffers.Binary;

namespace Umps.Transport;

/// <summary>Names a block that is lent, to whoever of the node it is handed to: little-endian, 32 bytes, so that it fits beside the header in a ring slot.</summary>
/// <param name="Owner">Local index of the rank whose arena it lies in.</param>
/// <param name="Slot">Its word in that rank's table of returns.</param>
/// <param name="Generation">What is written there when it goes home.</param>
/// <param name="Offset">Where it lies in the node's memory.</param>
/// <param name="LengthBytes">Bytes in use.</param>
internal readonly record struct LoanTicket(int Owner, uint Slot, uint Generation, long Offset, long LengthBytes)
{
    public const int SizeBytes = 32;

    public static LoanTicket Read(ReadOnlySpan<byte> payload) => new(
        BinaryPrimitives.ReadInt32LittleEndian(payload),
        BinaryPrimitives.ReadUInt32LittleEndian(payload[4..]),
        BinaryPrimitives.ReadUInt32LittleEndian(payload[8..]),
        BinaryPrimitives.ReadInt64LittleEndian(payload[16..]),
        BinaryPrimitives.ReadInt64LittleEndian(payload[24..]));

    public void Write(Span<byte> payload)
    {
        BinaryPrimitives.WriteInt32LittleEndian(payload, Owner);
        BinaryPrimitives.WriteUInt32LittleEndian(payload[4..], Slot);
        BinaryPrimitives.WriteUInt32LittleEndian(payload[8..], Generation);
        BinaryPrimitives.WriteUInt32LittleEndian(payload[12..], 0);
        BinaryPrimitives.WriteInt64LittleEndian(payload[16..], Offset);
        BinaryPrimitives.WriteInt64LittleEndian(payload[24..], LengthBytes);
    }
}
