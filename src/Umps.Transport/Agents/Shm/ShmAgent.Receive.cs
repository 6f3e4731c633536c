using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using System.Threading;
using Umps.Transport.Polling;
using Umps.Transport.Pool;
using Umps.Transport.Rings;

namespace Umps.Transport.Agents.Shm;

/// <summary>Receiving: which senders are active, what they have sent, what goes back to them, who has left.</summary>
internal sealed unsafe partial class ShmAgent
{
    /// <summary>So few senders are looked at each pass for good: forgetting them would cost more than the look.</summary>
    private const int ActiveAlways = 4;

    /// <summary>Beyond them a sender is forgotten after so many looks in vain; its next message sets its bit anew, which costs two transfers of a line.</summary>
    private const int EmptyLooksMax = 1000;

    /// <summary>And its bit is taken away so many looks before: far longer than what a sender wrote, having missed that, takes to be seen (decision 0098).</summary>
    private const int FadingLooks = 3000;

    /// <summary>While a message of one slot is delivered, the slot so far behind it comes over. Nothing is lost where that has not been written: then this processor still has the line.</summary>
    /// <remarks>Not for longer messages: their bursts are bound by the ring's room, so that the sender writes there just then.</remarks>
    private const uint SlotsAhead = 4;

    private readonly ulong* _bitmap;
    private readonly int _bitmapWords;
    private readonly ulong[] _activeBits;       // bits that stand for a peer in the list below
    private readonly ShmPeer[] _active;
    private int _activeCount;
    private uint _departuresSeen;
    private bool _isHeld;                       // the handler holds the units of the message it is looking at

    /// <inheritdoc/>
    public int Poll<THandler>(ref THandler handler)
        where THandler : struct, IFrameHandler
    {
        for (int i = 0; i < _bitmapWords; i++)
        {
            ulong fresh = Volatile.Read(ref _bitmap[i]) & ~_activeBits[i];
            if (fresh != 0)
                Activate(i, fresh);
        }
        int done = 0;
        for (int i = 0; i < _activeCount; i++)
        {
            ShmPeer from = _active[i];
            if (from.In.Next != null)
                done += Drain(from, ref handler);
            else if (++from.EmptyLooks >= EmptyLooksMax && _activeCount > ActiveAlways && Fade(from, i))
                i--;
        }
        if (Volatile.Read(ref _memory.Header->Departures) != _departuresSeen)
            done += LookForDepartures(ref handler);
        return done;
    }

    /// <summary>Delivers the next message of one sender, if it has come: for a caller that waits for just that one.</summary>
    /// <returns>False when there is none, or this sender has never been heard of: a pass tells.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TakeOne<THandler>(int peer, ref THandler handler)
        where THandler : struct, IFrameHandler
    {
        ShmPeer? from = _peers[peer];
        if (from is null || !from.CanReceive)
            return false;
        RingSlot* slot = from.In.Next;
        if (slot == null)
            return false;
        if (slot->Header.Flags == RingSlot.Skip)
        {
            from.In.SkipToBeginning();
            slot = from.In.Next;
            if (slot == null)
                return false;
        }
        from.EmptyLooks = 0;
        from.HasAnswered = true;
        _counters.Received++;
        if (Deliver(from, slot, ref handler))
            AnswerRefused(from);
        return true;
    }

    /// <summary>Yields a few times for the next message of one sender.</summary>
    /// <returns>True when it has come.</returns>
    public bool YieldForOne(int peer) => _peers[peer] is { CanReceive: true } from && _poller.YieldFor(from.In.NextSequence, from.In.Head + 1);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Drain<THandler>(ShmPeer from, ref THandler handler)
        where THandler : struct, IFrameHandler
    {
        from.EmptyLooks = 0;
        from.HasAnswered = true;
        int done = 0;
        bool gaveBack = false;
        RingSlot* slot;
        while (done < Endpoint.MessagesAPass && (slot = from.In.Next) != null)
        {
            done++;
            if (slot->Header.Flags == RingSlot.Skip)
                from.In.SkipToBeginning();
            else
                gaveBack |= Deliver(from, slot, ref handler);
        }
        _counters.Received += done;
        if (gaveBack)
            AnswerRefused(from);
        return done;
    }

    /// <summary>Delivers a message.</summary>
    /// <returns>True when slots or units went back.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Deliver<THandler>(ShmPeer from, RingSlot* slot, ref THandler handler)
        where THandler : struct, IFrameHandler
    {
        if (slot->Header.Flags != 0)
        {
            DeliverUnits(from, slot, ref handler);
            from.In.PublishQuarter();
            return true;
        }
        int length = slot->Header.InlineBytes;
        if (length > RingSlot.InlineBytesMax)
        {
            DeliverWide(from, slot, length, ref handler);
        }
        else
        {
            if (Sse.IsSupported)
                Sse.Prefetch0(from.In.Slot(SlotsAhead));
            from.In.Advance(1);
            var payload = new Arrival(this, slot->Payload, length, from.Endpoint);
            handler.OnMessage(from.Endpoint, in slot->Header, ref payload);
        }
        return from.In.PublishQuarter();
    }

    private void DeliverWide<THandler>(ShmPeer from, RingSlot* slot, int length, ref THandler handler)
        where THandler : struct, IFrameHandler
    {
        uint slots = RingSlot.SlotsForInline(length);
        if (length > RingSlot.WideBytesMax || !from.In.IsInOnePiece(slots))
            throw Throw.MalformedRing(from.Endpoint, $"a message of {length} bytes in consecutive slots");
        from.In.Advance(slots);
        var payload = new Arrival(this, slot->Payload, length, from.Endpoint);
        _isHeld = false;
        handler.OnMessage(from.Endpoint, in slot->Header, ref payload);
        if (!_isHeld)
            ReleaseWide(from);
    }

    private void DeliverUnits<THandler>(ShmPeer from, RingSlot* slot, ref THandler handler)
        where THandler : struct, IFrameHandler
    {
        UnitList units = ReadDescriptors(from, slot);
        from.In.Advance(RingSlot.SlotsFor(units.Units));
        if ((slot->Header.Flags & RingSlot.Fragment) == 0)
            DeliverUnits(from, slot, units, ref handler);
        else
            DeliverFragment(from, slot, units, ref handler);
    }

    private void DeliverUnits<THandler>(ShmPeer from, RingSlot* slot, UnitList units, ref THandler handler)
        where THandler : struct, IFrameHandler
    {
        byte* bytes = units.IsRun ? UnitAddress(from, units.First) : null;
        var payload = new Arrival(this, bytes, units.LengthBytes, from.Endpoint, (nint)units.Token);
        _isHeld = false;
        try
        {
            handler.OnMessage(from.Endpoint, in slot->Header, ref payload);
        }
        finally
        {
            if (!_isHeld)
                SendHome(from, units);
        }
    }

    private void DeliverFragment<THandler>(ShmPeer from, RingSlot* slot, UnitList units, ref THandler handler)
        where THandler : struct, IFrameHandler
    {
        int length = units.LengthBytes;
        try
        {
            NativeSpan target = handler.OnFragmentBegin(from.Endpoint, in slot->Header, length);
            if (!target.IsEmpty)
                CopyUnits(from, units, target.AsSpan());
        }
        finally
        {
            SendHome(from, units);
        }
        handler.OnFragmentEnd(from.Endpoint, in slot->Header, length);
    }

    /// <summary>Notes the units of a message in the chain of the peer's units; what another process wrote is checked.</summary>
    private UnitList ReadDescriptors(ShmPeer from, RingSlot* first)
    {
        int length = first->LengthBytes, units = first->Units;
        if (length <= 0 || length > PoolSize.EagerBytesMax || units != PoolSize.UnitsFor(length))
            throw Throw.MalformedRing(from.Endpoint, $"a message of {length} bytes in {units} units");
        uint[] chain = from.Chain ??= new uint[_units.Count];
        uint firstUnit = 0, previous = 0;
        bool isRun = true;
        for (int i = 0; i < units; i++)
        {
            uint ahead = RingSlot.SlotOf(i, out int inSlot);
            if (ahead > 0 && !from.In.IsFilled(ahead))
                throw Throw.MalformedRing(from.Endpoint, $"descriptor {i} of {units} is missing");
            var descriptor = (Descriptor*)((byte*)from.In.Slot(ahead) + inSlot);
            ulong unit = (descriptor->Offset - from.UnitsOffset) >> PoolSize.UnitShift;
            uint bytes = (uint)Math.Min(PoolSize.UnitBytes, length - (i << PoolSize.UnitShift));
            if (unit >= (ulong)chain.Length || descriptor->Offset % PoolSize.UnitBytes != from.UnitsOffset % PoolSize.UnitBytes || descriptor->Length != bytes)
                throw Throw.MalformedRing(from.Endpoint, $"a descriptor of {descriptor->Length} bytes at {descriptor->Offset:x}");
            if (i == 0)
                firstUnit = (uint)unit;
            else
            {
                chain[previous] |= (uint)unit;
                isRun &= unit == previous + 1;
            }
            chain[unit] = descriptor->Generation << 16;
            previous = (uint)unit;
        }
        return new UnitList(from.Local, length, firstUnit, isRun);
    }

    private static void SendHome(ShmPeer to, UnitList units)
    {
        uint[] chain = to.Chain!;
        uint unit = units.First;
        for (int i = units.Units; i > 0; i--)
        {
            uint link = chain[unit];
            if (!to.UnitsBack!.TryEnqueue(unit | (link & 0xffff0000)))
                throw Throw.MalformedRing(to.Endpoint, "the ring on which units go home is full");
            unit = link & 0xffff;
        }
    }

    /// <summary>Slots or units went back: rings the sender if it has been refused. <see cref="AskForRoom"/> has the other half of the argument.</summary>
    private void AnswerRefused(ShmPeer from)
    {
        Doorbell.FenceUnlessOwnerDoes(from.Doorbell);
        if (Volatile.Read(ref from.InLines->Refused) == 0)
            return;
        from.In.Publish();
        // Cleared before the ring: a sender that arms after this asks again when it is refused again.
        Volatile.Write(ref from.InLines->Refused, 0);
        _counters.RoomAnswers++;
        if (Doorbell.RingIfArmed(from.Doorbell, from.EventDescriptor, control: false))
            _poller.CountRing();
    }

    private void Activate(int word, ulong fresh)
    {
        _activeBits[word] |= fresh;
        for (; fresh != 0; fresh &= fresh - 1)
        {
            int local = (word * 64) + BitOperations.TrailingZeroCount(fresh);
            if (local >= _locals.Length || _locals[local] is not { } peer)
                continue;           // no endpoint of this job: nobody writes there
            if (!peer.CanReceive)
                peer.PrepareReceiving();
            peer.EmptyLooks = 0;
            if (!peer.IsActive)
            {
                peer.IsActive = true;
                _active[_activeCount++] = peer;
            }
        }
    }

    /// <summary>A sender that has been silent loses its bit, and is forgotten, until it sets it again, after <see cref="FadingLooks"/> more.</summary>
    /// <returns>True when it is not in the list any more.</returns>
    private bool Fade(ShmPeer peer, int index)
    {
        ref ulong word = ref _bitmap[peer.Local / 64];
        ulong bit = 1UL << (peer.Local % 64);
        if ((Volatile.Read(ref word) & bit) != 0)
        {
            Interlocked.And(ref word, ~bit);
            peer.EmptyLooks = EmptyLooksMax;
            return false;
        }
        if (peer.EmptyLooks < EmptyLooksMax + FadingLooks)
            return false;
        Doorbell.FenceAll(_line);                   // the sender publishes, then looks at the bit
        if (peer.In.Next != null)
        {
            peer.EmptyLooks = 0;
            return false;
        }
        _activeBits[peer.Local / 64] &= ~bit;
        peer.IsActive = false;
        _active[index] = _active[--_activeCount];
        return true;
    }

    /// <summary>Somebody has left: those whose last message has been read are told of.</summary>
    private int LookForDepartures<THandler>(ref THandler handler)
        where THandler : struct, IFrameHandler
    {
        uint departures = Volatile.Read(ref _memory.Header->Departures);
        int told = 0;
        bool isComplete = true;
        foreach (ShmPeer? peer in _locals)
        {
            if (peer is null || peer.IsLost || Volatile.Read(ref peer.Identity->State) != IdentityLine.Left)
                continue;
            // Its bit was set before its first message and its departure; what it sent is seen with it.
            int word = peer.Local / 64;
            ulong fresh = Volatile.Read(ref _bitmap[word]) & ~_activeBits[word] & (1UL << (peer.Local % 64));
            if (fresh != 0)
                Activate(word, fresh);
            if (peer.IsActive && peer.In.Next != null)
            {
                isComplete = false;         // first what it had sent
                continue;
            }
            peer.IsLost = true;
            handler.OnPeerLost(peer.Endpoint, "it has left the job");
            told++;
        }
        if (isComplete)
            _departuresSeen = departures;
        return told;
    }
}
