using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Umps.Buffers;
using Umps.Requests;
using Umps.Transport;

namespace Umps.Protocols;

/// <summary>The sending half of the protocols: what goes out at once, what waits for room, what is announced, what is pushed.</summary>
/// <remarks>
/// Entered with the gate held. Arrivals (handlers run inside Endpoint.Poll) only queue answers here; <see cref="Advance"/>, right after the poll, sends them:
/// the transport is not entered twice.
/// Order: to one peer, messages leave in the order of their calls, because what is refused waits in the peer's queue and everything later behind it. Fragments
/// are outside this order: their receive is matched already.
/// </remarks>
internal sealed partial class SendEngine(RankCore core)
{
    /// <summary>Payloads up to this ride beside the header: announcing such a message would take as much room as sending it.</summary>
    private const int InlineBytesMax = 40;

    /// <summary>Payloads up to this fit into a ring's slots: <see cref="TryShort"/>.</summary>
    public const int ShortBytesMax = 1064;

    /// <summary>Payloads up to this go at once to a peer of the node, wherever they lie: an announcement and its answer cost more than a second copy.</summary>
    public const int MiddlingBytesMin = 2048;

    /// <summary>The most that is offered to the transport at once: a span cannot be longer than 2 GiB.</summary>
    private const int OfferBytesMax = 1 << 30;

    private readonly Endpoint _endpoint = core.Endpoint;
    private readonly PeerChannel?[] _channels = new PeerChannel?[core.EndpointCount];
    private readonly List<PeerChannel> _active = [];

    /// <summary>True when something waits for room in the transport.</summary>
    public bool HasWork => _active.Count > 0;

    /// <summary>What goes out to a peer; chosen and made at first contact.</summary>
    public PeerChannel ChannelOf(int endpoint) => _channels[endpoint] ?? MakeChannel(endpoint);

    /// <summary>Why a peer is gone; null while it is there, or was never talked to.</summary>
    public string? LostReason(int endpoint) => _channels[endpoint]?.LostReason;

    /// <summary>The fast path: sends a short message whole, if nothing waits before it and there is room.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryEager(int endpoint, ulong context, int tag, uint typeHash, NativeSpan data)
    {
        PeerChannel peer = ChannelOf(endpoint);
        if ((data.LengthBytes > peer.MiddlingBytesMin && !IsEager(peer, data.Address, data.LengthBytes)) || peer.FirstQueued is not null)
            return false;
        var header = new FrameHeader { Kind = MessageKind.Eager, Word0 = context, Word1 = (uint)tag, Word2 = typeHash };
        return _endpoint.TrySend(endpoint, in header, data.AsSpan());
    }

    /// <summary>As the other, for a buffer that may move.</summary>
    public bool TryEager(int endpoint, ulong context, int tag, uint typeHash, in BufferRef data)
    {
        PeerChannel peer = ChannelOf(endpoint);
        if ((data.LengthBytes > peer.MiddlingBytesMin && !IsEager(peer, data.FixedAddress, data.LengthBytes)) || peer.FirstQueued is not null)
            return false;
        var header = new FrameHeader { Kind = MessageKind.Eager, Word0 = context, Word1 = (uint)tag, Word2 = typeHash };
        return _endpoint.TrySend(endpoint, in header, data.Bytes(0, (int)data.LengthBytes));
    }

    /// <summary>The shortest path: at most <see cref="ShortBytesMax"/> bytes to a peer of the node that was talked to before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryShort(int endpoint, ulong context, int tag, uint typeHash, NativeSpan data) =>
        _channels[endpoint] is { FirstQueued: null } peer && data.LengthBytes <= peer.ShortBytesMax
        && _endpoint.TrySendShort(endpoint, MessageKind.Eager, context, (uint)tag, typeHash, data);

    /// <summary>Begins a send: sends it, announces it, or queues it behind others.</summary>
    public void Begin(RequestState send)
    {
        PeerChannel peer = ChannelOf(send.Peer);
        if (peer.LostReason is not null)
        {
            core.Progress.Fail(send, Throw.PeerLost(core, send, peer.LostReason));
            return;
        }
        send.Step = TransferStep.Queued;
        if (peer.FirstQueued is not null || !TryIssue(peer, send))
            Enqueue(peer, send);
        else if (send.Step == TransferStep.Queued)
            core.Progress.Complete(send, Status.Empty);
    }

    /// <summary>True when a send has been announced to a peer of the node, which copies it by one call, without help.</summary>
    public bool IsPulledAlone(RequestState send) =>
        send.Step == TransferStep.Announced && send.Peer != _endpoint.Id && _endpoint.IsPulledAlone(send.Peer, send.RemotePlace, send.Buffer.LengthBytes);

    /// <summary>Queues a receive's request for fragments.</summary>
    public void AskForFragments(RequestState receive)
    {
        receive.Step = TransferStep.Receiving;
        Enqueue(ChannelOf(receive.Peer), receive);
    }

    /// <summary>Queues word to a sender that its buffer is not needed any more.</summary>
    public void AnswerDone(int endpoint, ulong senderCookie)
    {
        PeerChannel peer = ChannelOf(endpoint);
        if (peer.LostReason is not null)
            return;
        RequestState answer = core.Requests.Rent(OperationKind.Control);
        answer.Peer = endpoint;
        answer.RemoteCookie = senderCookie;
        answer.Step = TransferStep.AnswerDone;
        Enqueue(peer, answer);
    }

    /// <summary>As <see cref="AnswerDone"/>, at once where there is room; not inside Endpoint.Poll.</summary>
    public void AnswerDoneNow(int endpoint, ulong senderCookie)
    {
        PeerChannel peer = ChannelOf(endpoint);
        var header = new FrameHeader { Kind = MessageKind.Done, Word0 = senderCookie };
        if (peer.LostReason is null && (peer.FirstQueued is not null || !_endpoint.TrySend(endpoint, in header, default)))
            AnswerDone(endpoint, senderCookie);
    }

    /// <summary>One pass over the peers for which something waits.</summary>
    /// <returns>How much went out.</returns>
    public int Advance()
    {
        int done = 0;
        for (int i = _active.Count - 1; i >= 0; i--)
        {
            PeerChannel peer = _active[i];
            done += AdvanceQueue(peer);
            done += AdvancePush(peer);
            if (peer.FirstQueued is null && peer.FirstPush is null)
            {
                peer.IsActive = false;
                _active.RemoveAt(i);
            }
        }
        return done;
    }

    /// <summary>The receiver asks for fragments.</summary>
    public void OnClearToSend(int peer, ulong cookie, in ClearToSend clear)
    {
        RequestState? send = FindAnnounced(peer, cookie, "ClearToSend");
        if (send is null)
            return;
        NoteAnswered(ChannelOf(peer));
        if (clear.LengthBytes < 0 || clear.LengthBytes > send.Buffer.LengthBytes)
        {
            core.Fault(Throw.Malformed(core, peer, $"it asks for {clear.LengthBytes} bytes of a message of {send.Buffer.LengthBytes}"));
            return;
        }
        send.RemoteCookie = clear.ReceiverCookie;
        send.TransferBytes = (nint)clear.LengthBytes;
        send.MovedBytes = 0;
        send.Step = TransferStep.Pushing;
        PeerChannel channel = ChannelOf(peer);
        channel.EnqueuePush(send);
        Activate(channel);
    }

    /// <summary>The receiver has all it needs.</summary>
    public void OnDone(int peer, ulong cookie)
    {
        if (FindAnnounced(peer, cookie, "Done") is { } send)
        {
            NoteAnswered(ChannelOf(peer));
            core.Progress.Complete(send, Status.Empty);
        }
    }

    /// <summary>Drops what waits for a peer that is gone.</summary>
    public void OnPeerLost(int endpoint, string reason)
    {
        PeerChannel peer = ChannelOf(endpoint);
        for (RequestState? message = peer.FirstQueued; message is not null;)
        {
            RequestState? next = message.NextOut;
            if (message.Kind == OperationKind.Control)
                core.Requests.Return(message);
            message = next;         // sends and receives are failed by the caller, who looks at all operations
        }
        peer.Lose(reason);
        ForgetAnnounced(peer);
    }

    private int AdvanceQueue(PeerChannel peer)
    {
        int done = 0;
        while (peer.FirstQueued is { } message && TryIssue(peer, message))
        {
            peer.Dequeue();
            if (message.Kind == OperationKind.Control)
                core.Requests.Return(message);
            else if (message.Step == TransferStep.Queued)
                core.Progress.Complete(message, Status.Empty);      // gone whole; not before it has left the queue, for completion ends its life
            done++;
        }
        return done;
    }

    private int AdvancePush(PeerChannel peer)
    {
        int done = 0;
        while (peer.FirstPush is { } send)
        {
            var header = new FrameHeader { Kind = MessageKind.Fragment, Word0 = send.RemoteCookie };
            int offered = (int)Math.Min(send.TransferBytes - send.MovedBytes, OfferBytesMax);
            int taken = _endpoint.TrySendFragment(peer.Endpoint, in header, send.Buffer.Bytes(send.MovedBytes, offered));
            if (taken == 0)
                break;
            done++;
            send.MovedBytes += taken;
            if (send.MovedBytes < send.TransferBytes)
                continue;
            peer.DequeuePush();
            core.Progress.Complete(send, Status.Empty);
        }
        return done;
    }

    /// <summary>Sends one message of the queue, or its announcement.</summary>
    /// <returns>False when there is no room now. A send that went whole stays in step Queued, for the caller to complete.</returns>
    private bool TryIssue(PeerChannel peer, RequestState message)
    {
        return message.Step switch
        {
            TransferStep.Queued => TryIssueSend(peer, message),
            TransferStep.Receiving => TryIssueClearToSend(peer, message),
            TransferStep.AnswerDone => TryIssueDone(peer, message),
            _ => throw new UnreachableException($"a message in step {message.Step} is in a queue"),
        };
    }

    private bool TryIssueSend(PeerChannel peer, RequestState send)
    {
        if (send.Loan is { } loan && TakesTicket(peer, loan))
            return TryIssueLoan(peer, send, loan);
        nint length = send.Buffer.LengthBytes;
        var header = new FrameHeader { Kind = MessageKind.Eager, Word0 = send.Context, Word1 = (uint)send.Tag, Word2 = send.TypeHash };
        if (!send.Synchronous && IsEager(peer, send.Buffer.FixedAddress, length))
        {
            if (_endpoint.TrySend(peer.Endpoint, in header, send.Buffer.Bytes(0, (int)length)))
                return true;
            if (length <= InlineBytesMax)
                return false;
        }

        // Too long, synchronous, or without credit: the payload stays here, pinned, until the receiver answers.
        send.Pin.Pin(in send.Buffer);
        header.Kind = MessageKind.RendezvousRequest;
        Span<byte> payload = stackalloc byte[RendezvousRequest.SizeBytes];
        long place = _endpoint.PlaceOf(peer.Endpoint, send.Buffer.Fixed());
        new RendezvousRequest(length, place, send.Cookie).Write(payload);
        if (!_endpoint.TrySend(peer.Endpoint, in header, payload))
            return false;
        send.RemotePlace = place;
        send.Step = TransferStep.Announced;
        NoteAnnounced(peer);
        return true;
    }

    private bool TryIssueClearToSend(PeerChannel peer, RequestState receive)
    {
        var header = new FrameHeader { Kind = MessageKind.ClearToSend, Word0 = receive.RemoteCookie };
        Span<byte> payload = stackalloc byte[ClearToSend.SizeBytes];
        new ClearToSend(receive.Cookie, receive.TransferBytes).Write(payload);
        return _endpoint.TrySend(peer.Endpoint, in header, payload);
    }

    private bool TryIssueDone(PeerChannel peer, RequestState answer)
    {
        var header = new FrameHeader { Kind = MessageKind.Done, Word0 = answer.RemoteCookie };
        return _endpoint.TrySend(peer.Endpoint, in header, default);
    }

    /// <summary>True when a message goes at once. One of middling length may be better announced, though it could.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool IsEager(PeerChannel peer, nint fixedAddress, nint lengthBytes) =>
        lengthBytes <= peer.EagerBytesMax && (lengthBytes <= peer.MiddlingBytesMin || !_endpoint.IsBetterCopiedOnce(peer.Endpoint, fixedAddress, lengthBytes));

    private RequestState? FindAnnounced(int peer, ulong cookie, string kind)
    {
        RequestState? send = core.Requests.Find(cookie);
        if (send is { Kind: OperationKind.Send, Step: TransferStep.Announced } && send.Peer == peer)
            return send;
        core.Fault(Throw.Malformed(core, peer, $"a {kind} names send {cookie:x}, which this rank has not announced to it"));
        return null;
    }

    private void Enqueue(PeerChannel peer, RequestState message)
    {
        peer.Enqueue(message);
        Activate(peer);
    }

    private void Activate(PeerChannel peer)
    {
        if (peer.IsActive)
            return;
        peer.IsActive = true;
        _active.Add(peer);
    }

    private PeerChannel MakeChannel(int endpoint) =>
        _channels[endpoint] = new PeerChannel(endpoint, endpoint == _endpoint.Id ? -1 : _endpoint.EagerBytesMax(endpoint), _endpoint.AgentOf(endpoint) == AgentKind.Shm);
}
