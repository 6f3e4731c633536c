using System;
using System.Runtime.CompilerServices;
using Umps.Collectives;
using Umps.Progress;
using Umps.Transport.Boards;

namespace Umps;

/// <summary>What the collectives over a board stand on: entering a call, meeting, waiting for a line. See <see cref="Transport.Boards.Board"/>.</summary>
/// <remarks>
/// Every collective call of a communicator that has a board leaves a line there, also one that goes by messages (<see cref="Note"/>): so the calls have the same numbers on every
/// rank, and a rank that waits on the board and sees another rank's line differ from its own of that number knows that the ranks differ. It looks where it reads lines anyway,
/// and in a long wait four times a second.
/// </remarks>
public partial class Comm
{
    private static readonly TimeSpan s_lookAgain = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_lookForRoom = TimeSpan.FromMilliseconds(1);

    private readonly long _boardNumber = CommSeed.NoBoard;
    private Board? _board;
    private BoardWatch? _watch;

    /// <summary>The communicator's board; null when it has none.</summary>
    /// <param name="tag">Which call asks, for the texts of errors.</param>
    internal Board? FindBoard(int tag) => _board ?? (_boardNumber < 0 ? null : OpenBoard(tag));

    /// <summary>Leaves a line of a call that goes by messages.</summary>
    /// <param name="tag">Which call, and its root.</param>
    /// <param name="lengthBytes">The length that must agree among the ranks; 0 where none must.</param>
    internal void Note(int tag, int lengthBytes = 0)
    {
        if (!Core.Options.Collectives.Boards || FindBoard(tag) is not { } board)
            return;
        EnterBoard(board, tag, 0);
        board.Write(tag, lengthBytes, default);
        board.Leave();
    }

    /// <summary>Begins a call on the board; the caller ends it by <see cref="Transport.Boards.Board.Leave"/>.</summary>
    /// <param name="board">The board.</param>
    /// <param name="tag">Which call, and its root.</param>
    /// <param name="payloadBytes">What this rank will bring.</param>
    internal void EnterBoard(Board board, int tag, int payloadBytes)
    {
        if (!board.TryEnter())
            throw Throw.EnteredTwice(this, CollectiveTag.NameOf(tag));
        if (Core.IsFaulted || board.IsBroken || payloadBytes > Board.InlineBytesMax || !board.HasRoom(payloadBytes, out _, out _))
            EnterBoardSlow(board, tag, payloadBytes);
    }

    /// <summary>Waits until every rank has come to this call; one's own line is written.</summary>
    internal void MeetOnBoard(Board board, int tag, int lengthBytes)
    {
        if (!board.IsCentral)
        {
            AwaitLines(board, tag, lengthBytes);
        }
        else if (board.Arrive(tag, lengthBytes, out bool agree))
        {
            board.ReleaseAll(agree ? BoardOutcome.Agreed : BoardOutcome.Differ, default);
            board.RingAll();
            CheckOutcome(board, tag);
        }
        else
        {
            AwaitRelease(board, tag);
        }
    }

    /// <summary>The root waits until every rank has come to this call, the others do not; one's own line is written.</summary>
    internal void MeetAtRoot(Board board, int root, int tag, int lengthBytes)
    {
        if (!board.IsCentral)
        {
            if (Rank == root)
                AwaitLines(board, tag, lengthBytes);
            else
                board.Ring(root);
        }
        else if (board.Arrive(tag, lengthBytes, out bool agree))
        {
            board.ReleaseAll(agree ? BoardOutcome.Agreed : BoardOutcome.Differ, default);
            if (agree)
                board.Ring(root);
            else
                board.RingAll();
            CheckOutcome(board, tag);
        }
        else if (Rank == root)
        {
            AwaitRelease(board, tag);
        }
    }

    /// <summary>Waits for the lines of all ranks, which call the same.</summary>
    internal void AwaitLines(Board board, int tag, int lengthBytes)
    {
        bool hasRung = false;
        for (int member = 0; member < board.Members; member++)
        {
            if (member == board.Own)
                continue;
            BoardWord line = board.WordOf(member);
            if (!board.SpinShort(line))
            {
                // Whom this rank's line should wake is looked for only now: its fence would hold up the look at a line that is there.
                if (!hasRung)
                    board.RingAll();
                hasRung = true;
                if (!board.SpinLong(line))
                    AwaitBoard(board, line, member, tag, s_lookAgain);
            }
            CheckLine(board, member, tag, lengthBytes);
        }
        if (!hasRung)
            board.RingAll();
        board.AllHaveCome();
    }

    /// <summary>Waits for one rank's line, which calls the same.</summary>
    internal void AwaitLine(Board board, int member, int tag, int lengthBytes)
    {
        BoardWord line = board.WordOf(member);
        if (!board.SpinShort(line) && !board.SpinLong(line))
            AwaitBoard(board, line, member, tag, s_lookAgain);
        CheckLine(board, member, tag, lengthBytes);
    }

    /// <summary>Waits until the last to come releases the others.</summary>
    internal void AwaitRelease(Board board, int tag)
    {
        BoardWord release = board.Release;
        if (!release.IsReached && !board.SpinLong(release))
            AwaitBoard(board, release, -1, tag, s_lookAgain);
        CheckOutcome(board, tag);
    }

    /// <summary>Looks at what the release says, and throws if the call has failed.</summary>
    internal void CheckOutcome(Board board, int tag)
    {
        if (board.Outcome != BoardOutcome.Agreed)
            ThrowOutcome(board, tag);
        board.AllHaveCome();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CheckLine(Board board, int member, int tag, int lengthBytes)
    {
        if (board.WhatOf(member) != tag || board.LengthOf(member) != lengthBytes)
            ThrowIfDifferent(board, member);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void EnterBoardSlow(Board board, int tag, int payloadBytes)
    {
        bool entered = false;
        try
        {
            Core.ThrowIfFaulted(CollectiveTag.NameOf(tag));
            if (board.IsBroken)
                throw Throw.OutOfStep(this, CollectiveTag.NameOf(tag));
            if (payloadBytes > Board.InlineBytesMax)
                Core.PreparePayload(board, CollectiveTag.NameOf(tag));
            while (!board.HasRoom(payloadBytes, out int member, out BoardWord done))
            {
                board.Want(true);
                try
                {
                    AwaitBoard(board, done, member, tag, s_lookForRoom);
                }
                finally
                {
                    board.Want(false);
                }
            }
            entered = true;
        }
        finally
        {
            if (!entered)
                board.LeaveUnused();
        }
    }

    /// <summary>The wait proper: with progress, yielding, sleeping.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void AwaitBoard(Board board, BoardWord word, int member, int tag, TimeSpan sleepMax)
    {
        int endpoint = member < 0 ? AnySource : Group.EndpointOf(member);
        while (!Core.AwaitBoard(this, board, _watch!, word, endpoint, s_lookAgain, sleepMax, CollectiveTag.NameOf(tag)))
        {
            for (int each = 0; each < board.Members; each++)
            {
                if (each != board.Own && (member < 0 || each == member))
                    ThrowIfDifferent(board, each);
            }
        }
    }

    private void ThrowIfDifferent(Board board, int member)
    {
        if (!board.TryFindDifference(member, out int own, out int ownLength, out int others, out int othersLength))
            return;
        board.IsBroken = true;
        board.RingAll();
        throw own != others
            ? Throw.CollectivesDiffer(this, own, new Status(member, others, othersLength, cancelled: false))
            : Throw.CountsDiffer(this, CollectiveTag.NameOf(own), member, othersLength, ownLength);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void ThrowOutcome(Board board, int tag)
    {
        for (int member = 0; member < board.Members; member++)
        {
            if (member != board.Own)
                ThrowIfDifferent(board, member);
        }
        board.IsBroken = true;
        throw board.Outcome == BoardOutcome.OperatorFailed
            ? Throw.OperatorFailed(this, CollectiveTag.NameOf(tag))
            : Throw.OutOfStep(this, CollectiveTag.NameOf(tag));
    }

    private Board OpenBoard(int tag)
    {
        _watch = new BoardWatch();
        return _board = Core.OpenBoard(Group, (int)_boardNumber, CollectiveTag.NameOf(tag));
    }

    private void ReleaseBoard()
    {
        if (_boardNumber >= 0)
            Core.ReleaseBoard(_board, (int)_boardNumber, Group.EndpointOf(0));
        _board = null;
    }
}
