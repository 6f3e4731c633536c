using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using Umps.Progress;
using Umps.Transport;
using Umps.Transport.Boards;

namespace Umps;

/// <summary>Boards of communicators: lending, opening, waiting, and none of them under way when the memory goes.</summary>
internal sealed partial class RankCore
{
    private const int BoardPatienceSeconds = 5;     // a program's operator may compute on a board while the rank is closed

    private readonly List<Board> _boards = [];      // those of living communicators

    /// <summary>True once a peer is gone.</summary>
    public bool HasLostPeers => _lostPeers > 0;

    /// <summary>Context and board of a new communicator, which this rank is the first of.</summary>
    public CommSeed NewSeed(Group group)
    {
        Gate.Enter();
        try
        {
            return new CommSeed(NewContext(), IsFaulted ? CommSeed.NoBoard : Endpoint.LendBoard(group.Endpoints));
        }
        finally
        {
            Gate.Leave();
        }
    }

    /// <summary>Takes hold of a communicator's board.</summary>
    public Board OpenBoard(Group group, int number, string call)
    {
        Enter(call);
        try
        {
            Board board = Endpoint.OpenBoard(number, group.Endpoints);
            _boards.Add(board);
            return board;
        }
        catch (UmpsException error)
        {
            throw Break(call, error);
        }
        finally
        {
            Gate.Leave();
        }
    }

    /// <summary>Makes a board's payload exist.</summary>
    public void PreparePayload(Board board, string call)
    {
        if (board.HasPayload)
            return;
        Enter(call);
        try
        {
            board.PreparePayload();
        }
        catch (UmpsException error)
        {
            throw Break(call, error);
        }
        finally
        {
            Gate.Leave();
        }
    }

    /// <summary>A communicator does not need its board any more.</summary>
    /// <param name="board">Its hold; null when it was never opened.</param>
    /// <param name="number">Which of the leader's.</param>
    /// <param name="leader">The leader's endpoint.</param>
    public void ReleaseBoard(Board? board, int number, int leader)
    {
        Gate.Enter();
        if (board is not null)
            _boards.Remove(board);
        if (!IsFaulted)
            Endpoint.ReleaseBoard(number, leader);
        Gate.Leave();
    }

    /// <summary>Waits until a word of a board is there.</summary>
    /// <param name="comm">The communicator.</param>
    /// <param name="board">Its board.</param>
    /// <param name="watch">Its watch.</param>
    /// <param name="word">The word.</param>
    /// <param name="endpoint">Whose it is; AnySource where it needs them all.</param>
    /// <param name="lookAgain">How long to wait at most.</param>
    /// <param name="sleepMax">How long to sleep at a time.</param>
    /// <param name="call">For the texts of errors.</param>
    /// <returns>False when the time is over.</returns>
    public bool AwaitBoard(Comm comm, Board board, BoardWatch watch, BoardWord word, int endpoint, TimeSpan lookAgain, TimeSpan sleepMax, string call)
    {
        Enter(call);
        try
        {
            watch.Word = word;
            var reached = new BoardReached(this, comm, board, watch, endpoint, lookAgain);
            Progress.WaitOnBoard(ref reached, watch, sleepMax);
            if (word.IsReached)
                return true;
            if (_fault is { } fault)
                throw Throw.Again(this, $"Comm.{call}", fault);
            if (reached.Lost != Comm.AnySource)
                throw Throw.PeerLost(this, comm, reached.Lost, $"Comm.{call}", Sends.LostReason(reached.Lost)!);
            return false;
        }
        catch (UmpsException error)
        {
            throw Break(call, error);
        }
        finally
        {
            Gate.Leave();
        }
    }

    /// <summary>Throws when no call can succeed any more.</summary>
    public void ThrowIfFaulted(string call)
    {
        if (_fault is { } fault)
            throw Throw.Again(this, $"Comm.{call}", fault);
    }

    /// <summary>The endpoint, or any of a communicator's that has not come to the board's present call, that is gone; AnySource when none is.</summary>
    public int FindLost(Comm comm, Board board, int endpoint)
    {
        if (endpoint != Comm.AnySource)
            return Sends.LostReason(endpoint) is null ? Comm.AnySource : endpoint;
        // Who has left its line may leave the job, if it has no result to wait for.
        ReadOnlySpan<int> members = comm.Group.Endpoints;
        for (int member = 0; member < members.Length; member++)
        {
            if (members[member] != Endpoint.Id && Sends.LostReason(members[member]) is not null && !board.WordOf(member).IsReached)
                return members[member];
        }
        return Comm.AnySource;
    }

    /// <summary>True while a thread is in a call on a board, whose memory it touches without the gate.</summary>
    /// <remarks>The rank is faulted: who enters from now on sees it. The process-wide fence stands in for one in every call: a thread has either said before it that it is inside, and
    /// is seen here, or looks for the fault after it.</remarks>
    private bool IsOnABoard(long patienceTimestamp)
    {
        if (_boards.Count == 0)
            return false;
        Interlocked.MemoryBarrierProcessWide();
        foreach (Board board in _boards)
        {
            if (!board.IsBusy)
                continue;
            if (Stopwatch.GetTimestamp() < patienceTimestamp)
                return true;
            Endpoint.KeepMemory();      // it is on its own: the process keeps the memory to its end
            return false;
        }
        return false;
    }
}
