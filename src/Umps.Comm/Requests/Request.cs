using System;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using Umps.Progress;
using Umps.Requests;

namespace Umps;

/// <summary>An operation under way. <c>default</c> is the null request: complete, with an empty status.</summary>
/// <remarks>
/// MPI 4.1 §3.7. A small value that may be copied: it names pooled state by generation, and whoever takes the completion (Wait, Test, await) makes all
/// copies null, so that waiting twice is harmless. A send that could go at once is null from the start.
/// The buffer belongs to the operation until completion; it is kept alive, and pinned only where the transfer needs its address.
/// Every request must be completed by one of the calls below before its <see cref="Mpi"/> is disposed; those left are counted in a warning.
/// Not there: persistent requests (§3.9), Request_free and Request_get_status (§3.7.3, §3.7.6), Waitsome and Testsome (§3.7.5).
/// </remarks>
public readonly struct Request : IEquatable<Request>
{
    private readonly RequestState? _state;
    private readonly int _generation;

    internal Request(RequestState state)
    {
        _state = state;
        _generation = state.Generation;
    }

    /// <summary>True for the null request, and for one whose completion has been taken.</summary>
    public bool IsNull => _state is null || Volatile.Read(ref _state.Generation) != _generation;

    /// <summary>True when a wait would return at once. Makes no progress itself: a loop on it needs another thread that does; use <see cref="Test()"/>.</summary>
    public bool IsCompleted => IsNull || _state!.Phase == RequestPhase.Done || IsNull;

    /// <summary>Blocks until the operation is complete, and takes its completion.</summary>
    /// <returns>The status of a receive; an empty one of a send.</returns>
    /// <exception cref="MpiException">The operation failed: the message was longer than the buffer (UMPS2107), of another type (UMPS2102),
    /// a rank it needs is gone (UMPS2201), the job is being ended (UMPS2202); or it is being awaited (UMPS2105).</exception>
    /// <remarks>MPI 4.1 §3.7.3, MPI_Wait.</remarks>
    public Status Wait() => _state is null ? Status.Empty : _state.Core.Wait(_state, _generation);

    /// <summary>Blocks until the operation is complete, or the token fires.</summary>
    /// <param name="cancellationToken">Cancels a receive that has met no message. A send, or a receive that has, goes on: only the wait ends, the
    /// buffer stays in use, and the request must be waited for again.</param>
    /// <returns>As <see cref="Wait()"/>.</returns>
    /// <exception cref="OperationCanceledException">The token fired first.</exception>
    /// <exception cref="MpiException">As <see cref="Wait()"/>.</exception>
    public Status Wait(CancellationToken cancellationToken)
    {
        if (_state is null)
            return Status.Empty;
#pragma warning disable CA2016 // this is what a token that cannot fire means
        return cancellationToken.CanBeCanceled ? _state.Core.Wait(_state, _generation, cancellationToken) : Wait();
#pragma warning restore CA2016
    }

    /// <summary>Makes progress and says whether the operation is complete; takes its completion if it is.</summary>
    /// <exception cref="MpiException">As <see cref="Wait()"/>.</exception>
    public bool Test() => Test(out _);

    /// <summary>Makes progress and says whether the operation is complete; takes its completion if it is.</summary>
    /// <param name="status">Its status; empty while it is not complete.</param>
    /// <returns>True when it is complete.</returns>
    /// <exception cref="MpiException">As <see cref="Wait()"/>.</exception>
    /// <remarks>MPI 4.1 §3.7.3, MPI_Test.</remarks>
    public bool Test(out Status status)
    {
        status = Status.Empty;
        return _state is null || _state.Core.Test(_state, _generation, out status);
    }

    /// <summary>Cancels a receive that has met no message; its status then says <see cref="Status.Cancelled"/>. One that has met its message goes on.</summary>
    /// <exception cref="MpiException">UMPS2106: it is a send under way.</exception>
    /// <remarks>MPI 4.1 §3.8.4. The request must still be waited for.</remarks>
    public void Cancel() => _state?.Core.Cancel(_state, _generation);

    /// <summary>Completes when the operation does; continuations run on the captured context or the thread pool, never on a thread that makes progress.</summary>
    /// <param name="cancellationToken">As in <see cref="Wait(CancellationToken)"/>.</param>
    /// <returns>A task to be awaited once.</returns>
    public ValueTask<Status> WaitAsync(CancellationToken cancellationToken = default) =>
        _state is null ? new ValueTask<Status>(Status.Empty) : _state.Core.WaitAsync(_state, _generation, cancellationToken);

    /// <summary>Lets the request be awaited: <c>Status status = await request;</c></summary>
#pragma warning disable CA2012 // the awaiter is what the compiler's await consumes, once
    public ValueTaskAwaiter<Status> GetAwaiter() => WaitAsync().GetAwaiter();
#pragma warning restore CA2012

    /// <summary>Blocks until all are complete.</summary>
    /// <param name="requests">The requests of one rank; null ones count as complete.</param>
    /// <exception cref="MpiException">The first failure; all are complete, or the job is being ended.</exception>
    /// <remarks>MPI 4.1 §3.7.5, MPI_Waitall.</remarks>
    public static void WaitAll(params ReadOnlySpan<Request> requests) => WaitAll(requests, []);

    /// <summary>Blocks until all are complete.</summary>
    /// <param name="requests">The requests of one rank; null ones count as complete.</param>
    /// <param name="statuses">Where their statuses go; empty, or as long as <paramref name="requests"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <exception cref="MpiException">The first failure; all are complete, or the job is being ended.</exception>
    public static void WaitAll(ReadOnlySpan<Request> requests, Span<Status> statuses)
    {
        if (!statuses.IsEmpty && statuses.Length != requests.Length)
            throw new ArgumentException($"{statuses.Length} statuses for {requests.Length} requests; give as many, or none.", nameof(statuses));
        statuses.Fill(Status.Empty);
        if (CoreOf(requests)?.WaitAll(requests, statuses) is { } error)
            throw error;
    }

    /// <summary>Blocks until one is complete, and takes its completion.</summary>
    /// <param name="requests">The requests of one rank; null ones are passed over.</param>
    /// <param name="status">Its status.</param>
    /// <returns>Its place; <see cref="Comm.Undefined"/> when all are null.</returns>
    /// <exception cref="MpiException">As <see cref="Wait()"/>, of the one that is complete.</exception>
    /// <remarks>MPI 4.1 §3.7.5, MPI_Waitany.</remarks>
    public static int WaitAny(ReadOnlySpan<Request> requests, out Status status)
    {
        status = Status.Empty;
        return CoreOf(requests) is { } core ? core.WaitAny(requests, out status) : Comm.Undefined;
    }

    /// <summary>Makes progress and says whether all are complete; if so, takes their completions.</summary>
    /// <param name="requests">The requests of one rank.</param>
    /// <returns>True when all are; otherwise none is taken.</returns>
    /// <exception cref="MpiException">The first failure, when all are complete.</exception>
    /// <remarks>MPI 4.1 §3.7.5, MPI_Testall.</remarks>
    public static bool TestAll(ReadOnlySpan<Request> requests)
    {
        if (CoreOf(requests) is not { } core)
            return true;
        core.Look(nameof(TestAll));
        foreach (Request request in requests)
        {
            if (!request.IsCompleted)
                return false;
        }
        WaitAll(requests, []);
        return true;
    }

    /// <summary>Makes progress and says whether one is complete; takes its completion if so.</summary>
    /// <param name="requests">The requests of one rank; null ones are passed over.</param>
    /// <param name="index">Its place; <see cref="Comm.Undefined"/> when none is complete, or all are null.</param>
    /// <param name="status">Its status.</param>
    /// <returns>True when one is complete, or all are null.</returns>
    /// <exception cref="MpiException">As <see cref="Wait()"/>, of the one that is complete.</exception>
    /// <remarks>MPI 4.1 §3.7.5, MPI_Testany.</remarks>
    public static bool TestAny(ReadOnlySpan<Request> requests, out int index, out Status status)
    {
        status = Status.Empty;
        index = Comm.Undefined;
        if (CoreOf(requests) is not { } core)
            return true;
        int found = core.TestAny(requests, out status);
        if (found == -1)
            return false;
        index = found;
        return true;
    }

    /// <summary>True when both name the same operation.</summary>
    public bool Equals(Request other) => ReferenceEquals(_state, other._state) && _generation == other._generation;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Request other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_state is null ? -1 : _state.Slot, _generation);

    /// <summary>True when both name the same operation.</summary>
    public static bool operator ==(Request left, Request right) => left.Equals(right);

    /// <summary>True when they name different operations.</summary>
    public static bool operator !=(Request left, Request right) => !left.Equals(right);

    /// <summary>Signals the waiter when this completes. With the gate held.</summary>
    internal void Attach(Waiter waiter)
    {
        if (!IsNull)
            _state!.Waiter = _state.Waiter is null || _state.Waiter == waiter ? waiter : Waiter.Everybody;
    }

    /// <summary>Undoes <see cref="Attach"/>.</summary>
    internal void Detach(Waiter waiter)
    {
        if (!IsNull && _state!.Waiter == waiter)
            _state.Waiter = null;
    }

    /// <summary>Takes the completion. With the gate held; the request is live and done.</summary>
    internal Status TakeDone() => _state!.Core.Take(_state);

    /// <summary>What it names; null when it is null.</summary>
    /// <exception cref="ArgumentException">It is another rank's.</exception>
    internal RequestState? StateOf(RankCore core)
    {
        if (IsNull)
            return null;
        return _state!.Core == core ? _state : throw new ArgumentException("the requests are of different ranks; wait for each rank's own.");
    }

    /// <summary>What it names, when that is complete, has not failed and is nobody else's to take. With the gate held.</summary>
    internal RequestState? DoneStateOf(RankCore core) =>
        _state is { Phase: RequestPhase.Done, Error: null, IsAwaited: false } state && state.Generation == _generation && state.Core == core ? state : null;

    private static RankCore? CoreOf(ReadOnlySpan<Request> requests)
    {
        foreach (Request request in requests)
        {
            if (!request.IsNull)
                return request._state!.Core;
        }
        return null;
    }
}
