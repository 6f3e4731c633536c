using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;

namespace Umps.Transport.Agents.Link;

/// <summary>How messages come to lie in frames: the last frame that is made takes more of them until it is sent.</summary>
/// <remarks>
/// A message that is sent alone leaves at once, in a frame of its own. Those of a burst (<see cref="Burst"/>), and all that wait for room under way, share frames: what is under way is counted by frames, so
/// packing makes every window longer. A frame that a carrier has taken is never written to again, but for what a repetition says anew.
/// </remarks>
internal sealed unsafe partial class LinkAgent<TCarrier>
{
    /// <summary>A frame with less room is as good as full: both sides copy a message in pieces once more.</summary>
    private const int PieceBytesMin = 128;

    private readonly List<LinkPeer> _gathering = [];    // their last frames are held back for more
    private long _gatheredSince;                        // something of a burst waits, here or in the carrier, since then; 0: nothing does

    /// <summary>The last frame to a peer has room for this message.</summary>
    private static bool FitsOpen(LinkPeer to, int lengthBytes) =>
        to.Out.TryOpen(out _, out int used) && used + LinkRecordHeader.SizeBytes + lengthBytes <= to.FrameBytesMax;

    /// <summary>Puts a record into the last frame, if it is not sent and has room, or into a new one.</summary>
    /// <param name="to">The peer.</param>
    /// <param name="type">What it is.</param>
    /// <param name="header">Its kind and words.</param>
    /// <param name="payload">What of it is in this frame.</param>
    /// <param name="lengthBytes">See <see cref="LinkRecordHeader.LengthBytes"/>.</param>
    private void AddRecord(LinkPeer to, LinkRecordType type, in FrameHeader header, ReadOnlySpan<byte> payload, int lengthBytes)
    {
        if (!to.Out.TryOpen(out int unit, out int used) || type == LinkRecordType.Continuation || RoomIn(to, unit, used, in header) < payload.Length)
            unit = OpenFrame(to, out used);
        byte* frame = _carrier.UnitBytes(unit), record = frame + used;
        bool isShort = type == LinkRecordType.Continuation || HasWords(to, frame, in header);
        var head = (LinkRecordHeader*)record;
        int headBytes = isShort ? LinkRecordHeader.ShortBytes : LinkRecordHeader.SizeBytes;
        int bytes = LinkRecordHeader.Padded(headBytes + payload.Length);
        *(ulong*)(record + bytes - LinkRecordHeader.Alignment) = 0;     // the padding
        head->TypeAndFlags = isShort && type != LinkRecordType.Continuation ? (byte)((byte)type | LinkRecordHeader.SameWords) : (byte)type;
        head->Kind = header.Kind;
        head->Zero = 0;
        head->LengthBytes = (uint)lengthBytes;
        if (!isShort)
        {
            head->Word0 = header.Word0;
            head->Word1 = header.Word1;
            head->Word2 = header.Word2;
            to.WordsAt = used;
        }
        payload.CopyTo(new Span<byte>(record + headBytes, payload.Length));
        to.Out.Lengthen(used + bytes);
    }

    /// <summary>What of a message has no room in the last frame goes on in the next: otherwise streams of messages that are a half or a third of a frame would have frames that are far from full.</summary>
    /// <returns>False when the last frame has too little room, or has been sent.</returns>
    private bool TryAddInTwo(LinkPeer to, in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        int room = to.Out.TryOpen(out int unit, out int used) ? RoomIn(to, unit, used, in header) : 0;
        if (room < PieceBytesMin || payload.Length <= room)
            return false;
        AddRecord(to, LinkRecordType.Message, in header, payload[..room], payload.Length);
        AddRecord(to, LinkRecordType.Continuation, in header, payload[room..], payload.Length - room);
        return true;
    }

    /// <summary>Bytes of a message's payload that the last frame has room for.</summary>
    private int RoomIn(LinkPeer to, int unit, int used, in FrameHeader header) =>
        to.FrameBytesMax - used - (HasWords(to, _carrier.UnitBytes(unit), in header) ? LinkRecordHeader.ShortBytes : LinkRecordHeader.SizeBytes);

    /// <summary>The record would have the same words as the last one in the frame that has any.</summary>
    private static bool HasWords(LinkPeer to, byte* frame, in FrameHeader header)
    {
        var words = (LinkRecordHeader*)(frame + to.WordsAt);
        return to.WordsAt > 0 && words->Word0 == header.Word0 && words->Word1 == header.Word1 && words->Word2 == header.Word2;
    }

    private int OpenFrame(LinkPeer to, out int lengthBytes)
    {
        int unit = _carrier.TakeUnit();
        lengthBytes = LinkFrameHeader.SizeBytes;
        LinkFrameHeader head = HeaderTo(to, LinkFrameType.Records);
        head.Sequence = to.Out.Append(unit, lengthBytes);
        Unsafe.WriteUnaligned(_carrier.UnitBytes(unit), head);
        to.WordsAt = 0;
        _frames++;
        return unit;
    }

    /// <summary>The message just made belongs to a burst: full frames go to the carrier, the last is held back for more.</summary>
    private void Gather(LinkPeer to, long now)
    {
        Counters.MessagesGathered++;
        if (!to.IsGathering)
        {
            to.IsGathering = true;
            _gathering.Add(to);
        }
        Transmit(to, now);
        if (_gatheredSince == 0)
            Volatile.Write(ref _gatheredSince, now);
        else if (Burst.IsOld(_gatheredSince, now))
            Flush();
    }

    private void ReleaseGathered()
    {
        Volatile.Write(ref _gatheredSince, 0);
        if (_gathering.Count == 0)
            return;
        long now = _carrier.Now;
        foreach (LinkPeer peer in _gathering)
        {
            peer.IsGathering = false;
            peer.Out.Release();
            Transmit(peer, now);
        }
        _gathering.Clear();
    }
}
