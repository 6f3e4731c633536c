using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Threading;
using Umps.Loans;
using Umps.Metrics;
using Umps.Progress;
using Umps.Protocols;
using Umps.Requests;

namespace Umps;

/// <summary>How a rank leaves the job.</summary>
internal sealed partial class RankCore
{
    private int _hasToldState;

    /// <summary>Sends under way that a peer still needs this rank for: those that have not gone whole, and answers that wait for room.</summary>
    public int CountUnfinishedSends()
    {
        int unfinished = Sends.HasWork || Receives.HasWork || Endpoint.HasUnsent ? 1 : 0;
        foreach (RequestState state in Requests.States)
        {
            if (state.Phase == RequestPhase.Active && state.Kind == OperationKind.Send && state.Peer != Endpoint.Id)
                unfinished++;
        }
        return unfinished;
    }

    /// <summary>Ends the whole job.</summary>
    /// <param name="status">Its exit status.</param>
    /// <param name="reason">One sentence.</param>
    public void Abort(int status, string reason)
    {
        TellLastState();
        _identity.Job.Abort(status, reason);
    }

    /// <summary>Counters and depths, for people: the transport's, and what Comm holds. From any thread, without the gate.</summary>
    public string DescribeState() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Endpoint.ShowState()}\n  comm: requests {Progress.Outstanding} unexpected {Matching.UnexpectedCount} waiting {Progress.Waits}");

    /// <summary>Tells the job what <see cref="DescribeState"/> says, once, where the options want it.</summary>
    public void TellLastState()
    {
        if (Options.ShowState && Interlocked.Exchange(ref _hasToldState, 1) == 0)
            _identity.Job.TellLastState(DescribeState());
    }

    /// <summary>Leaves: lets what is under way go out (bounded), ends the helper and the endpoint. Afterwards every call throws.</summary>
    /// <param name="orderly">False when the rank has failed: then nothing is waited for.</param>
    /// <returns>What the program left undone, one sentence each; empty when nothing.</returns>
    public string[] Close(bool orderly)
    {
        UmpsMeter.Remove(this);
        // The helper first: then only callers are left, and what they wait for they see to themselves.
        Gate.Enter();
        Progress.CloseHelper();
        Gate.Leave();
        Progress.JoinHelper();

        Gate.Enter();
        string[] left = [];
        if (!IsFaulted)
        {
            if (orderly)
                Flush();
            left = orderly ? WhatIsLeft() : [];
            Fault(Throw.NotRunning(this, "progress"));
        }
        long patience = Stopwatch.GetTimestamp() + BoardPatienceSeconds * Stopwatch.Frequency;
        while (Progress.IsEntered || IsOnABoard(patience))          // threads that wait in a call: they have been woken, and leave with an error
        {
            Gate.Leave();
            Thread.Yield();
            Gate.Enter();
        }
        Loans.Close();
        Endpoint.Dispose();
        Gate.Leave();
        return left;
    }

    private void Flush()
    {
        long deadline = Stopwatch.GetTimestamp() + (long)(Options.FinalizeSeconds * Stopwatch.Frequency);
        var flushed = new Flushed(this, deadline);
        Progress.WaitUntil(ref flushed, Waiter.Current, TimeSpan.FromMilliseconds(20));
    }

    private string[] WhatIsLeft()
    {
        int sends = 0, receives = 0, untaken = 0;
        foreach (RequestState state in Requests.States)
        {
            if (state.Kind == OperationKind.Control || !state.NonBlocking)
                continue;
            if (state.Phase == RequestPhase.Done)
                untaken++;
            else if (state.Phase == RequestPhase.Active && state.Kind == OperationKind.Send)
                sends++;
            else if (state.Phase == RequestPhase.Active)
                receives++;
        }
        var left = new List<string>();
        if (CountUnfinishedSends() is > 0 and int unfinished)
            left.Add(Throw.SendsUnfinished(this, unfinished));
        if (sends + receives + untaken > 0)
            left.Add(Throw.RequestsLeft(this, sends, receives, untaken));
        if (Loans.CountHeld(comm: null, out long bytes, out LoanState? first) is > 0 and int loans)
            left.Add(Throw.LoansLeft(this, loans, bytes, first!));
        return [.. left];
    }
}
