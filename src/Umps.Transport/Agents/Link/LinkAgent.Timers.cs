using System;
using System.Runtime.CompilerServices;
using System.Threading;
using Umps.Transport.Polling;

namespace Umps.Transport.Agents.Link;

/// <summary>Deadlines: frames to be sent again, acknowledgements, hellos, and peers that are silent.</summary>
/// <remarks>
/// One time stands for all, <see cref="_dueAt"/>, which each pass compares; a sleeper wakes for it (<see cref="SleepSet.Plan"/>). What is due is looked for among the contacted peers then, and only then.
/// Silence: a process sends something at least every eighth of the patience, from a thread of its own if its program computes. Only time in which this side looked, or slept on the carrier, counts: who
/// has not looked for long may have missed what the kernel had no room for.
/// </remarks>
internal sealed unsafe partial class LinkAgent<TCarrier>
{
    private const long Millisecond = 1_000_000;
    private const long HelloPauseMin = 10 * Millisecond;
    private const long HelloPauseMax = 1000 * Millisecond;
    private const long AskPauseMin = 20 * Millisecond;
    private const long AskPauseMax = 1000 * Millisecond;

    /// <summary>Longer between two passes, and this side has not been looking.</summary>
    private const long GapMax = 500 * Millisecond;

    /// <summary>A peer is believed to be gone when the network has said so this often, over this time, and nothing of it has come between: one such word can be forged, or be about a passing trouble.</summary>
    private const int RefusalsMax = 3;
    private const long RefusedMin = 500 * Millisecond;

    private readonly LinkKeeper _keeper;
    private long _dueAt = long.MaxValue;        // all but acknowledgements
    private long _lookedAt;

    /// <summary>Nanoseconds between signs of life.</summary>
    private long Interval => (long)(Options.PeerTimeoutSeconds * 1000 * Millisecond / 8);

    private long Silence => 8 * Interval;

    private void Schedule(long at)
    {
        if (at >= _dueAt)
            return;
        Volatile.Write(ref _dueAt, at);
        if (_wakesSleeper)
            PlanSleep();
    }

    /// <summary>When somebody has to look, though nothing comes.</summary>
    private long DueAt => _owed.Count > 0 ? Math.Min(Volatile.Read(ref _dueAt), _owedSince + AckNanoseconds) : Volatile.Read(ref _dueAt);

    /// <summary>Tells who sleeps what for. To whole milliseconds of the clock, so that deadlines of several frames and agents are one wake-up.</summary>
    private void PlanSleep()
    {
        long until = _lost.Count > 0 ? 0 : DueAt;
        if (until <= long.MaxValue - Millisecond)
            until = (until + Millisecond - 1) / Millisecond * Millisecond;
        _sleepers?.Plan(_sleepPlace, wantsRoom: _isBlocked, until);
    }

    /// <summary>Nothing is under way: deadlines of frames that have arrived since wake nobody.</summary>
    private void ForgetDeadlines()
    {
        long now = _carrier.Now;
        if (_dueAt - now < Interval / 2)
            RunTimers(now);
    }

    private void NoteLook(long now)
    {
        if (now - _lookedAt > GapMax && !_wakesSleeper)
        {
            foreach (LinkPeer peer in _contacted)
                peer.HeardAt = now;
        }
        _lookedAt = now;
    }

    private void RunTimers(long now)
    {
        long next = long.MaxValue;
        SendAcks(all: true);
        for (int i = _contacted.Count - 1; i >= 0; i--)
        {
            LinkPeer peer = _contacted[i];
            if (peer.State == LinkPeerState.Connecting)
            {
                if (now >= peer.HelloAt)
                    SayHello(peer, now);
                next = Math.Min(next, peer.HelloAt);
                continue;
            }
            if (now - peer.HeardAt >= Silence && _isDrained)
            {
                Lose(peer, LinkWords.Silent((now - peer.HeardAt) / (1000.0 * Millisecond)));
                continue;
            }
            next = Math.Min(next, Math.Max(peer.HeardAt + Silence, now + Millisecond));
            if (now >= peer.Out.TimeoutAt)
            {
                if (peer.Out.OnTimeout(now))
                    Counters.Timeouts++;
                else
                    Counters.Probes++;
                Transmit(peer, now);
            }
            next = Math.Min(next, peer.Out.TimeoutAt);
            if (peer.WantsCredit)
                next = Math.Min(next, AskForCredit(peer, now));
        }
        Volatile.Write(ref _dueAt, next);
        if (_wakesSleeper)
            PlanSleep();
    }

    /// <summary>Asks again what the peer has consumed: the word of it may have been lost.</summary>
    private long AskForCredit(LinkPeer peer, long now)
    {
        if (now < peer.AskAt)
            return peer.AskAt;
        SendAck(peer, LinkFrameHeader.AnswerWanted);
        peer.AskPause = Math.Min(2 * peer.AskPause, AskPauseMax);
        return peer.AskAt = now + peer.AskPause;
    }

    private void SayHello(LinkPeer peer, long now)
    {
        SendHello(peer, LinkFrameHeader.AnswerWanted);
        peer.HelloAt = now + Math.Min(HelloPauseMin << Math.Min(peer.Hellos++, 10), HelloPauseMax);
        Schedule(peer.HelloAt);
    }

    private void SendHello(LinkPeer peer, byte flags)
    {
        byte* frame = stackalloc byte[LinkFrameHeader.FrameBytesMin];
        LinkFrameHeader hello = HeaderTo(peer, LinkFrameType.Hello);
        hello.TypeAndFlags |= flags;
        hello.Credit = (uint)Options.EagerCreditBytes;
        WriteBare(frame, in hello);
        Seal(peer, frame, LinkFrameHeader.FrameBytesMin);
        _carrier.SendAtOnce(peer.Id, new ReadOnlySpan<byte>(frame, LinkFrameHeader.FrameBytesMin));
    }

    /// <summary>A frame that is nothing but its header, of the least length.</summary>
    private static void WriteBare(byte* frame, in LinkFrameHeader header)
    {
        Unsafe.InitBlockUnaligned(frame + LinkFrameHeader.SizeBytes, 0, LinkFrameHeader.FrameBytesMin - LinkFrameHeader.SizeBytes);
        Unsafe.WriteUnaligned(frame, header);
    }

    /// <summary>Tells peers that have heard nothing for a while that the process lives. On the keeper's thread.</summary>
    private void SayAlive()
    {
        byte* frame = stackalloc byte[LinkFrameHeader.FrameBytesMin];
        long now = _carrier.Now;
        for (int i = 0; i < _peers.Length; i++)
        {
            LinkPeer? peer = Volatile.Read(ref _peers[i]);
            if (peer is null || peer.State != LinkPeerState.Open || now - peer.SentAt < Interval / 2)
                continue;
            WriteBare(frame, HeaderTo(peer, LinkFrameType.Heartbeat));
            LinkFrameHeader.Seal(frame, LinkFrameHeader.FrameBytesMin);
            _carrier.SendAtOnce(peer.Id, new ReadOnlySpan<byte>(frame, LinkFrameHeader.FrameBytesMin));
        }
    }

    private void OnRefusal(int id)
    {
        if (_peers[id] is not { } peer || peer.State == LinkPeerState.Lost)
            return;
        Counters.Refusals++;
        long now = _carrier.Now;
        if (peer.Refusals++ == 0)
            peer.RefusedSince = now;
        if (peer.Refusals >= RefusalsMax && now - peer.RefusedSince >= RefusedMin && _isDrained)
            Lose(peer, peer.State == LinkPeerState.Open ? LinkWords.Refused : LinkWords.Unreachable(peer.Addresses));
    }
}
