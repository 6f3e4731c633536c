using System;
using System.Runtime.CompilerServices;
using System.Threading;

namespace Umps.Transport.Agents.Link;

/// <summary>The sending half: messages become frames, frames leave as the windows allow.</summary>
internal sealed unsafe partial class LinkAgent<TCarrier>
{
    /// <summary>Units that messages leave for acknowledgements.</summary>
    private const int UnitsForAcks = 32;

    /// <summary>Whoever has so many frames under way to a peer sends a burst, though passes and pauses be in it: one more has time to be filled.</summary>
    private const int UnderWayOfABurst = 16;

    private int _frames;                // made and not acknowledged
    private bool _isBlocked;            // the carrier had no room
    private bool _mayGather;

    /// <summary>Passes so far: a burst has none in it.</summary>
    internal long Passes { get; private set; }

    /// <inheritdoc cref="Endpoint.HasGathered"/>
    public bool HasGathered => Volatile.Read(ref _gatheredSince) != 0;

    /// <inheritdoc cref="Endpoint.HasOldGathered"/>
    /// <remarks>So, too, when something is due: an acknowledgement, a frame to be sent again. The helper that finds so asks <see cref="HasOnlyGathered"/> next, by the same clock.</remarks>
    public bool HasOldGathered
    {
        get
        {
            long now = _carrier.Now;
            Volatile.Write(ref _clock, now);
            return (now >= DueAt && HasUnsent) || (Volatile.Read(ref _gatheredSince) is not 0 and var since && Burst.IsOld(since, now));
        }
    }

    /// <inheritdoc cref="Endpoint.HasOnlyGathered"/>
    /// <remarks>Frames under way need nobody until they are due, either. As of the last time that anybody has looked at the clock: asked after each send, it would take as long as the send.</remarks>
    public bool HasOnlyGathered => HasUnsent && !_isBlocked && _clock < DueAt;

    /// <inheritdoc cref="Endpoint.AllowGathering"/>
    public void AllowGathering() => _mayGather = true;

    /// <inheritdoc cref="Endpoint.FlushGathered"/>
    public void FlushGathered()
    {
        if (_gatheredSince != 0)
            Flush();
    }

    /// <inheritdoc/>
    public bool TrySend(int peer, in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        int length = payload.Length;
        if (length > Options.EagerBytesMax)
            throw Throw.PayloadTooLong(peer, length, Options.EagerBytesMax);
        LinkPeer to = _peers[peer] ?? Contact(peer);
        if (to.State == LinkPeerState.Lost)
            return false;
        if (length > LinkPeer.FreeBytesMax && !to.HasCredit(length))
            return RefuseForCredit(to);
        bool isWhole = length <= to.PayloadMax;
        bool fits = isWhole && FitsOpen(to, length);
        if (!fits && RoomOf(to) < (isWhole ? 1 : FramesOf(to, length)))
            return RefuseForRoom();

        _perMessage?.OnSend(payload);
        long now = _clock = _carrier.Now;
        _streamFrames = 0;
        bool isBurst = _mayGather && !_sleepIsNear && length <= Burst.PayloadBytesMax && (to.Burst.Note(now, Passes) | (to.Out.UnderWay >= UnderWayOfABurst));
        if (!isWhole)
            AddInPieces(to, in header, payload);
        else if (fits || !TryAddInTwo(to, in header, payload))
            AddRecord(to, LinkRecordType.Message, in header, payload, length);
        if (length > LinkPeer.FreeBytesMax)
            to.EagerSent += (uint)length;
        Counters.MessagesSent++;
        if (isBurst)
        {
            Gather(to, now);
            return true;
        }
        to.Out.Release();
        Transmit(to, now);
        Flush();
        return true;
    }

    /// <inheritdoc/>
    /// <remarks>A fragment is a frame: one that is begun is finished.</remarks>
    public int TrySendFragment(int peer, in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        LinkPeer to = _peers[peer] ?? Contact(peer);
        if (to.State == LinkPeerState.Lost || payload.IsEmpty)
            return 0;
        int frames = Math.Min(RoomOf(to) - FramesForMessages, (payload.Length - 1) / to.PayloadMax + 1);
        if (frames <= 0)
        {
            RefuseForRoom();
            return 0;
        }
        int taken = 0;
        _streamFrames = 0;
        for (int i = 0; i < frames; i++)
        {
            int length = Math.Min(payload.Length - taken, to.PayloadMax);
            AddRecord(to, LinkRecordType.Fragment, in header, payload.Slice(taken, length), length);
            taken += length;
        }
        Counters.FragmentsSent += frames;
        to.Out.Release();
        Transmit(to, _carrier.Now);
        Flush();
        return taken;
    }

    /// <summary>Frames that fragments leave for messages: an envelope does not wait for a long transfer.</summary>
    private const int FramesForMessages = 8;

    /// <summary>Frames to a peer that can be made now.</summary>
    private int RoomOf(LinkPeer to)
    {
        int share = Math.Max(MessageFramesMax(to), (_carrier.Units - UnitsForAcks) / Math.Max(1, _contacted.Count)) - to.Out.Count;
        return Math.Min(Math.Min(to.Out.Room, share), _carrier.FreeUnits - UnitsForAcks);
    }

    private int MessageFramesMax(LinkPeer to) => FramesOf(to, Options.EagerBytesMax) + FramesForMessages;

    /// <summary>Frames of a message. Only the first has its words.</summary>
    private static int FramesOf(LinkPeer to, int lengthBytes) => lengthBytes <= to.PayloadMax ? 1 : 1 + (lengthBytes - to.PayloadMax + to.ContinuationMax - 1) / to.ContinuationMax;

    private void AddInPieces(LinkPeer to, in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        OpenFrame(to, out _);       // pieces are cut for frames of their own: the first ends with its frame
        AddRecord(to, LinkRecordType.Message, in header, payload[..to.PayloadMax], payload.Length);
        for (int at = to.PayloadMax; at < payload.Length; at += to.ContinuationMax)
            AddRecord(to, LinkRecordType.Continuation, in header, payload.Slice(at, Math.Min(payload.Length - at, to.ContinuationMax)), payload.Length - at);
    }

    private LinkFrameHeader HeaderTo(LinkPeer to, LinkFrameType type) => new()
    {
        Magic = LinkFrameHeader.MagicValue,
        Version = LinkFrameHeader.LayoutVersion,
        TypeAndFlags = (byte)type,
        Token = to.Token,
        FromAndRoom = (uint)_directory.OwnId,
    };

    /// <summary>Sends frames of a peer as far as its windows and the carrier allow.</summary>
    private void Transmit(LinkPeer to, long now)
    {
        if (to.State != LinkPeerState.Open)
            return;
        bool any = false;
        while (to.Out.TryPeek(out uint sequence, out int unit, out int length))
        {
            if (_carrier.IsBusy(unit))
            {
                if (!_carrier.Flush())
                    Block();
                if (_carrier.IsBusy(unit))
                    break;          // an earlier copy has not left yet: no need of another
            }
            Seal(to, _carrier.UnitBytes(unit), length);
            if (!_carrier.TryEnqueue(to.Id, unit, length))
            {
                Block();
                break;
            }
            if (to.Out.OnSent(sequence, now))
                Counters.Retransmissions++;
            Counters.FramesSent++;
            any = true;
        }
        if (!any)
            return;
        to.SentAt = now;
        if (_lateAcks > 0)
            NoteRide(now);
        NoteAcked(to);
        Schedule(to.Out.TimeoutAt);
    }

    /// <summary>Writes into a frame what this side has, and its check.</summary>
    private void Seal(LinkPeer to, byte* frame, int lengthBytes)
    {
        ((LinkFrameHeader*)frame)->Tell(to.In.Expected, WindowFrames, to.EagerConsumed);
        LinkFrameHeader.Seal(frame, lengthBytes);
    }

    /// <summary>Frames that a peer may have under way to here: its share of what the carrier holds.</summary>
    private int WindowFrames => Math.Min(Options.WindowFrames, Math.Max(LinkOptions.WindowFramesMin, _carrier.ReceiveFramesMax / Math.Max(1, _open)));

    private void Flush()
    {
        if (_gatheredSince != 0)
            ReleaseGathered();
        if (!_carrier.Flush())
            Block();
    }

    /// <summary>The carrier has no room: some frames leave when it has, and whoever sleeps is woken for it.</summary>
    private void Block()
    {
        _isBlocked = true;
        if (_wakesSleeper)
            PlanSleep();
    }

    private void SendBlocked(long now)
    {
        if (!_carrier.Flush())
            return;
        _isBlocked = false;
        foreach (LinkPeer peer in _contacted)
            Transmit(peer, now);
    }

    private bool RefuseForCredit(LinkPeer to)
    {
        Counters.RefusedForCredit++;
        if (!to.WantsCredit)
        {
            to.WantsCredit = true;
            to.AskPause = AskPauseMin;
            to.AskAt = _carrier.Now + to.AskPause;
            Schedule(to.AskAt);
        }
        return false;
    }

    private bool RefuseForRoom()
    {
        Counters.RefusedForRoom++;
        FlushGathered();
        return false;
    }
}
