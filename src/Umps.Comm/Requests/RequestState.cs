using System;
using System.Threading;
using System.Threading.Tasks;
using System.Threading.Tasks.Sources;
using Umps.Buffers;
using Umps.Loans;
using Umps.Progress;
using Umps.Protocols;
using Umps.Transport;

namespace Umps.Requests;

/// <summary>One operation under way: what it moves, whom it waits for, and who waits for it. Pooled; reached by slot and generation.</summary>
/// <remarks>
/// Every field belongs to whoever owns the rank's progress (<see cref="ProgressGate"/>), but <see cref="Phase"/>, which anyone may read, and the
/// source of the awaiter, which belongs to the awaiter once the state is queued to the thread pool.
/// A life: rented, begun, done (status or error set, waiters told), taken (the status handed to the caller; the generation goes up, so that copies of
/// the request are null from then on), rented again.
/// </remarks>
internal sealed class RequestState : IValueTaskSource<Status>, IThreadPoolWorkItem
{
    private ManualResetValueTaskSourceCore<Status> _awaiter;   // continuations run where Execute runs: on the thread pool, or posted to their context
    private Exception? _awaitFailure;

    public RequestState(RankCore core, int slot)
    {
        Core = core;
        Slot = slot;
    }

    public readonly RankCore Core;
    public readonly int Slot;
    public int Generation = 1;                 // 0 is the null request's
    public volatile RequestPhase Phase;
    public OperationKind Kind;
    public bool NonBlocking;                   // the user holds a Request for it
    public bool IsPlain;                       // a receive of which only what RankCore.TryPost sets is set: it goes back to the pool with a few stores

    // what is matched
    public Comm Comm = null!;
    public ulong Context;
    public int Peer;                           // endpoint, or Comm.AnySource in a receive
    public int Tag;
    public uint TypeHash;
    public string Call = "";                   // for the texts of errors

    // what is moved
    public BufferRef Buffer;
    public PinnedBuffer Pin;
    public int ElementBytes;
    public RentedBytes? Rented;                // a receive that takes a message of any length: the buffer is rented at the match
    public bool TakesLoan;                     // a receive that takes a loaned block, or its message in a block of this rank
    public LoanState? Loan;                    // the block that a send gives away, or that a receive has got
    public LoanReceipt? LoanReceipt;           // where it goes when nobody blocks in the receive
    public bool Synchronous;
    public TransferStep Step;
    public nint TransferBytes;                 // bytes this transfer moves: not more than either side holds
    public nint MovedBytes;
    public ulong RemoteCookie;
    public long RemotePlace;                   // where the sender's buffer is: Endpoint.PlaceOf
    public CrossTransfer Copy;                 // of a receive that copies from there

    // link: the peer's queue of sends
    public RequestState? NextOut;

    // outcome
    public Status Status;
    public MpiException? Error;

    // who waits
    public Waiter? Waiter;
    public bool HasAwaiter;                    // until it is told
    public volatile bool IsAwaited;            // until it has taken what it was told

    /// <summary>Whose call it is. A state of the pool mostly knows already, and storing a reference costs the collector's bookkeeping.</summary>
    public void NameCall(Comm comm, string call)
    {
        if (Comm != comm)
            Comm = comm;
        if (!ReferenceEquals(Call, call))
            Call = call;
    }

    public bool IsDone => Phase == RequestPhase.Done;

    /// <summary>True while a receive stands in the posted queue.</summary>
    public bool IsPosted
    {
        get => Step == TransferStep.Posted;
        set => Step = value ? TransferStep.Posted : TransferStep.None;
    }

    /// <summary>What control messages name it by.</summary>
    public ulong Cookie => ((ulong)(uint)Generation << 32) | (uint)Slot;

    public short AwaiterVersion => _awaiter.Version;

    /// <summary>Prepares the source for one await.</summary>
    public void BeginAwait()
    {
        _awaiter.Reset();
        _awaitFailure = null;
        HasAwaiter = true;
        IsAwaited = true;
    }

    /// <summary>Tells the awaiter, on a thread of the pool: never under the gate, never on the progress helper.</summary>
    /// <param name="failure">Why the wait ends without the operation; null when the operation is done.</param>
    public void ResumeAwaiter(Exception? failure)
    {
        HasAwaiter = false;
        _awaitFailure = failure;
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    void IThreadPoolWorkItem.Execute()
    {
        if (_awaitFailure is not null)
            _awaiter.SetException(_awaitFailure);
        else
            _awaiter.SetResult(default);
    }

    Status IValueTaskSource<Status>.GetResult(short token)
    {
        IsAwaited = false;
        _awaiter.GetResult(token);             // throws when only the wait was cancelled: the request lives on
        return Core.TakeAwaited(this);
    }

    ValueTaskSourceStatus IValueTaskSource<Status>.GetStatus(short token) => _awaiter.GetStatus(token);

    void IValueTaskSource<Status>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _awaiter.OnCompleted(continuation, state, token, flags);
}
