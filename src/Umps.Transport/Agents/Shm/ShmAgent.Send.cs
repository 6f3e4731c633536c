using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using Umps.Transport.Polling;
using Umps.Transport.Pool;
using Umps.Transport.Rings;

namespace Umps.Transport.Agents.Shm;

/// <summary>Sending: beside the header, in units, in fragments; and what happens when there is no room.</summary>
internal sealed unsafe partial class ShmAgent
{
    /// <summary>Wide messages towards a peer that it may be holding copies of: with them what it must keep for us is bounded.</summary>
    private const uint WideOutMax = 128;

    /// <inheritdoc/>
    public bool TrySend(int peer, in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        ShmPeer to = _peers[peer]!;
        if (!to.CanSend)
            to.PrepareSending();
        if (payload.Length > RingSlot.InlineBytesMax)
            return TrySendWide(to, in header, payload) || TrySendInUnits(to, in header, payload);
        if (!to.Out.HasRoom(1) && !FindsRoom(to, 1))
            return false;

        RingSlot* slot = to.Out.Slot(0);
        FillWords(slot, header.Word0, header.Words12);
        if (payload.Length == sizeof(ulong))
            *(ulong*)slot->Payload = Unsafe.ReadUnaligned<ulong>(ref MemoryMarshal.GetReference(payload));
        else
            payload.CopyTo(new Span<byte>(slot->Payload, RingSlot.InlineBytesMax));
        to.Out.Publish(slot, RingSlot.FirstWord(header.Kind, 0, payload.Length));
        _counters.SentInline++;
        Announce(to, IsControl(to, header.Kind));
        return true;
    }

    /// <inheritdoc/>
    public int TrySendFragment(int peer, in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        ShmPeer to = _peers[peer]!;
        if (!to.CanSend)
            to.PrepareSending();
        if (payload.Length == 0)
            return 0;
        int wanted = Math.Min(PoolSize.UnitsFor(Math.Min(payload.Length, PoolSize.FragmentUnitsMax << PoolSize.UnitShift)), PoolSize.FragmentUnitsMax);
        uint slots = RingSlot.SlotsFor(wanted);
        if (!to.Out.HasRoom(slots) && !FindsRoom(to, slots))
            return 0;
        int units = UnitsNow(to, wanted, _fragmentCredit, 0);
        if (units < wanted && (units = FindUnits(to, wanted, _fragmentCredit, 0)) == 0)
            return 0;
        int bytes = Math.Min(payload.Length, units << PoolSize.UnitShift);
        Send(to, in header, payload[..bytes], units, RingSlot.InUnits | RingSlot.Fragment);
        _counters.SentFragments++;
        return bytes;
    }

    /// <summary>Sends a payload in consecutive slots.</summary>
    /// <returns>False when it is too long for that, or there is no room now: units may still serve.</returns>
    private bool TrySendWide(ShmPeer to, in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (payload.Length > RingSlot.WideBytesMax || payload.Length > _eagerBytesMax)
            return false;
        fixed (byte* first = payload)
        {
            if (!TryPutWide(to, RingSlot.FirstWord(header.Kind, 0, payload.Length), header.Word0, header.Words12, first, (uint)payload.Length))
                return false;
        }
        Announce(to, IsControl(to, header.Kind));
        return true;
    }

    private static bool HasWideCredit(ShmPeer to)
    {
        if (to.WideSent - to.WideReleasedSeen < WideOutMax)
            return true;
        to.WideReleasedSeen = Volatile.Read(ref to.OutLines->WideReleased);
        return to.WideSent - to.WideReleasedSeen < WideOutMax;
    }

    private bool TrySendInUnits(ShmPeer to, in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (payload.Length > _eagerBytesMax)
            throw Throw.PayloadTooLong(to.Endpoint, payload.Length, _eagerBytesMax);
        int units = PoolSize.UnitsFor(payload.Length);
        uint slots = RingSlot.SlotsFor(units);
        if (!to.Out.HasRoom(slots) && !FindsRoom(to, slots))
            return false;
        if (UnitsNow(to, units, _eagerCredit, PoolSize.FragmentReserveAll) < units
            && FindUnits(to, units, _eagerCredit, PoolSize.FragmentReserveAll) < units)
            return false;
        Send(to, in header, payload, units, RingSlot.InUnits);
        _counters.SentInUnits++;
        return true;
    }

    /// <summary>Copies a payload into units and hands their descriptors over; room has been seen to.</summary>
    private void Send(ShmPeer to, in FrameHeader header, ReadOnlySpan<byte> payload, int units, byte flags)
    {
        RingSlot* first = to.Out.Slot(0);
        FillWords(first, header.Word0, header.Words12);
        first->LengthBytes = payload.Length;
        first->Units = units;
        for (int i = 0, offset = 0; i < units; i++, offset += PoolSize.UnitBytes)
        {
            RingSlot* slot = to.Out.Slot(RingSlot.SlotOf(i, out int inSlot));
            var descriptor = (Descriptor*)((byte*)slot + inSlot);
            int bytes = Math.Min(PoolSize.UnitBytes, payload.Length - offset);
            byte* unit = _units.Lend(to.Local, bytes, descriptor);
            payload.Slice(offset, bytes).CopyTo(new Span<byte>(unit, PoolSize.UnitBytes));
            if (i < units - 1)
                descriptor->Options |= Descriptor.Continues;
            if (slot != first)
                slot->Header.Flags = RingSlot.Continues;
        }
        to.UnitsOut += units;
        to.Out.Publish(RingSlot.SlotsFor(units), RingSlot.FirstWord(header.Kind, flags, 0));
        _counters.SentUnitBytes += payload.Length;
        Interlocked.MemoryBarrier();        // behind so many lines of payload the slot may take microseconds to come out: longer than the receiver looks (decision 0098)
        Announce(to, IsControl(to, header.Kind));
    }

    /// <summary>Units that may go to the peer now, at most so many; those at home are taken back first where they would not do.</summary>
    /// <param name="to">The peer.</param>
    /// <param name="wanted">At most.</param>
    /// <param name="credit">Units that may be out towards the peer.</param>
    /// <param name="reserve">Units of the pool that are for others.</param>
    private int UnitsNow(ShmPeer to, int wanted, int credit, int reserve)
    {
        if (credit - to.UnitsOut < wanted)
            TakeBack(to);
        if (_units.Free - reserve < wanted)
        {
            foreach (ShmPeer? each in _locals)
            {
                if (each is { UnitsOut: > 0 })
                    TakeBack(each);
            }
        }
        return Math.Max(0, Math.Min(wanted, Math.Min(credit - to.UnitsOut, _units.Free - reserve)));
    }

    private void TakeBack(ShmPeer from)
    {
        while (from.UnitsHome!.TryDequeue(out UnitWord home))
        {
            uint unit = home;
            if (!_units.TryTakeBack(unit, from.Local))
                throw Throw.MalformedRing(from.Endpoint, $"unit {unit & 0xffff} came home, generation {unit >> 16}, which it did not hold");
            from.UnitsOut--;
        }
    }

    /// <summary>The ring is full: says so to the receiver, and looks once more.</summary>
    /// <returns>True when there is room after all.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool FindsRoom(ShmPeer to, uint slots)
    {
        AskForRoom(to);
        if (to.Out.HasRoom(slots))
            return true;
        _counters.RefusedBySlots++;
        _poller.Reset();
        return false;
    }

    /// <summary>There are not as many units as wanted: says so to who has them, and looks once more.</summary>
    /// <returns>Units that may go now.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int FindUnits(ShmPeer to, int wanted, int credit, int reserve)
    {
        bool byCredit = credit - to.UnitsOut < wanted;
        if (!byCredit)
        {
            foreach (ShmPeer? each in _locals)
            {
                if (each is { UnitsOut: > 0 })
                    Volatile.Write(ref each.OutLines->Refused, 1);
            }
        }
        AskForRoom(to);
        int units = UnitsNow(to, wanted, credit, reserve);
        if (units == 0 || (reserve > 0 && units < wanted))
        {
            (byCredit ? ref _counters.RefusedByCredit : ref _counters.RefusedByUnits)++;
            _poller.Reset();
        }
        return units;
    }

    /// <summary>The receiver looks at this word after it has given slots or units back; here the order is the other way round. So either the second look
    /// sees what came back, or the receiver sees the word and rings.</summary>
    private void AskForRoom(ShmPeer to)
    {
        Volatile.Write(ref to.OutLines->Refused, 1);
        FenceForRoom();
    }

    /// <summary>The caller looks again after this. Who is about to sleep, or asleep, must not miss what came back, and the receivers do not fence: it fences for them. Who polls will look again anyway.</summary>
    private void FenceForRoom()
    {
        if (Volatile.Read(ref _line->Armed) != 0)
            Doorbell.FenceAll(_line);
        else
            Interlocked.MemoryBarrier();
    }

    /// <summary>Control level: what a helper that sleeps through plain messages must see; also any message when the ring is nearly full.</summary>
    private static bool IsControl(ShmPeer to, byte kind) => (kind & FrameHeader.ControlBit) != 0 || to.Out.IsNearlyFull;
}
