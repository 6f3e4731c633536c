using System.Runtime.InteropServices;

namespace Umps.Transport.Pool;

/// <summary>One transfer that both sides of a pair copy at once: what it is, what each side has claimed of it, what each has done.</summary>
/// <remarks>
/// <code>
///    0 claims | 8 the sender's cookie | 16 length | 24 where the receiver's buffer is | 32 bytes a chunk | 36 chunks     (receiver; claims: both, compare-and-swap)
///   64 front done   (receiver: chunks copied from the front)
///  128 back done    (sender: chunks copied from the back, with the transfer's number)
///
///  claims:  number of the transfer, 24 bits | chunks claimed from the back, 20 bits | from the front, 20 bits
/// </code>
/// The receiver opens a line for transfer n by writing its fields, releasing the claims and then <see cref="PairLines.TransfersOpened"/> = n. It opens the line anew (for transfer
/// n + <see cref="Count"/>) only when all chunks of n are claimed and done; so a claim that succeeds proves that the fields which were read before it belong to it.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal struct TransferLines
{
    public const int SizeBytes = 192;

    /// <summary>Transfers of a pair that both may copy at a time.</summary>
    public const int Count = 8;

    /// <summary>Bits of a count of chunks, and of a transfer's number.</summary>
    public const int ChunkBits = 20, NumberBits = 24;

    /// <summary>Set in <see cref="BackDone"/> beside the count: the sender could not copy a chunk it has claimed, and claims no more.</summary>
    public const uint Failed = 1u << 31;

    [FieldOffset(0)] public ulong Claims;
    [FieldOffset(8)] public ulong SenderCookie;
    [FieldOffset(16)] public long LengthBytes;
    [FieldOffset(24)] public long TargetPlace;
    [FieldOffset(32)] public int ChunkBytes;
    [FieldOffset(36)] public int Chunks;
    [FieldOffset(64)] public uint FrontDone;
    [FieldOffset(128)] public ulong BackDone;

    /// <summary>The word of claims.</summary>
    public static ulong Word(uint number, uint front, uint back) =>
        ((ulong)NumberOf(number) << (2 * ChunkBits)) | ((ulong)back << ChunkBits) | front;

    /// <summary>The part of a transfer's number that stands in words.</summary>
    public static uint NumberOf(uint number) => number & ((1u << NumberBits) - 1);

    /// <summary>The number in a word of claims.</summary>
    public static uint Number(ulong claims) => (uint)(claims >> (2 * ChunkBits));

    /// <summary>Chunks claimed from the front.</summary>
    public static uint Front(ulong claims) => (uint)claims & ((1u << ChunkBits) - 1);

    /// <summary>Chunks claimed from the back.</summary>
    public static uint Back(ulong claims) => (uint)(claims >> ChunkBits) & ((1u << ChunkBits) - 1);
}
