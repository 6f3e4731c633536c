using System;
using System.Collections.Generic;
using System.Threading;
using Umps.Loans;
using Umps.Matching;
using Umps.Metrics;
using Umps.Progress;
using Umps.Protocols;
using Umps.Requests;
using Umps.Transport;

namespace Umps;

/// <summary>One rank: its endpoint, its matching, its protocols, its requests and its progress. Several live in one process (MpiHost).</summary>
/// <remarks>
/// The parts call each other only here. All of them are entered with <see cref="Gate"/> held.
/// <code>
/// Comm.* → RankCore.PointToPoint → Sends, Receives → Matching → (arrivals) FrameSink → Receives, Sends
///                                → Progress: Pass, Wait, the helper → Endpoint
/// </code>
/// </remarks>
internal sealed partial class RankCore
{
    private readonly RankIdentity _identity;
    private volatile MpiException? _fault;
    private int _contexts;
    private int _lostPeers;

    public RankCore(Endpoint endpoint, RankIdentity identity, MpiOptions options)
    {
        Endpoint = endpoint;
        Options = options;
        _identity = identity;
        if (options.ShowState)
            endpoint.KeepStateAtEnd();
        Requests = new RequestPool(this);
        Sends = new SendEngine(this);
        Receives = new ReceiveEngine(this);
        Loans = new LoanTable(this);
        Progress = new ProgressEngine(this);

        // The first two contexts, and the world's board, are known to every rank without a word.
        int[] everybody = new int[identity.Size];
        for (int i = 0; i < everybody.Length; i++)
            everybody[i] = i;
        World = new Comm(this, new Group(everybody, endpoint.Id), new CommSeed(0, endpoint.CanHaveBoard(everybody) ? Endpoint.WorldBoard : CommSeed.NoBoard));
        Self = new Comm(this, new Group([endpoint.Id], endpoint.Id), new CommSeed(NewContext(), CommSeed.NoBoard));
        UmpsMeter.Add(this);
    }

    /// <summary>This rank in the world; also its endpoint's id.</summary>
    public int Rank => _identity.Rank;

    /// <summary>Ranks in the world.</summary>
    public int Size => _identity.Size;

    /// <summary>Endpoints that may be talked to.</summary>
    public int EndpointCount => _identity.Size;

    /// <summary>"rank 3 of 8 (node02, pid 4711)", for the texts of errors.</summary>
    public string Who => _identity.Who;

    public Endpoint Endpoint { get; }

    public MpiOptions Options { get; }

    public Comm World { get; }

    public Comm Self { get; }

    public ProgressGate Gate { get; } = new();

    public MatchEngine Matching { get; } = new();

    public RequestPool Requests { get; }

    public SendEngine Sends { get; }

    public ReceiveEngine Receives { get; }

    public ProgressEngine Progress { get; }

    /// <summary>True once no call can succeed any more: the job is being ended, the rank has left it, or something broke.</summary>
    public bool IsFaulted => _fault is not null;

    /// <summary>A context id that no other communicator of the job has or will have: this endpoint's id and a counter; the low bit is free for collectives.</summary>
    public ulong NewContext() => ((ulong)(uint)Endpoint.Id << 32) | ((ulong)(uint)Interlocked.Increment(ref _contexts) << 1);

    /// <summary>The launcher's number of a peer's node.</summary>
    public int NodeOf(int endpoint) => _identity.Directory.Places[endpoint].Node;

    /// <summary>Enters the gate for a call.</summary>
    public void Enter(string call)
    {
        Gate.Enter();
        if (_fault is not null)
            LeaveFaulted(call);
    }

    /// <summary>Drops what waits in a context (point-to-point and collective) that is not used any more.</summary>
    public void ForgetContext(ulong context)
    {
        Gate.Enter();
        try
        {
            if (IsFaulted)
                return;
            foreach (ulong each in (ReadOnlySpan<ulong>)[context, context | 1])
            {
                ContextQueues? queues = Matching.Forget(each);
                while (queues?.Unexpected.First is { } message)
                {
                    Matching.TakeUnexpected(queues, message);
                    Receives.Drop(message);
                }
            }
            if (Sends.HasWork)
                Sends.Advance();
            Progress.Settle();
        }
        finally
        {
            Gate.Leave();
        }
    }

    /// <summary>Queues a message that no receive waits for, within the limit.</summary>
    public void AddUnexpected(ContextQueues queues, UnexpectedMessage message)
    {
        Matching.AddUnexpected(queues, message);
        if (Matching.UnexpectedCount > Options.EnvelopesMax)
            FaultTooManyEnvelopes();
        Progress.OnUnexpected();
    }

    /// <summary>Why nobody can send what a receive of this source waits for; null when somebody can.</summary>
    public string? WhyUnreachable(Comm comm, int peer)
    {
        if (!HasLostPeers)
            return null;
        if (peer != Comm.AnySource)
            return Sends.LostReason(peer);
        if (Receives.HasSentToSelf || Progress.HasSeveralCallers)
            return null;            // another thread of this rank may be the one who sends
        string? reason = null;
        foreach (int member in comm.Group.Endpoints)
        {
            if (member != Endpoint.Id && (reason = Sends.LostReason(member)) is null)
                return null;
        }
        return reason;
    }

    /// <summary>A peer is gone: what needs it fails. Inside Endpoint.Poll.</summary>
    public void OnPeerLost(int peer, string reason)
    {
        if (Endpoint.AbortWord != 0)
        {
            OnAbort();              // the peer left because the job is being ended, and that is what to tell
            return;
        }
        _lostPeers++;
        Sends.OnPeerLost(peer, reason);
        Receives.OnPeerLost(peer);
        foreach (RequestState state in Requests.States)
        {
            if (state.Phase != RequestPhase.Active || state.Kind == OperationKind.Control)
                continue;
            bool posted = state.Step == TransferStep.Posted;
            if (posted ? WhyUnreachable(state.Comm, state.Peer) is null : state.Peer != peer)
                continue;
            if (posted)
                Matching.QueuesOf(state.Context).Posted.Remove(state);
            Progress.Fail(state, Throw.PeerLost(this, state, reason));
        }
        Progress.SignalAll();       // probes too
    }

    /// <summary>The abort word is set.</summary>
    public void OnAbort() => Fault(Throw.Aborted(this, "progress", _identity.Job.WhyAborted(Endpoint.AbortWord)));

    /// <summary>No call can succeed any more: everything under way fails, everybody is woken. With the gate held.</summary>
    public void Fault(MpiException fault)
    {
        if (_fault is not null)
            return;
        _fault = fault;
        Endpoint.DropFragments();       // the buffers they land in are unpinned now
        Receives.Close();
        Sends.Close();
        foreach (RequestState state in Requests.States)
        {
            if (state.Phase == RequestPhase.Active && state.Kind != OperationKind.Control)
                Progress.Fail(state, Throw.Again(this, Throw.CallOf(state), fault));
        }
        Progress.SignalAll();
    }

    private void LeaveFaulted(string call)
    {
        MpiException fault = _fault!;
        Gate.Leave();
        throw Throw.Again(this, $"Comm.{call}", fault);
    }

    private void FaultTooManyEnvelopes()
    {
        var counts = new Dictionary<int, int>();
        foreach (ContextQueues queues in Matching.Contexts)
        {
            for (UnexpectedMessage? message = queues.Unexpected.First; message is not null; message = message.Next)
                counts[message.Source] = counts.GetValueOrDefault(message.Source) + 1;
        }
        int busiest = 0;
        foreach ((int source, int count) in counts)
        {
            if (count > counts.GetValueOrDefault(busiest))
                busiest = source;
        }
        Fault(Throw.TooManyEnvelopes(this, busiest, counts.GetValueOrDefault(busiest)));
    }
}
