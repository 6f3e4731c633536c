using System;
using System.Runtime.InteropServices;
using System.Threading;
using Umps.Transport.Pool;

namespace Umps.Transport.Boards;

/// <summary>The boards in a rank's slice: lent to groups that it leads. Board 0 is the world's, lent for good.</summary>
/// <remarks>
/// Only the leader decides, and tells the members with the message by which they learn of the group; so all of them use the board, or none. A board comes back when every member
/// has released it. Of a member that ends without, it never does: then the leader has one less to lend.
/// </remarks>
internal sealed unsafe class BoardShelf(NodeMapping memory, int rank)
{
    private readonly int[] _lentTo = new int[BoardLayout.BoardsARank];      // members; 0: on the shelf

    /// <summary>Lends a board.</summary>
    /// <param name="members">Members of the group.</param>
    /// <returns>Its number; -1 when none is there.</returns>
    public int Lend(int members)
    {
        for (int board = 1; board < _lentTo.Length; board++)
        {
            BoardHead* head = (BoardHead*)memory.At(memory.Layout.Board(rank, board));
            if (_lentTo[board] != 0 && Volatile.Read(ref head->Released) < _lentTo[board])
                continue;
            long lines = BoardLayout.LinesBytes(members);
            try
            {
                memory.Allocate(memory.Layout.Board(rank, board), lines, "a board");
            }
            catch (UmpsException)
            {
                return -1;          // the group does without
            }
            NativeMemory.Clear(head, (nuint)lines);
            _lentTo[board] = members;
            return board;
        }
        return -1;
    }
}
