using System;
using Umps.Transport.Boards;

namespace Umps.Collectives;

/// <summary>The vectors of all members of a board, to be combined in place: where they lie on the board, or copies of them.</summary>
internal readonly ref struct BoardOperands
{
    private readonly Board _board;
    private readonly int _lengthBytes;
    private readonly Span<byte> _copies;

    /// <summary>Where they lie: for the one who combines while their owners wait, or have left them.</summary>
    public BoardOperands(Board board, int lengthBytes)
    {
        _board = board;
        _lengthBytes = lengthBytes;
    }

    /// <summary>Copies: where each combines for itself.</summary>
    public BoardOperands(Board board, Span<byte> memory, int lengthBytes)
        : this(board, lengthBytes)
    {
        _copies = memory;
        for (int member = 0; member < board.Members; member++)
            board.PayloadOf(member, lengthBytes).CopyTo(this[member]);
    }

    /// <summary>A member's.</summary>
    public Span<byte> this[int member] =>
        _copies.IsEmpty ? _board.PayloadOf(member, _lengthBytes) : _copies.Slice(member * Board.InlineBytesMax, _lengthBytes);
}
