using System;
using System.Runtime.CompilerServices;
using System.Threading;
using Umps.Buffers;
using Umps.Matching;
using Umps.Progress;
using Umps.Protocols;
using Umps.Requests;
using Umps.Transport;

namespace Umps;

/// <summary>Send, receive and probe over bytes with a type hash: what every chapter of Comm comes down to.</summary>
/// <remarks>
/// Arguments are checked by the caller. Blocking forms take memory that does not move while they last; non-blocking forms a buffer that is kept alive.
/// <c>call</c> is the name of the call in the texts of errors.
/// </remarks>
internal sealed partial class RankCore
{
    /// <summary>Sends; returns when the memory may be used again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Send(Comm comm, ulong context, int endpoint, int tag, uint typeHash, NativeSpan data, string call)
    {
        Enter(call);
        try
        {
            if (!Sends.TryEager(endpoint, context, tag, typeHash, data))
                SendSlow(comm, context, endpoint, tag, typeHash, data, synchronous: false, call);
            else if (Endpoint.HasUnsent)
                Progress.Settle();      // taken, but not out of this process: the helper sees to it if the program only computes now
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

    /// <summary>Sends; returns when the receiver has matched the message.</summary>
    public void SendSynchronous(Comm comm, ulong context, int endpoint, int tag, uint typeHash, NativeSpan data, string call)
    {
        Enter(call);
        try
        {
            SendSlow(comm, context, endpoint, tag, typeHash, data, synchronous: true, call);
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

    /// <summary>Receives; returns when the message is in the memory.</summary>
    /// <param name="comm">The communicator; its group names the source.</param>
    /// <param name="context">Its context, or the collective one.</param>
    /// <param name="endpoint">Whose message, or <see cref="Comm.AnySource"/>.</param>
    /// <param name="tag">Which, or <see cref="Comm.AnyTag"/>.</param>
    /// <param name="typeHash">What the elements are.</param>
    /// <param name="elementBytes">And how long one is.</param>
    /// <param name="buffer">Where the message goes.</param>
    /// <param name="call">For the texts of errors.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public Status Recv(Comm comm, ulong context, int endpoint, int tag, uint typeHash, int elementBytes, NativeSpan buffer, string call)
    {
        Enter(call);
        try
        {
            if (TryRecvDirect(comm, context, endpoint, tag, typeHash, buffer, out Status status))
                return status;
            RequestState receive = RentRecv(comm, context, endpoint, tag, typeHash, elementBytes, new BufferRef(buffer), call);
            Receives.Begin(receive, Matching.QueuesOf(context));
            Progress.Wait(receive);
            return Take(receive);
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

    /// <summary>Receives a message of any length into an array of the pool, which the caller returns.</summary>
    public Status RecvRented(Comm comm, ulong context, int endpoint, int tag, uint typeHash, RentedBytes rented, string call)
    {
        Enter(call);
        try
        {
            if (rented.Kept is { LengthBytes: > 0 } kept && TryRecvDirect(comm, context, endpoint, tag, typeHash, kept, out Status status))
            {
                rented.LengthBytes = (int)status.LengthBytes;
                return status;
            }
            RequestState receive = RentRecv(comm, context, endpoint, tag, typeHash, elementBytes: 1, default, call);
            receive.Rented = rented;
            Receives.Begin(receive, Matching.QueuesOf(context));
            Progress.Wait(receive);
            return Take(receive);
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

    /// <summary>Sends and receives at once; returns when both are done.</summary>
    public Status Sendrecv(
        Comm comm, ulong context, int dest, int sendTag, NativeSpan data, int source, int recvTag, NativeSpan buffer, uint typeHash, int elementBytes, string call)
    {
        Enter(call);
        try
        {
            bool sent = Sends.TryEager(dest, context, sendTag, typeHash, data);
            if (sent && TryRecvDirect(comm, context, source, recvTag, typeHash, buffer, out Status direct))
                return direct;
            RequestState receive = RentRecv(comm, context, source, recvTag, typeHash, elementBytes, new BufferRef(buffer), call);
            Receives.Begin(receive, Matching.QueuesOf(context));
            RequestState? send = null;
            if (!sent)
            {
                send = RentSend(comm, context, dest, sendTag, typeHash, new BufferRef(data), call);
                BeginSend(send);
            }
            Progress.Wait(receive);
            if (send is null)
                return Take(receive);
            Progress.Wait(send);
            MpiException? sendError = send.Error;
            Requests.Return(send);
            Status status = Take(receive);
            return sendError is null ? status : throw sendError;
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

    /// <summary>Begins a send. The null request when the message has gone already.</summary>
    public Request Isend(Comm comm, ulong context, int endpoint, int tag, uint typeHash, BufferRef data, PinnedBuffer pin, string call)
    {
        try
        {
            Enter(call);
        }
        catch (MpiException)
        {
            pin.Release();
            throw;
        }
        try
        {
            if (Sends.TryEager(endpoint, context, tag, typeHash, in data))
            {
                pin.Release();
                if (Endpoint.HasUnsent)
                    Progress.Settle();
                return default;
            }
            RequestState send = RentSend(comm, context, endpoint, tag, typeHash, data, call);
            send.Pin = pin;
            return BeginNonBlocking(send);
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

    /// <summary>Begins a receive.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public Request Irecv(
        Comm comm, ulong context, int endpoint, int tag, uint typeHash, int elementBytes, BufferRef buffer, PinnedBuffer pin, RentedBytes? rented, string call)
    {
        try
        {
            Enter(call);
        }
        catch (MpiException)
        {
            pin.Release();
            throw;
        }
        try
        {
            RequestState receive = RentRecv(comm, context, endpoint, tag, typeHash, elementBytes, buffer, call);
            if (pin.IsHeld)
                receive.Pin = pin;
            if (rented is not null)
                receive.Rented = rented;
            receive.NonBlocking = true;
            Progress.AddOutstanding();
            Receives.Begin(receive, Matching.QueuesOf(context));
            if (!receive.IsPosted)
                Progress.AdvanceOutgoing();     // it has met an announced message
            if (!receive.IsDone)
                Progress.Settle();
            return new Request(receive);
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

    /// <summary>Waits for a message that could be received; its status.</summary>
    public Status Probe(Comm comm, ulong context, int endpoint, int tag, string call)
    {
        Enter(call);
        try
        {
            Progress.NoteCaller();
            var there = new MessageThere(this, comm, Matching.QueuesOf(context), endpoint, tag);
            if (!there.IsMet)
                Progress.WaitForMessage(ref there);
            if (there.Message is { } message)
                return StatusOf(comm, message);
            throw _fault is { } fault
                ? Throw.Again(this, $"Comm.{call}", fault)
                : Throw.PeerLost(this, comm, endpoint, call, WhyUnreachable(comm, endpoint)!);
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

    /// <summary>Makes progress, and looks for a message that could be received.</summary>
    public bool Iprobe(Comm comm, ulong context, int endpoint, int tag, out Status status, string call)
    {
        Enter(call);
        try
        {
            UnexpectedQueue queue = Matching.QueuesOf(context).Unexpected;
            UnexpectedMessage? message = queue.Find(endpoint, tag);
            if (message is null)
            {
                Progress.Look();
                message = queue.Find(endpoint, tag);
            }
            status = message is null ? Status.Empty : StatusOf(comm, message);
            return message is not null;
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

    /// <summary>Takes the completion of an operation: its status or its error. The state goes back to the pool.</summary>
    public Status Take(RequestState state) => Take(state, out Status status) is { } error ? throw error : status;

    /// <summary>Takes the completion of an operation: its status, and its error if it failed.</summary>
    public MpiException? Take(RequestState state, out Status status)
    {
        status = state.Status;
        MpiException? error = state.Error;
        Requests.Return(state);
        return error;
    }

    private void SendSlow(
        Comm comm, ulong context, int endpoint, int tag, uint typeHash, NativeSpan data, bool synchronous, string call)
    {
        RequestState send = RentSend(comm, context, endpoint, tag, typeHash, new BufferRef(data), call);
        send.Synchronous = synchronous;
        BeginSend(send);
        if (Sends.IsPulledAlone(send))
            LookForAnswer(send);
        Progress.Wait(send);
        Take(send);
    }

    /// <summary>Begins a send that the program waits for later.</summary>
    /// <returns>The null request when it has gone already.</returns>
    private Request BeginNonBlocking(RequestState send)
    {
        send.NonBlocking = true;
        Progress.AddOutstanding();
        BeginSend(send);
        if (!send.IsDone || send.Error is not null)
        {
            Progress.Settle();
            return new Request(send);
        }
        Requests.Return(send);
        if (Endpoint.HasUnsent)
            Progress.Settle();
        return default;
    }

    private void BeginSend(RequestState send)
    {
        if (send.Peer == Endpoint.Id && send.Loan is { LengthBytes: > 0 } loan)
            Receives.OnSelfLoan(send, loan);
        else if (send.Peer == Endpoint.Id)
            Receives.OnSelf(send);
        else
            Sends.Begin(send);
    }

    private RequestState RentSend(Comm comm, ulong context, int endpoint, int tag, uint typeHash, in BufferRef data, string call)
    {
        RequestState send = Requests.Rent(OperationKind.Send);
        send.NameCall(comm, call);
        send.Context = context;
        send.Peer = endpoint;
        send.Tag = tag;
        send.TypeHash = typeHash;
        send.Buffer = data;
        return send;
    }

    private RequestState RentRecv(Comm comm, ulong context, int endpoint, int tag, uint typeHash, int elementBytes, in BufferRef buffer, string call)
    {
        RequestState receive = Requests.Rent(OperationKind.Recv);
        receive.NameCall(comm, call);
        receive.Context = context;
        receive.Peer = endpoint;
        receive.Tag = tag;
        receive.TypeHash = typeHash;
        receive.ElementBytes = elementBytes;
        receive.Buffer = buffer;
        return receive;
    }

    private static Status StatusOf(Comm comm, UnexpectedMessage message) =>
        new(comm.Group.RankOf(message.Source), message.Tag, message.LengthBytes, cancelled: false);

    /// <summary>The transport broke: nothing can go on. With the gate held.</summary>
    private MpiException Break(string call, UmpsException error)
    {
        MpiException fault = Throw.Transport(this, $"Comm.{call}", error);
        Fault(fault);
        return fault;
    }
}
