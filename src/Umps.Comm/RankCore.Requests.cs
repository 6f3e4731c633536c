using System;
using System.Threading;
using System.Threading.Tasks;
using Umps.Progress;
using Umps.Protocols;
using Umps.Requests;
using Umps.Transport;

namespace Umps;

/// <summary>What becomes of requests: waited for, tested, awaited, cancelled.</summary>
/// <remarks>A request is named by state and generation; one whose generation is past is null: complete, with an empty status.</remarks>
internal sealed partial class RankCore
{
    /// <summary>Blocks until the operation is complete; takes its completion.</summary>
    public Status Wait(RequestState state, int generation)
    {
        Enter("Wait");
        try
        {
            if (!IsLive(state, generation))
                return Status.Empty;
            Progress.Wait(state);
            return state.Generation == generation ? Take(state) : Status.Empty;
        }
        catch (UmpsException error)
        {
            throw Break("Wait", error);
        }
        finally
        {
            Gate.Leave();
        }
    }

    /// <summary>Blocks until the operation is complete or the token fires: then an unmatched receive is cancelled, another operation goes on.</summary>
    public Status Wait(RequestState state, int generation, CancellationToken token)
    {
        Waiter me = Waiter.Current;
        CancellationTokenRegistration registration = token.UnsafeRegister(
            static waiting => { var (core, waiter) = ((RankCore, Waiter))waiting!; core.CancelWait(waiter); }, (this, me));
        try
        {
            Enter("Wait");
            try
            {
                if (!IsLive(state, generation))
                    return Status.Empty;
                Progress.WaitAny([new Request(state)], me);
                if (state.Generation != generation)
                    return Status.Empty;
                if (!state.IsDone && !TryCancelPosted(state))
                    throw new OperationCanceledException(token);
                Status status = Take(state);
                return status.Cancelled && token.IsCancellationRequested ? throw new OperationCanceledException(token) : status;
            }
            catch (UmpsException error)
            {
                throw Break("Wait", error);
            }
            finally
            {
                Gate.Leave();
            }
        }
        finally
        {
            registration.Dispose();         // waits for the callback, which needs the gate: so outside of it
            me.IsCancelled = false;
        }
    }

    /// <summary>Makes progress; takes the completion if the operation is complete.</summary>
    public bool Test(RequestState state, int generation, out Status status)
    {
        Enter("Test");
        try
        {
            status = Status.Empty;
            if (!IsLive(state, generation))
                return true;
            if (!state.IsDone)
                Progress.Look();
            if (state.Generation != generation)
                return true;
            if (!state.IsDone)
                return false;
            status = Take(state);
            return true;
        }
        catch (UmpsException error)
        {
            throw Break("Test", error);
        }
        finally
        {
            Gate.Leave();
        }
    }

    /// <summary>Blocks until all of the requests are complete; takes their completions.</summary>
    /// <returns>The first failure; null when there is none.</returns>
    /// <remarks>Settles once, at the end: in between, this thread watches for what is still outstanding.</remarks>
    public MpiException? WaitAll(ReadOnlySpan<Request> requests, Span<Status> statuses)
    {
        Enter("WaitAll");
        try
        {
            MpiException? first = null;
            for (int i = 0; i < requests.Length; i++)
            {
                if (requests[i].DoneStateOf(this) is { } done)
                {
                    if (!statuses.IsEmpty)
                        statuses[i] = done.Status;
                    Requests.Return(done);
                    continue;
                }
                Status status = Status.Empty;
                if (requests[i].StateOf(this) is { } state && IsLive(state, state.Generation))
                {
                    int generation = state.Generation;
                    Progress.WaitUnsettled(state);
                    if (state.Generation == generation)
                    {
                        MpiException? error = Take(state, out status);
                        first ??= error;
                    }
                }
                if (!statuses.IsEmpty)
                    statuses[i] = status;
            }
            Progress.Settle();
            return first;
        }
        catch (UmpsException error)
        {
            throw Break("WaitAll", error);
        }
        finally
        {
            Gate.Leave();
        }
    }

    /// <summary>Blocks until one of the requests is complete; takes its completion.</summary>
    /// <returns>Its place; <see cref="Comm.Undefined"/> when all are null.</returns>
    public int WaitAny(ReadOnlySpan<Request> requests, out Status status)
    {
        Enter("WaitAny");
        try
        {
            status = Status.Empty;
            Progress.WaitAny(requests, Waiter.Current);
            return TakeAny(requests, ref status);
        }
        catch (UmpsException error)
        {
            throw Break("WaitAny", error);
        }
        finally
        {
            Gate.Leave();
        }
    }

    /// <summary>Makes progress; takes the completion of one of the requests if one is complete.</summary>
    /// <returns>Its place; -1 when none is complete; <see cref="Comm.Undefined"/> when all are null.</returns>
    public int TestAny(ReadOnlySpan<Request> requests, out Status status)
    {
        Enter("TestAny");
        try
        {
            status = Status.Empty;
            var done = new AnyDone(requests);
            if (!done.IsMet)
                Progress.Look();
            return done.IsMet ? TakeAny(requests, ref status) : -1;
        }
        catch (UmpsException error)
        {
            throw Break("TestAny", error);
        }
        finally
        {
            Gate.Leave();
        }
    }

    /// <summary>Makes progress for a test of several requests.</summary>
    public void Look(string call)
    {
        Enter(call);
        try
        {
            Progress.Look();
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

    /// <summary>Completes with the operation.</summary>
    public ValueTask<Status> WaitAsync(RequestState state, int generation, CancellationToken token)
    {
        short version;
        Enter("WaitAsync");
        try
        {
            if (!IsLive(state, generation))
                return new ValueTask<Status>(Status.Empty);
            if (!state.IsDone)
                Progress.Look();
            if (state.IsDone)
                return new ValueTask<Status>(Take(state));
            state.BeginAwait();
            version = state.AwaiterVersion;
            Progress.AddAwaited();
            Progress.Settle();
        }
        catch (MpiException error)
        {
            return ValueTask.FromException<Status>(error);
        }
        catch (UmpsException error)
        {
            return ValueTask.FromException<Status>(Break("WaitAsync", error));
        }
        finally
        {
            Gate.Leave();
        }
        var completion = new ValueTask<Status>(state, version);
        return token.CanBeCanceled ? WaitCancellableAsync(completion, state, generation, token) : completion;
    }

    /// <summary>Cancels a receive that has met no message; another operation goes on.</summary>
    public void Cancel(RequestState state, int generation)
    {
        Enter("Cancel");
        try
        {
            if (state.Generation != generation || state.IsDone)
                return;
            if (state.Kind == OperationKind.Send)
                throw Throw.CannotCancelSend(this, state);
            TryCancelPosted(state);
        }
        finally
        {
            Gate.Leave();
        }
    }

    /// <summary>Takes the completion for an awaiter.</summary>
    public Status TakeAwaited(RequestState state)
    {
        Gate.Enter();
        try
        {
            return Take(state);
        }
        finally
        {
            Gate.Leave();
        }
    }

    private async ValueTask<Status> WaitCancellableAsync(ValueTask<Status> completion, RequestState state, int generation, CancellationToken token)
    {
        using CancellationTokenRegistration registration = token.UnsafeRegister(
            static waiting =>
            {
                var (core, state, generation, token) = ((RankCore, RequestState, int, CancellationToken))waiting!;
                core.CancelAwait(state, generation, token);
            },
            (this, state, generation, token));
        Status status = await completion.ConfigureAwait(false);
        return status.Cancelled && token.IsCancellationRequested ? throw new OperationCanceledException(token) : status;
    }

    private void CancelWait(Waiter waiter)
    {
        Gate.Enter();
        Progress.CancelWait(waiter);
        Gate.Leave();
    }

    private void CancelAwait(RequestState state, int generation, CancellationToken token)
    {
        Gate.Enter();
        if (state.Generation == generation && state.HasAwaiter && !TryCancelPosted(state))
        {
            Progress.RemoveAwaited();
            state.ResumeAwaiter(new OperationCanceledException(token));
        }
        Gate.Leave();
    }

    private bool TryCancelPosted(RequestState state)
    {
        if (state.Step != TransferStep.Posted)
            return false;
        Matching.QueuesOf(state.Context).Posted.Remove(state);
        Progress.Complete(state, new Status(Comm.AnySource, Comm.AnyTag, 0, cancelled: true));
        return true;
    }

    private static int TakeAny(ReadOnlySpan<Request> requests, ref Status status)
    {
        int index = new AnyDone(requests).Index;
        if (index < 0)
            return Comm.Undefined;
        status = requests[index].TakeDone();
        return index;
    }

    private bool IsLive(RequestState state, int generation)
    {
        if (state.Generation != generation)
            return false;
        return !state.IsAwaited ? true : throw Throw.AwaitedTwice(this, state);
    }
}
