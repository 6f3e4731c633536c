using System;
using System.Buffers;
using System.Diagnostics;
using Umps.Buffers;
using Umps.Matching;
using Umps.Requests;
using Umps.Transport;

namespace Umps.Protocols;

/// <summary>The receiving half of the protocols: what an arrival does, what a receive finds, and the copies between.</summary>
/// <remarks>Entered with the gate held; the On… methods run inside Endpoint.Poll and do not enter the transport, but for the arrival's payload.</remarks>
internal sealed partial class ReceiveEngine(RankCore core)
{
    private readonly Endpoint _endpoint = core.Endpoint;
    private readonly PullEngine _pulls = new(core);

    /// <summary>True once this rank has sent to itself: a receive from anybody may wait for its own next.</summary>
    public bool HasSentToSelf { get; private set; }

    /// <summary>True when a receive copies from its sender's memory.</summary>
    public bool HasWork => _pulls.HasWork;

    /// <summary>Begins a receive: takes the first message that waits for it, or posts it.</summary>
    public void Begin(RequestState receive, ContextQueues queues)
    {
        if (receive.Peer == Comm.AnySource)
            core.Progress.NoteCaller();
        UnexpectedMessage? message = queues.Unexpected.First is null ? null : queues.Unexpected.Find(receive.Peer, receive.Tag);
        if (message is not null)
        {
            core.Matching.TakeUnexpected(queues, message);
            Deliver(receive, message);
            core.Matching.ReturnUnexpected(message);
        }
        else if (core.HasLostPeers && core.WhyUnreachable(receive.Comm, receive.Peer) is { } reason)
        {
            core.Progress.Fail(receive, Throw.PeerLost(core, receive, reason));
        }
        else
        {
            queues.Posted.Add(receive);
        }
    }

    /// <summary>A whole message has arrived.</summary>
    public void OnEager(int peer, in FrameHeader header, scoped ref Arrival payload)
    {
        ContextQueues queues = core.Matching.QueuesOf(header.Word0);
        RequestState? receive = queues.Posted.Take(peer, (int)header.Word1);
        if (receive is null)
        {
            Keep(queues, peer, in header, ref payload);
            return;
        }
        int length = payload.LengthBytes;
        if (receive.IsPlain && header.Word2 == receive.TypeHash && length <= receive.Buffer.LengthBytes)
        {
            receive.Buffer.Fill(in payload);
            core.Progress.CompletePlain(receive, new Status(receive.Comm.Group.RankOf(peer), (int)header.Word1, length, cancelled: false));
            return;
        }
        if (Accept(receive, peer, (int)header.Word1, header.Word2, length))
            payload.CopyTo(receive.Buffer.Bytes(0, length));
        core.Progress.Complete(receive);
    }

    /// <summary>A message is announced.</summary>
    public void OnRendezvousRequest(int peer, in FrameHeader header, in RendezvousRequest request)
    {
        if (request.LengthBytes < 0)
        {
            core.Fault(Throw.Malformed(core, peer, $"it announces a message of {request.LengthBytes} bytes"));
            return;
        }
        ContextQueues queues = core.Matching.QueuesOf(header.Word0);
        RequestState? receive = queues.Posted.Take(peer, (int)header.Word1);
        if (receive is not null)
        {
            Transfer(receive, peer, (int)header.Word1, header.Word2, (nint)request.LengthBytes, request.SenderCookie, request.Place);
            return;
        }
        UnexpectedMessage message = RentUnexpected(peer, in header, (nint)request.LengthBytes, PayloadPlace.WithSender);
        message.SenderCookie = request.SenderCookie;
        message.SenderPlace = request.Place;
        core.AddUnexpected(queues, message);
    }

    /// <summary>True when an announced message is one that this rank copies by one call, without its sender's help.</summary>
    public bool IsPulledAlone(int peer, in RendezvousRequest request) =>
        (request.Place < 0 || core.Sends.ChannelOf(peer).MayPull) && _endpoint.IsPulledAlone(peer, request.Place, (nint)request.LengthBytes);

    /// <summary>Copies such a message to the caller's memory, and tells the sender.</summary>
    /// <returns>False when it cannot be read: then it waits for its receive, which is posted next, as any other announced one.</returns>
    public bool TryPullAlone(int peer, in FrameHeader header, in RendezvousRequest request, NativeSpan target)
    {
        if (!_endpoint.TryPullAlone(peer, request.Place, target))
        {
            OnRendezvousRequest(peer, in header, in request);
            return false;
        }
        core.Sends.AnswerDoneNow(peer, request.SenderCookie);
        return true;
    }

    /// <summary>A fragment begins: its place in the buffer.</summary>
    public NativeSpan OnFragmentBegin(int peer, in FrameHeader header, int lengthBytes)
    {
        RequestState? receive = FindReceiving(peer, header.Word0);
        if (receive is null)
            return default;
        if (lengthBytes <= receive.TransferBytes - receive.MovedBytes)
            return receive.Buffer.Fixed().Slice(receive.MovedBytes, lengthBytes);
        core.Fault(Throw.Malformed(
            core, peer, $"a fragment of {lengthBytes} bytes goes beyond the {receive.TransferBytes} asked for ({receive.MovedBytes} have come)"));
        return default;
    }

    /// <summary>A fragment is there whole.</summary>
    public void OnFragmentEnd(int peer, in FrameHeader header, int lengthBytes)
    {
        if (FindReceiving(peer, header.Word0) is not { } receive)
            return;
        receive.MovedBytes += lengthBytes;
        if (receive.MovedBytes == receive.TransferBytes)
            core.Progress.Complete(receive);
    }

    /// <summary>One pass over the receives that copy from their senders' memory.</summary>
    /// <returns>How much was done.</returns>
    public int Advance() => _pulls.Advance();

    /// <summary>Stops copying from a peer that is gone.</summary>
    public void OnPeerLost(int peer) => _pulls.OnPeerLost(peer);

    /// <summary>Everything fails: no peer may copy into a buffer any more.</summary>
    public void Close() => _pulls.Close();

    /// <summary>Drops a message that nobody will receive: its communicator is freed.</summary>
    public void Drop(UnexpectedMessage message)
    {
        switch (message.Place)
        {
            case PayloadPlace.Held:
                message.Held.Release(_endpoint);
                break;
            case PayloadPlace.WithSender:
                core.Sends.AnswerDone(message.Source, message.SenderCookie);
                break;
            case PayloadPlace.WithSelf:
                core.Progress.Complete(message.SelfSend!, Status.Empty);
                break;
            case PayloadPlace.Buffered:
                message.Copy.Free();
                break;
            case PayloadPlace.Loaned:
                core.Loans.Release(message.Loan!);
                break;
        }
        core.Matching.ReturnUnexpected(message);
    }

    /// <summary>A send of this rank to itself: into the receive that waits, or kept for one to come.</summary>
    public void OnSelf(RequestState send)
    {
        HasSentToSelf = true;
        ContextQueues queues = core.Matching.QueuesOf(send.Context);
        nint length = send.Buffer.LengthBytes;
        RequestState? receive = queues.Posted.Take(send.Peer, send.Tag);
        if (receive is not null)
        {
            if (Accept(receive, send.Peer, send.Tag, send.TypeHash, length))
                CopyWithin(send, receive);
            core.Progress.Complete(receive);
            core.Progress.Complete(send, Status.Empty);
            return;
        }

        UnexpectedMessage message = core.Matching.RentUnexpected();
        message.Source = send.Peer;
        message.Tag = send.Tag;
        message.TypeHash = send.TypeHash;
        message.LengthBytes = length;
        bool small = length <= UnexpectedMessage.InlineBytesMax;
        if (send.Synchronous || (send.NonBlocking && !small))
        {
            message.Place = PayloadPlace.WithSelf;
            message.SelfSend = send;
            send.Step = TransferStep.Announced;
            core.AddUnexpected(queues, message);
            return;
        }

        // A blocking send to oneself returns whatever its length, or a single thread could never receive it.
        if (small)
        {
            message.Place = PayloadPlace.Inline;
            send.Buffer.Bytes(0, (int)length).CopyTo(message.Inline);
        }
        else
        {
            message.Place = PayloadPlace.Buffered;
            message.Copy = NativeBlock.Allocate(length);
            SpanBytes.Copy(send.Buffer.Fixed(), message.Copy.Span);      // a blocking call's buffer does not move
        }
        core.AddUnexpected(queues, message);
        core.Progress.Complete(send, Status.Empty);
    }

    private void Deliver(RequestState receive, UnexpectedMessage message)
    {
        nint length = message.LengthBytes;
        if (message.Place == PayloadPlace.WithSender)
        {
            Transfer(receive, message.Source, message.Tag, message.TypeHash, length, message.SenderCookie, message.SenderPlace);
            return;
        }
        if (message.Place == PayloadPlace.Loaned)
        {
            Hand(receive, message.Source, message.Tag, message.TypeHash, message.Loan!);
            return;
        }

        bool accepted = Accept(receive, message.Source, message.Tag, message.TypeHash, length);
        switch (message.Place)
        {
            case PayloadPlace.Inline:
                if (accepted)
                    message.Inline.AsSpan(0, (int)length).CopyTo(receive.Buffer.Bytes(0, (int)length));
                break;
            case PayloadPlace.Held:
                if (accepted)
                    message.Held.CopyTo(_endpoint, receive.Buffer.Bytes(0, (int)length));
                message.Held.Release(_endpoint);
                break;
            case PayloadPlace.WithSelf:
                if (accepted)
                    CopyWithin(message.SelfSend!, receive);
                core.Progress.Complete(message.SelfSend!, Status.Empty);
                break;
            case PayloadPlace.Buffered:
                if (accepted)
                {
                    receive.Pin.Pin(in receive.Buffer);
                    SpanBytes.Copy(message.Copy.Span, receive.Buffer.Fixed());
                }
                message.Copy.Free();
                break;
            default:
                throw new UnreachableException();
        }
        core.Progress.Complete(receive);
    }

    /// <summary>An announced message has met its receive.</summary>
    private void Transfer(RequestState receive, int peer, int tag, uint typeHash, nint length, ulong senderCookie, long senderPlace)
    {
        if (!Accept(receive, peer, tag, typeHash, length) || length == 0)
        {
            core.Sends.AnswerDone(peer, senderCookie);
            core.Progress.Complete(receive);
            return;
        }
        PeerChannel channel = core.Sends.ChannelOf(peer);
        receive.Peer = peer;
        if (channel.LostReason is not null)
        {
            core.Progress.Fail(receive, Throw.PeerLost(core, receive, channel.LostReason));
            return;
        }
        receive.IsPlain = false;
        receive.Pin.Pin(in receive.Buffer);
        receive.TransferBytes = length;
        receive.MovedBytes = 0;
        receive.RemoteCookie = senderCookie;
        receive.RemotePlace = senderPlace;
        if ((channel.MayPull || senderPlace < 0) && _endpoint.CanPull(peer, senderPlace, length))
            _pulls.Add(receive);
        else
            core.Sends.AskForFragments(receive);
    }

    /// <summary>Sets the status of a receive that has met its message, or the error why the payload cannot be taken.</summary>
    /// <returns>True when the payload is to be copied to the front of the buffer.</returns>
    private bool Accept(RequestState receive, int peer, int tag, uint typeHash, nint length)
    {
        if (!AcceptType(receive, peer, tag, typeHash, length))
            return false;
        if (receive.TakesLoan)
            return TakeBlock(receive, length);
        if (receive.Rented is not null)
            return TakeAnyLength(receive, receive.Rented, length);
        if (length <= receive.Buffer.LengthBytes)
            return true;
        receive.Error = Throw.Truncated(core, receive);
        return false;
    }

    private bool AcceptType(RequestState receive, int peer, int tag, uint typeHash, nint length)
    {
        receive.Status = new Status(receive.Comm.Group.RankOf(peer), tag, length, cancelled: false);
        if (typeHash != receive.TypeHash)
        {
            if (typeHash != TypeHash.Bytes && receive.TypeHash != TypeHash.Bytes)
            {
                receive.Error = Throw.TypeMismatch(core, receive, typeHash);
                return false;
            }
            if (length % receive.ElementBytes != 0)
            {
                receive.Error = Throw.NotWhole(core, receive);
                return false;
            }
        }
        return true;
    }

    private bool TakeAnyLength(RequestState receive, RentedBytes rented, nint length)
    {
        if (length > Array.MaxLength)
        {
            receive.Error = Throw.TooLong(core, receive);
            return false;
        }
        rented.Bytes = ArrayPool<byte>.Shared.Rent((int)length);
        rented.LengthBytes = (int)length;
        receive.Buffer = BufferRef.Of(rented.Bytes, (int)length);
        return true;
    }

    private void Keep(ContextQueues queues, int peer, in FrameHeader header, scoped ref Arrival payload)
    {
        int length = payload.LengthBytes;
        bool small = length <= UnexpectedMessage.InlineBytesMax;
        UnexpectedMessage message = RentUnexpected(peer, in header, length, small ? PayloadPlace.Inline : PayloadPlace.Held);
        if (small)
            payload.CopyTo(message.Inline);
        else
            message.Held = payload.Hold();
        core.AddUnexpected(queues, message);
    }

    private UnexpectedMessage RentUnexpected(int peer, in FrameHeader header, nint length, PayloadPlace place)
    {
        UnexpectedMessage message = core.Matching.RentUnexpected();
        message.Source = peer;
        message.Tag = (int)header.Word1;
        message.TypeHash = header.Word2;
        message.LengthBytes = length;
        message.Place = place;
        return message;
    }

    private RequestState? FindReceiving(int peer, ulong cookie)
    {
        RequestState? receive = core.Requests.Find(cookie);
        if (receive is { Kind: OperationKind.Recv, Step: TransferStep.Receiving } && receive.Peer == peer)
            return receive;
        core.Fault(Throw.Malformed(core, peer, $"a fragment names receive {cookie:x}, which this rank has not asked it for"));
        return null;
    }

    private static void CopyWithin(RequestState send, RequestState receive)
    {
        send.Pin.Pin(in send.Buffer);
        receive.Pin.Pin(in receive.Buffer);
        SpanBytes.Copy(send.Buffer.Fixed(), receive.Buffer.Fixed());
    }
}
