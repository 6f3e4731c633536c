using System;
using System.Collections.Generic;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Umps.Transport.Agents.Link;

/// <summary>The receiving half: frames are checked, put in order, delivered and acknowledged.</summary>
internal sealed unsafe partial class LinkAgent<TCarrier>
{
    /// <summary>Frames after which one pass asks the carrier for no more: other agents have their turn.</summary>
    private const int FramesAPass = 128;

    /// <summary>Longer messages are no messages: EagerBytesMax ends here on every endpoint.</summary>
    private const int MessageBytesMax = LinkOptions.EagerBytesMaxMax;

    /// <summary>Frames of a peer that are acknowledged by one frame.</summary>
    private const int FramesAnAck = 16;

    /// <summary>An acknowledgement waits no longer than this for a frame to ride on: what the progress helper's nap takes.</summary>
    private const long AckNanoseconds = 200_000;

    /// <summary>And no longer than this while this side looks and finds nothing more: frames of a stream come with such gaps between them, and an acknowledgement costs both sides what a frame does.</summary>
    private const long AckIdleNanoseconds = 50_000;

    /// <summary>Acknowledgements in a row that were late before those that follow leave with the end of a call.</summary>
    private const int LateAcksToLearn = 3;

    /// <summary>Of so many passes that find nothing one looks at the clock: it takes as long as all the rest of the pass, and an arrival would wait for it.</summary>
    private const int PassesAClock = 4;

    /// <summary>Frames that came one after the other, while nothing was sent: a stream.</summary>
    private const int FramesOfAStream = 32;

    /// <summary>Who has caught up with a stream looks again after this time: some two or three frames.</summary>
    private const long RestNanoseconds = 2500;

    private int _streamFrames;                      // since this side has last sent a message
    private long _restUntil;                        // 0: does not rest
    private uint _emptyPasses;
    private readonly List<LinkPeer> _owed = [];     // acknowledgements
    private long _owedSince;                        // the first of them
    private int _lateAcks;                          // since one rode on a frame
    private long _endedCallAt;                      // when acknowledgements left with the end of a call
    private bool _isDrained;                        // the last pass has seen the end of what had arrived

    private int ReceiveAll<THandler>(ref THandler handler) where THandler : struct, IFrameHandler
    {
        int done = 0;
        if (_restOf is { } interrupted)
        {
            DeliverRest(ref handler);
            DeliverKept(interrupted, ref handler);
        }
        while (done < FramesAPass)
        {
            int count = _carrier.Receive();
            _isDrained = count < _carrier.ReceiveMax;
            if (count == 0)
                break;
            long now = _carrier.Now;
            _streamFrames += count;
            for (int i = 0; i < count; i++)
                OnFrame(i, now, ref handler);
            done += count;
            if (_isDrained)
                break;
        }
        while (_carrier.TryTakeRefusal(out int peer))
            OnRefusal(peer);
        if (_streamFrames >= FramesOfAStream && MayRest && _isDrained && !_wakesSleeper)
            _restUntil = _carrier.Now + RestNanoseconds;
        return done;
    }

    /// <summary>The reader of a stream who has caught up lets some frames come before it looks again, for each look takes a cache line, or a lock, away from who writes (decision 0130).</summary>
    private bool RestGoesOn()
    {
        if (!_wakesSleeper && _carrier.Now < _restUntil)
            return true;
        _restUntil = 0;
        return false;
    }

    private void OnFrame<THandler>(int index, long now, ref THandler handler) where THandler : struct, IFrameHandler
    {
        byte* frame = _carrier.Frame(index, out int length);
        Counters.FramesReceived++;
        if (!LinkFrameHeader.IsSound(frame, length))
        {
            Counters.Corrupt++;
            return;
        }
        ref readonly LinkFrameHeader header = ref Unsafe.AsRef<LinkFrameHeader>(frame);
        if (!IsOfThisJob(in header))
        {
            Counters.Forged++;
            return;
        }
        LinkPeer? known = _peers[header.From];
        if (known is null && (header.Type != LinkFrameType.Hello || _disposed))
        {
            Counters.BeforeHello++;
            return;
        }
        LinkPeer peer = known ?? Greet(header.From);
        if (peer.State == LinkPeerState.Lost)
            return;
        if (header.Version != LinkFrameHeader.LayoutVersion)
        {
            Lose(peer, LinkWords.Version(header.Version));
            return;
        }
        peer.HeardAt = now;
        peer.Refusals = 0;
        if (header.Type == LinkFrameType.Heartbeat)
            return;
        if (header.Type == LinkFrameType.Hello)
        {
            OnHello(peer, index, in header, now);
            return;
        }
        if (peer.State != LinkPeerState.Open)
        {
            Counters.BeforeHello++;
            return;
        }
        int words = header.Type == LinkFrameType.Ack ? Math.Min((length - LinkFrameHeader.SizeBytes) / sizeof(ulong), LinkFrameHeader.BitmapWords) : 0;
        if (!OnAck(peer, in header, new ReadOnlySpan<ulong>(frame + LinkFrameHeader.SizeBytes, words), now))
            return;
        switch (header.Type)
        {
            case LinkFrameType.Ack:
                Counters.AcksReceived++;
                if (header.WantsAnswer)
                    Owe(peer, isUrgent: true, now);
                break;
            case LinkFrameType.Records:
                OnOrdered(peer, index, frame, length, now, ref handler);
                break;
            default:
                Lose(peer, LinkWords.Malformed($"a frame of type {(int)header.Type}"));
                break;
        }
    }

    private bool IsOfThisJob(in LinkFrameHeader header)
    {
        int from = header.From;
        if ((uint)from >= (uint)_tokensIn.Length || from == _directory.OwnId)
            return false;
        if (_tokensIn[from] == 0)
            _tokensIn[from] = LinkToken.Of(_directory.Secret.Span, from, _directory.OwnId);
        return header.Token == _tokensIn[from];
    }

    /// <summary>Somebody who was not contacted says hello.</summary>
    private LinkPeer Greet(int id)
    {
        LinkPeer peer = Add(id);
        _carrier.TryAddPeer(id, "");
        return peer;
    }

    private void OnHello(LinkPeer peer, int index, in LinkFrameHeader header, long now)
    {
        if (peer.State == LinkPeerState.Connecting)
        {
            _carrier.Learn(peer.Id, index);
            peer.SetFrameBytesMax(_carrier.FrameBytesMaxTo(peer.Id));
            peer.CreditBytes = header.Credit;
            peer.Out.RaiseEdge(header.Edge);
            peer.HelloAt = long.MaxValue;
            peer.State = LinkPeerState.Open;
            _open++;
            _keeper.Start();
            Schedule(now + Interval);
            Transmit(peer, now);
        }
        if (header.WantsAnswer)
            SendHello(peer, flags: 0);
    }

    /// <summary>Takes what a frame says of the other way.</summary>
    /// <returns>False when it cannot be true: the frame does not count.</returns>
    private bool OnAck(LinkPeer peer, in LinkFrameHeader header, ReadOnlySpan<ulong> bitmap, long now)
    {
        int before = peer.Out.Count;
        int units = peer.Out.Acknowledge(header.Ack, bitmap, now, new Span<int>(_done, SendWindow.FramesMax));
        if (units < 0)
        {
            Counters.OutsideWindow++;
            return false;
        }
        for (int i = 0; i < units; i++)
            _carrier.ReturnUnit(_done[i]);
        _frames -= before - peer.Out.Count;
        peer.Out.RaiseEdge(header.Edge);
        peer.NoteConsumed(header.Consumed);
        if (before > 0)
        {
            Transmit(peer, now);
            Schedule(peer.Out.TimeoutAt);
        }
        return true;
    }

    private void OnOrdered<THandler>(LinkPeer peer, int index, byte* frame, int length, long now, ref THandler handler) where THandler : struct, IFrameHandler
    {
        uint sequence = Unsafe.AsRef<LinkFrameHeader>(frame).Sequence;
        switch (peer.In.PlaceOf(sequence))
        {
            case FramePlace.Next:
                peer.In.Advance();
                peer.AcksOwed++;
                Owe(peer, isUrgent: false, now);
                Deliver(peer, frame, length, ref handler);
                DeliverKept(peer, ref handler);
                break;
            case FramePlace.Early when _carrier.TryKeep(index, out int token):
                Counters.Early++;
                peer.In.Keep(sequence, _carrier.Frame(index, out _), length, token);
                Owe(peer, isUrgent: true, now);
                break;
            case FramePlace.Early:
                Counters.NotKept++;
                Owe(peer, isUrgent: true, now);
                break;
            case FramePlace.Repeated:
                Counters.Duplicates++;
                Owe(peer, isUrgent: true, now);
                break;
            default:
                Counters.OutsideWindow++;
                break;
        }
    }

    private void DeliverKept<THandler>(LinkPeer peer, ref THandler handler) where THandler : struct, IFrameHandler
    {
        while (peer.State == LinkPeerState.Open && peer.In.TryTakeKept(out ReceiveWindow.KeptFrame kept))
        {
            peer.AcksOwed++;
            try
            {
                Deliver(peer, kept.Bytes, kept.LengthBytes, ref handler);
            }
            finally
            {
                _carrier.ReturnKept(kept.Token);
            }
        }
    }

    // ── acknowledgements ────────────────────────────────────────────────────────────────────────────────────────────

    private void Owe(LinkPeer peer, bool isUrgent, long now)
    {
        peer.OwesAckNow |= isUrgent;
        if (peer.IsOwed)
            return;
        peer.IsOwed = true;
        if (_owed.Count == 0)
            _owedSince = now;
        _owed.Add(peer);
    }

    /// <summary>A quarter of the credit has been consumed, and the peer not told.</summary>
    private bool OwesCredit(LinkPeer peer) => peer.EagerConsumed - peer.EagerConsumedTold >= (uint)Options.EagerCreditBytes / 4;

    /// <summary>A frame has left that says what this side has.</summary>
    private static void NoteAcked(LinkPeer peer)
    {
        peer.EagerConsumedTold = peer.EagerConsumed;
        peer.AcksOwed = 0;      // OwesAckNow stays: only a frame of its own has the bitmap
    }

    /// <inheritdoc cref="Endpoint.EndCall"/>
    /// <remarks>A program that computes after a receive, and sends no answer, would leave each acknowledgement to the helper's nap, and its peer without a word for longer than that one has patience.</remarks>
    public void EndCall()
    {
        if (_lateAcks < LateAcksToLearn || _owed.Count == 0)
            return;
        SendAcks(all: true);
        Flush();
        _endedCallAt = _carrier.Now;
    }

    /// <summary>A frame leaves for a peer: an acknowledgement might have ridden on it.</summary>
    private void NoteRide(long now)
    {
        if (_owed.Count > 0 || now - _endedCallAt < AckNanoseconds)
            _lateAcks = 0;
    }

    private void SendAcksInTime(long age, bool isQuiet)
    {
        bool isLate = age >= AckNanoseconds;
        if (isLate && _lateAcks < LateAcksToLearn)
            _lateAcks++;
        SendAcks(all: isLate || (isQuiet && age >= AckIdleNanoseconds));
    }

    private void SendAcks(bool all)
    {
        for (int i = _owed.Count - 1; i >= 0; i--)
        {
            LinkPeer peer = _owed[i];
            bool isOwed = peer.AcksOwed > 0 || peer.OwesAckNow;
            if (isOwed && !all && !peer.OwesAckNow && peer.AcksOwed < FramesAnAck && !OwesCredit(peer))
                continue;
            if (isOwed && !SendAck(peer, flags: 0))
                return;         // no unit, or no room; later
            peer.IsOwed = false;
            _owed.RemoveAt(i);
        }
    }

    /// <summary>Sends what has arrived from a peer, and what has been consumed.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="flags">Of the frame.</param>
    /// <returns>False when it finds no room now.</returns>
    private bool SendAck(LinkPeer peer, byte flags)
    {
        if (peer.State != LinkPeerState.Open || _carrier.FreeUnits == 0)
            return peer.State != LinkPeerState.Open;
        int unit = _carrier.TakeUnit();
        byte* frame = _carrier.UnitBytes(unit);
        LinkFrameHeader head = HeaderTo(peer, LinkFrameType.Ack);
        ulong* bitmap = stackalloc ulong[LinkFrameHeader.BitmapWords];
        int bytes = Math.Max(peer.In.WriteBitmap(new Span<ulong>(bitmap, LinkFrameHeader.BitmapWords)) * sizeof(ulong), LinkFrameHeader.FrameBytesMin - LinkFrameHeader.SizeBytes);
        head.TypeAndFlags |= flags;
        Unsafe.WriteUnaligned(frame, head);
        Unsafe.CopyBlockUnaligned(frame + LinkFrameHeader.SizeBytes, bitmap, (uint)bytes);
        Seal(peer, frame, LinkFrameHeader.SizeBytes + bytes);
        bool sent = _carrier.TryEnqueue(peer.Id, unit, LinkFrameHeader.SizeBytes + bytes);
        _carrier.ReturnUnit(unit);
        if (!sent)
        {
            Block();
            return false;
        }
        Counters.AcksSent++;
        peer.SentAt = _carrier.Now;
        NoteAcked(peer);
        peer.OwesAckNow = false;
        return true;
    }
}
