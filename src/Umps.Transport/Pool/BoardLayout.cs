using System;
using System.Runtime.InteropServices;

namespace Umps.Transport.Pool;

/// <summary>What a board looks like: the shared lines on which the ranks of a group write what they bring to a collective call, and read what the others bring.</summary>
/// <remarks>
/// <code>
///  board:    head 1 KiB (BoardHead) | cell of member 0, 1 KiB | cell of member 1 | … | payload of member 0 | payload of member 1 | …
///  cell:     0 done: last call this member has finished | 64 … eight BoardLines, that of call n at 64 · (1 + n mod 8)
///  payload:  two buffers of 16 KiB: that of call n is buffer n mod 2; for what a line does not hold
/// </code>
/// A cell and a payload are written by their member; but who combines the vectors of a reduction does it in place, while their owners wait or have left them to it.
/// </remarks>
internal sealed class BoardLayout
{
    /// <summary>Boards a rank can lend at once: so many communicators led by one rank have one. The first is the world's.</summary>
    public const int BoardsARank = 16;

    /// <summary>Larger groups have none: with so many ranks a tree is better than a board that one rank reads alone.</summary>
    public const int MembersMax = 128;

    public const int HeadBytes = 1024;
    public const int CellBytes = 1024;
    public const int LinesACell = 8;

    public const int PayloadBytesMax = 16 * 1024;
    public const int PayloadsAMember = 2;
    public const int MemberPayloadBytes = PayloadsAMember * PayloadBytesMax;

    private readonly long _payloads;

    public BoardLayout(int ranks)
    {
        int members = Math.Min(ranks, MembersMax);
        _payloads = PoolLayout.ToPages(HeadBytes + ((long)members * CellBytes));
        BoardBytes = _payloads + ((long)members * MemberPayloadBytes);
    }

    public long BoardBytes { get; }

    /// <summary>Head and cells of so many members: what has to exist before a board is used.</summary>
    public static long LinesBytes(int members) => HeadBytes + ((long)members * CellBytes);

    /// <summary>Offset of a member's cell in the board.</summary>
    public static long Cell(int member) => HeadBytes + ((long)member * CellBytes);

    /// <summary>Offset of a member's payload in the board.</summary>
    public long Payload(int member) => _payloads + ((long)member * MemberPayloadBytes);
}

/// <summary>The head of a board; each line that changes is a cache line.</summary>
/// <remarks>
/// <code>
///    0 shape    64 released    128 wanted    192 release line    256 … 767 arrivals, that of call n at 256 + 64 · (n mod 8)
/// </code>
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = BoardLayout.HeadBytes)]
internal struct BoardHead
{
    public const int ReleaseOffset = 192;
    public const int ArrivalsOffset = 256;

    /// <summary>How the members meet: 0 until the first of them has said it. Set once.</summary>
    [FieldOffset(0)] public int Shape;

    /// <summary>Members that do not use the board any more.</summary>
    [FieldOffset(64)] public int Released;

    /// <summary>Members that wait for others to finish a call, before they write over what those still read.</summary>
    [FieldOffset(128)] public int Wanted;
}

/// <summary>What a member brings to one call, in a cache line; also the line on which the last to come releases the others.</summary>
[StructLayout(LayoutKind.Explicit, Size = SizeBytes)]
internal unsafe struct BoardLine
{
    public const int SizeBytes = 64;
    public const int InlineBytesMax = 48;

    /// <summary>Number of the call. Written last: who reads it finds the rest.</summary>
    [FieldOffset(0)] public ulong Sequence;

    /// <summary>Which call it is; of a release its outcome.</summary>
    [FieldOffset(8)] public int What;

    /// <summary>The length that must agree among the members.</summary>
    [FieldOffset(12)] public int LengthBytes;

    [FieldOffset(16)] public fixed byte Payload[InlineBytesMax];
}
