using System;
using System.Diagnostics;
using System.Numerics;

namespace Umps.Transport.Agents.Link;

/// <summary>The sending half of reliability towards one peer: frames from when they are made until they are acknowledged; which to send next, which have been lost.</summary>
/// <remarks>
/// <code>
///        First              _unsent              Next
///   ───────┼───────────────────┼──────────────────┼──────
///   done   │ under way: some   │ made, not sent   │
///          │ acknowledged or   │ yet              │
///          │ lost              │                  │
/// </code>
/// A frame counts as lost when three that were sent after it have arrived, or one that was sent much later (RFC 8985, RACK: it holds for frames that were sent again, too), or when nothing was
/// acknowledged for some round trips: then the last is sent again, for a word about the others; and after <see cref="RoundTrip.Patience"/> the first, and its acknowledgement shows what became of the others. A peer that does not look for long has each of them
/// once, and the first some times: more would only fill what its kernel has room for.
/// How many are under way is bounded by the receiver's room (Edge), and by what the network seems to carry: that doubles each round trip until the first loss, then grows by a
/// frame a round trip and shrinks by a quarter with each round that loses; never below <see cref="CarriedMin"/>, for a link between two nodes loses for other reasons, too.
/// No time is read here and nothing sent: deterministic.
/// </remarks>
internal sealed class SendWindow
{
    /// <summary>Frames between the first that is not acknowledged and the last that is made.</summary>
    public const int FramesMax = 256;

    private const uint Mask = FramesMax - 1;
    private const int CarriedMin = 16;
    private const int CarriedAtFirst = 32;
    private const uint OvertakenMax = 3;

    private readonly Entry[] _entries = new Entry[FramesMax];
    private uint _unsent;
    private uint _ready;            // those before this one may be sent: all, or all but the last
    private uint _stamp;            // counts transmissions
    private uint _stampSeen;        // of those that have arrived, the last
    private long _timeSeen;         // when that one was sent
    private bool _anySeen;
    private uint _sampleStamp;      // of what one acknowledgement says, the last that was sent once: the others may have waited for acknowledgements that were lost
    private long _sampleTook;
    private int _underWay;
    private int _lost;
    private uint _lostFrom;         // no lost frame before this one
    private int _carried = CarriedAtFirst;
    private int _carriedPart;       // acknowledged towards the next frame more
    private bool _slowStart = true;
    private bool _mayProbe;         // one frame, however many are under way
    private bool _hasProbed;        // since the last acknowledgement
    private uint _roundEnd;         // a loss before this frame is of the same round

    /// <summary>The oldest frame that is not acknowledged.</summary>
    public uint First { get; private set; }

    /// <summary>The next frame to be made.</summary>
    public uint Next { get; private set; }

    /// <summary>The receiver has no room yet for this frame and those behind it.</summary>
    public uint Edge { get; private set; }

    /// <summary>When the patience ends; <see cref="long.MaxValue"/> while nothing is under way.</summary>
    public long TimeoutAt { get; private set; } = long.MaxValue;

    public RoundTrip Times;

    /// <summary>Frames made and not acknowledged.</summary>
    public int Count => (int)(Next - First);

    /// <summary>Frames that can still be made.</summary>
    public int Room => FramesMax - Count;

    /// <summary>Frames sent, and neither acknowledged nor lost.</summary>
    public int UnderWay => _underWay;

    /// <summary>Frames that may be under way by what the network seems to carry.</summary>
    public int Carried => _carried;

    /// <summary>A frame has been made; <see cref="Room"/> is not 0. It is held back until <see cref="Release"/>, or the next.</summary>
    /// <returns>Its sequence.</returns>
    public uint Append(int unit, int lengthBytes)
    {
        Debug.Assert(Room > 0, "the caller looks before it makes a frame");
        _entries[Next & Mask] = new Entry { Unit = unit, LengthBytes = lengthBytes };
        _ready = Next;
        return Next++;
    }

    /// <summary>The last frame, as long as it has not been sent: more can be put into it.</summary>
    public bool TryOpen(out int unit, out int lengthBytes)
    {
        ref Entry last = ref _entries[(Next - 1) & Mask];
        unit = last.Unit;
        lengthBytes = last.LengthBytes;
        return _unsent != Next;
    }

    /// <summary>More has been put into the last frame.</summary>
    public void Lengthen(int lengthBytes) => _entries[(Next - 1) & Mask].LengthBytes = lengthBytes;

    /// <summary>The last frame, too, may be sent.</summary>
    public void Release() => _ready = Next;

    /// <summary>The receiver has made room. An older word than one that came before says nothing.</summary>
    public void RaiseEdge(uint edge)
    {
        if ((int)(edge - Edge) > 0 && edge - First <= 2 * FramesMax)
            Edge = edge;
    }

    /// <summary>The next frame to send: a lost one, else a new one, if there is room under way.</summary>
    /// <param name="sequence">The frame.</param>
    /// <param name="unit">Where it is.</param>
    /// <param name="lengthBytes">Its length.</param>
    /// <returns>False when there is none, or no room.</returns>
    public bool TryPeek(out uint sequence, out int unit, out int lengthBytes)
    {
        sequence = 0;
        unit = lengthBytes = 0;
        if (_underWay >= _carried && !_mayProbe)
            return false;
        if (_lost > 0)
        {
            while (_entries[_lostFrom & Mask].State != FrameState.Lost)
                _lostFrom++;
            sequence = _lostFrom;
        }
        else if (_unsent != _ready && (int)(Edge - _unsent) > 0)
        {
            sequence = _unsent;
        }
        else
        {
            return false;
        }
        ref Entry entry = ref _entries[sequence & Mask];
        unit = entry.Unit;
        lengthBytes = entry.LengthBytes;
        return true;
    }

    /// <summary>The frame that <see cref="TryPeek"/> named has been sent.</summary>
    /// <returns>True when it was sent before.</returns>
    public bool OnSent(uint sequence, long now)
    {
        ref Entry entry = ref _entries[sequence & Mask];
        bool again = entry.State == FrameState.Lost;
        if (again)
            _lost--;
        else
            _unsent = sequence + 1;
        entry.State = FrameState.UnderWay;
        entry.SentAt = now;
        entry.Stamp = ++_stamp;
        entry.WasSentAgain |= again;
        _mayProbe = false;
        _underWay++;
        if (TimeoutAt == long.MaxValue)
            Await(now);
        return again;
    }

    /// <summary>The receiver says what it has.</summary>
    /// <param name="ack">All frames before this one.</param>
    /// <param name="bitmap">And of those behind it, one bit each; empty when it does not say.</param>
    /// <param name="now">The time.</param>
    /// <param name="units">Takes the units of frames that are done with: room for <see cref="FramesMax"/>.</param>
    /// <returns>How many those are; -1 when the receiver speaks of frames that were never sent: nothing was changed.</returns>
    public int Acknowledge(uint ack, ReadOnlySpan<ulong> bitmap, long now, Span<int> units)
    {
        if ((int)(ack - _unsent) > 0)
            return -1;
        if ((int)(ack - First) < 0)
            return 0;           // an old one, overtaken
        int done = 0;
        bool hasGap = false;
        _sampleStamp = _stamp - int.MaxValue;
        _sampleTook = 0;
        uint first = First;
        for (uint sequence = First; sequence != ack; sequence++)
            Retire(ref _entries[sequence & Mask], now, units, ref done);
        First = ack;
        for (int word = 0; word < bitmap.Length; word++)
        {
            for (ulong bits = bitmap[word]; bits != 0; bits &= bits - 1)
            {
                uint sequence = ack + 1 + (uint)(word * 64 + BitOperations.TrailingZeroCount(bits));
                if ((int)(sequence - _unsent) >= 0)
                    break;      // never sent: a forgery that guessed the token, or a fault; what is not there cannot be retired
                hasGap = true;
                Retire(ref _entries[sequence & Mask], now, units, ref done);
            }
        }
        if ((int)(_lostFrom - First) < 0)
            _lostFrom = First;
        if (done > 0)
        {
            Times.Answered();
            if (_sampleTook > 0)
                Times.Note(_sampleTook);
            Grow(done);
        }
        if (First != first || done > 0)
            Await(now);
        if (_underWay > 0 && _anySeen && (hasGap || _entries[First & Mask].WasSentAgain || IsOvertaken(in _entries[First & Mask])))
            FindLost();
        return done;
    }

    /// <summary>Nothing has been acknowledged for a while. At first the last frame is sent again: should those behind a loss be missing with it, its acknowledgement shows them. When that was in vain, the first
    /// counts as lost.</summary>
    /// <returns>True when it was in vain: the patience has ended.</returns>
    public bool OnTimeout(long now)
    {
        if (!_hasProbed && Times.ProbeAfter < Times.Patience && TryProbe())
        {
            TimeoutAt = now + Times.Patience;
            return false;
        }
        MarkLost(First, ref _entries[First & Mask]);
        _mayProbe = _lost > 0;
        _carried = CarriedMin;
        _carriedPart = 0;
        _slowStart = false;
        _roundEnd = _unsent;
        Times.BackOff();
        TimeoutAt = _underWay + _lost > 0 ? now + Times.Patience : long.MaxValue;
        return true;
    }

    private bool TryProbe()
    {
        _hasProbed = true;
        uint last = _unsent - 1;
        while (last != First && _entries[last & Mask].State != FrameState.UnderWay)
            last--;
        if (_lost > 0 || _entries[last & Mask].State != FrameState.UnderWay)
            return false;
        MarkLost(last, ref _entries[last & Mask]);
        _mayProbe = true;
        return true;
    }

    private void Await(long now)
    {
        _hasProbed = false;
        TimeoutAt = _underWay + _lost > 0 ? now + Times.ProbeAfter : long.MaxValue;
    }

    /// <summary>The last chance: all that is not acknowledged may be sent now, whatever the receiver has room for.</summary>
    public void Unbind()
    {
        for (uint sequence = First; sequence != _unsent; sequence++)
            MarkLost(sequence, ref _entries[sequence & Mask]);
        _carried = FramesMax;
        _ready = Edge = Next;
    }

    /// <summary>The peer is gone: takes back the units of all frames.</summary>
    public int Drop(Span<int> units)
    {
        int done = 0;
        for (; First != Next; First++)
        {
            ref Entry entry = ref _entries[First & Mask];
            if (entry.State != FrameState.Done)
                units[done++] = entry.Unit;
            entry.State = FrameState.Done;
        }
        _unsent = _ready = Next;
        _underWay = _lost = 0;
        TimeoutAt = long.MaxValue;
        return done;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture,
        $"{First} to {_unsent} to {Next}, edge {Edge}, {_underWay} of {_carried} under way, {_lost} lost from {_lostFrom}, first {_entries[First & Mask].State}, timeout at {TimeoutAt}");

    private void Retire(ref Entry entry, long now, Span<int> units, ref int done)
    {
        switch (entry.State)
        {
            case FrameState.Done:
                return;
            case FrameState.UnderWay:
                _underWay--;
                break;
            case FrameState.Lost:
                _lost--;
                break;
        }
        entry.State = FrameState.Done;
        units[done++] = entry.Unit;
        long took = now - entry.SentAt;
        if (entry.WasSentAgain)
        {
            if (took < Times.Least)
                return;         // too soon for the copy sent last: an earlier one has arrived, and says nothing of those sent since
        }
        else if ((int)(entry.Stamp - _sampleStamp) > 0)
        {
            _sampleStamp = entry.Stamp;
            _sampleTook = Math.Max(1, took);
        }
        if (_anySeen && (int)(entry.Stamp - _stampSeen) < 0)
            return;
        _stampSeen = entry.Stamp;
        _timeSeen = entry.SentAt;
        _anySeen = true;
    }

    private bool IsOvertaken(in Entry entry) =>
        (int)(_stampSeen - entry.Stamp) >= (int)OvertakenMax
        || ((int)(_stampSeen - entry.Stamp) > 0 && _timeSeen - entry.SentAt > Math.Max(Times.Least, Times.Smoothed / 4));

    private void FindLost()
    {
        bool any = false;
        for (uint sequence = First; sequence != _unsent; sequence++)
        {
            ref Entry entry = ref _entries[sequence & Mask];
            if (entry.State == FrameState.UnderWay && IsOvertaken(in entry))
            {
                MarkLost(sequence, ref entry);
                any = true;
            }
        }
        if (!any || (int)(First - _roundEnd) < 0)
            return;
        _slowStart = false;
        _carried = Math.Max(CarriedMin, _carried - _carried / 4);
        _roundEnd = _unsent;
    }

    private void MarkLost(uint sequence, ref Entry entry)
    {
        if (entry.State != FrameState.UnderWay)
            return;
        entry.State = FrameState.Lost;
        _underWay--;
        _lost++;
        if ((int)(sequence - _lostFrom) < 0)
            _lostFrom = sequence;
    }

    private void Grow(int frames)
    {
        if (_slowStart)
        {
            _carried = Math.Min(FramesMax, _carried + frames);
            return;
        }
        _carriedPart += frames;
        if (_carriedPart < _carried)
            return;
        _carriedPart -= _carried;
        _carried = Math.Min(FramesMax, _carried + 1);
    }

    private enum FrameState : byte
    {
        Made,
        UnderWay,
        Lost,
        Done,
    }

    private struct Entry
    {
        public long SentAt;
        public int Unit;
        public int LengthBytes;
        public uint Stamp;
        public FrameState State;
        public bool WasSentAgain;
    }
}
