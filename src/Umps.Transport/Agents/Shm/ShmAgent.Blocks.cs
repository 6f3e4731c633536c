using System;
using System.Threading;
using Umps.Transport.Pool;
using Umps.Transport.Rings;

namespace Umps.Transport.Agents.Shm;

/// <summary>Blocks of the User Agent: runs of units that the program fills itself, and whose descriptors are handed over as they are.</summary>
internal sealed unsafe partial class ShmAgent
{
    /// <summary>True while peers have units of this rank, or they are on their way home.</summary>
    public bool HasUnitsOut
    {
        get
        {
            foreach (ShmPeer? each in _locals)
            {
                if (each is { UnitsOut: > 0, IsLost: false })
                    return true;
            }
            return false;
        }
    }

    /// <summary>Lends a run of units to this rank's program.</summary>
    public bool TryLendRun(int units, out uint first, out uint generation)
    {
        if (_units.TryLendRun(units, _own, PoolSize.FragmentReserveAll, out first, out generation))
            return true;
        foreach (ShmPeer? each in _locals)
        {
            if (each is { UnitsOut: > 0 })
                Volatile.Write(ref each.OutLines->Refused, 1);
        }
        FenceForRoom();         // as AskForRoom
        foreach (ShmPeer? each in _locals)
        {
            if (each is { UnitsOut: > 0 })
                TakeBack(each);
        }
        if (_units.TryLendRun(units, _own, PoolSize.FragmentReserveAll, out first, out generation))
            return true;
        _counters.RefusedByUnits++;
        _poller.Reset();
        return false;
    }

    /// <summary>Sends the first units of a run that this rank's program holds; longer than what goes beside a header.</summary>
    /// <returns>False when there is no slot or credit; the units are still the program's.</returns>
    public bool TrySendRun(int peer, in FrameHeader header, uint firstUnit, int lengthBytes)
    {
        ShmPeer to = _peers[peer]!;
        if (!to.CanSend)
            to.PrepareSending();
        if (lengthBytes > _eagerBytesMax)
            throw Throw.PayloadTooLong(to.Endpoint, lengthBytes, _eagerBytesMax);
        int units = PoolSize.UnitsFor(lengthBytes);
        uint slots = RingSlot.SlotsFor(units);
        if (!to.Out.HasRoom(slots) && !FindsRoom(to, slots))
            return false;
        if (!HasCreditFor(to, units))
            return false;

        RingSlot* first = to.Out.Slot(0);
        FillWords(first, header.Word0, header.Words12);
        first->LengthBytes = lengthBytes;
        first->Units = units;
        for (int i = 0; i < units; i++)
        {
            RingSlot* slot = to.Out.Slot(RingSlot.SlotOf(i, out int inSlot));
            var descriptor = (Descriptor*)((byte*)slot + inSlot);
            _units.HandOver(firstUnit + (uint)i, to.Local, Math.Min(PoolSize.UnitBytes, lengthBytes - (i << PoolSize.UnitShift)), descriptor);
            if (i < units - 1)
                descriptor->Options |= Descriptor.Continues;
            if (slot != first)
                slot->Header.Flags = RingSlot.Continues;
        }
        to.UnitsOut += units;
        to.Out.Publish(slots, RingSlot.FirstWord(header.Kind, RingSlot.InUnits, 0));
        _counters.SentInUnits++;
        _counters.SentUnitBytes += lengthBytes;
        Announce(to, IsControl(to, header.Kind));
        return true;
    }

    private bool HasCreditFor(ShmPeer to, int units)
    {
        if (_eagerCredit - to.UnitsOut >= units)
            return true;
        TakeBack(to);
        if (_eagerCredit - to.UnitsOut >= units)
            return true;
        AskForRoom(to);
        TakeBack(to);
        if (_eagerCredit - to.UnitsOut >= units)
            return true;
        _counters.RefusedByCredit++;
        _poller.Reset();
        return false;
    }
}
