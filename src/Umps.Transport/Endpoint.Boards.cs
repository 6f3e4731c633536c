using System;
using System.Threading;
using Umps.Transport.Boards;
using Umps.Transport.Pool;

namespace Umps.Transport;

/// <summary>Boards: shared lines for groups of endpoints that all live on this node.</summary>
public sealed unsafe partial class Endpoint
{
    private BoardShelf? _shelf;

    /// <summary>The board that the world has, in the slice of its first member.</summary>
    internal const int WorldBoard = 0;

    /// <summary>True when the members can have a board: shm carries what they say to each other, and they are not too many.</summary>
    internal bool CanHaveBoard(ReadOnlySpan<int> endpoints)
    {
        if (_shm is null || endpoints.Length < 2 || endpoints.Length > BoardLayout.MembersMax)
            return false;
        foreach (int endpoint in endpoints)
        {
            if (endpoint != Id && !IsByShm(endpoint))
                return false;
        }
        return true;
    }

    /// <summary>Lends a board of this endpoint's to a group that it leads.</summary>
    /// <returns>Its number; -1 when the group can have none, or none is left.</returns>
    internal int LendBoard(ReadOnlySpan<int> endpoints) =>
        CanHaveBoard(endpoints) ? (_shelf ??= new BoardShelf(_mapping, _self.LocalIndex)).Lend(endpoints.Length) : -1;

    /// <summary>Takes hold of a board that the first of the members has lent.</summary>
    /// <exception cref="UmpsException">UMPS1002: there is no memory for it.</exception>
    internal Board OpenBoard(int board, ReadOnlySpan<int> endpoints)
    {
        Span<int> locals = stackalloc int[endpoints.Length];
        int own = 0;
        for (int member = 0; member < endpoints.Length; member++)
        {
            locals[member] = _directory.Places[endpoints[member]].LocalIndex;
            if (endpoints[member] == Id)
                own = member;
        }
        long offset = _mapping.Layout.Board(locals[0], board);
        _mapping.Allocate(offset, BoardLayout.LinesBytes(endpoints.Length), "a board");     // the world's is lent by nobody
        return new Board(_mapping, offset, locals, own, NeverSpins);
    }

    /// <summary>This endpoint does not use a board any more; when no member does, its lender lends it again.</summary>
    internal void ReleaseBoard(int board, int leader)
    {
        long offset = _mapping.Layout.Board(_directory.Places[leader].LocalIndex, board);
        Interlocked.Increment(ref ((BoardHead*)_mapping.At(offset))->Released);
    }

    /// <summary>The node's memory stays mapped to the end of the process: somebody cannot be kept from touching it.</summary>
    internal void KeepMemory() => _mapping.Share();
}
