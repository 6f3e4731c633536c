using System;
using Umps.Transport.Interop;
using Umps.Transport.Rings;

namespace Umps.Transport.Pool;

/// <summary>A rank's own units: lent to peers with each message that needs them, taken back when they come home.</summary>
/// <remarks>
/// txFreeQ is a FIFO, and its first order takes every other unit: a unit that rotates has left the core's own cache before it is written again, and the gap keeps the reader's
/// prefetcher off the next one. Both stream between cores about three times faster than a small pool that stays warm.
/// </remarks>
internal sealed unsafe class UnitPool
{
    private readonly RingProducer<UnitWord> _freeIn;
    private readonly RingConsumer<UnitWord> _freeOut;
    private readonly UnitTable _table;
    private readonly long _unitsOffset;
    private uint[]? _order;     // of the free queue, while a run is searched for

    /// <summary>Makes the rank's units exist, locks them as far as allowed, and fills the free queue.</summary>
    public UnitPool(NodeMapping memory, int rank)
    {
        PoolLayout layout = memory.Layout;
        _unitsOffset = layout.Units(rank);
        memory.Allocate(layout.FreeRing(rank), layout.OwnBytes, "its free ring and table");
        memory.Allocate(_unitsOffset, layout.UnitsBytes, "its units");
        IsLocked = Linux.Lock(memory.At(_unitsOffset), layout.UnitsBytes) == Errno.None;
        Linux.Populate(memory.At(_unitsOffset), layout.UnitsBytes);
        Addresses = new AddressTranslationBuffer(memory.At(_unitsOffset), layout.UnitsARank, _unitsOffset);

        byte* ring = memory.At(layout.FreeRing(rank));
        var entries = (UnitWord*)(ring + PoolLayout.FreeRingEntriesOffset);
        _freeIn = new RingProducer<UnitWord>((uint*)ring, (uint*)(ring + PoolLayout.LineBytes), entries, layout.RingEntries);
        _freeOut = new RingConsumer<UnitWord>((uint*)ring, (uint*)(ring + PoolLayout.LineBytes), entries, layout.RingEntries);
        _table = new UnitTable(memory.At(layout.UnitTableOf(rank)), layout.UnitsARank);
        _table.Clear();
        Count = layout.UnitsARank;
        for (uint first = 0; first < 2; first++)
        {
            for (uint unit = first; unit < (uint)Count; unit += 2)
                _freeIn.TryEnqueue(unit);
        }
        Free = Count;
    }

    /// <summary>All units.</summary>
    public int Count { get; }

    /// <summary>Units that are at home.</summary>
    public int Free { get; private set; }

    /// <summary>True when RLIMIT_MEMLOCK let the units be locked.</summary>
    public bool IsLocked { get; }

    /// <summary>Addresses of the units.</summary>
    public AddressTranslationBuffer Addresses { get; }

    /// <summary>Lends a unit; there is one (<see cref="Free"/>).</summary>
    /// <param name="holder">The rank of the node that it goes to.</param>
    /// <param name="lengthBytes">Bytes in use.</param>
    /// <param name="descriptor">What is handed over.</param>
    /// <returns>The unit's memory.</returns>
    public byte* Lend(int holder, int lengthBytes, Descriptor* descriptor)
    {
        _freeOut.TryDequeue(out UnitWord taken);
        uint unit = taken;
        Free--;
        descriptor->Offset = (ulong)_unitsOffset + ((ulong)unit << PoolSize.UnitShift);
        descriptor->Length = (uint)lengthBytes;
        descriptor->Options = _table.Lend(unit, holder) << 16;
        return Addresses.VirtualOf(unit);
    }

    /// <summary>Lends neighbouring units to one holder. One unit is the next of the queue; more are searched for among all that are free.</summary>
    /// <param name="units">How many.</param>
    /// <param name="holder">To whom.</param>
    /// <param name="reserve">Units that stay free.</param>
    /// <param name="first">Number of the first.</param>
    /// <param name="generation">Of the first.</param>
    /// <returns>False when there is no such run.</returns>
    public bool TryLendRun(int units, int holder, int reserve, out uint first, out uint generation)
    {
        first = generation = 0;
        if (Free - reserve < units)
            return false;
        if (units == 1)
        {
            _freeOut.TryDequeue(out UnitWord taken);
            first = taken;
        }
        else if (!TryTakeRun(units, out first))
            return false;
        Free -= units;
        generation = _table.Lend(first, holder);
        for (uint i = 1; i < units; i++)
            _table.Lend(first + i, holder);
        return true;
    }

    /// <summary>Takes back units that a holder of this process gives back.</summary>
    public void TakeBackRun(uint first, int units, int holder)
    {
        for (uint unit = first; unit < first + units; unit++)
        {
            if (!TryTakeBack(unit | (_table.GenerationOf(unit) << 16), holder))
                throw new InvalidOperationException($"unit {unit} was not lent to rank {holder}");
        }
    }

    /// <summary>True while a unit is lent to this holder under this generation.</summary>
    public bool IsLent(uint unit, uint generation, int holder) => _table.IsLent(unit, generation, holder);

    /// <summary>A unit that the program has filled goes on to a peer, under a new generation.</summary>
    public void HandOver(uint unit, int holder, int lengthBytes, Descriptor* descriptor)
    {
        descriptor->Offset = (ulong)_unitsOffset + ((ulong)unit << PoolSize.UnitShift);
        descriptor->Length = (uint)lengthBytes;
        descriptor->Options = _table.Lend(unit, holder) << 16;
    }

    /// <summary>Takes the first run of neighbours out of the queue; the others keep their order.</summary>
    private bool TryTakeRun(int units, out uint first)
    {
        uint[] order = _order ??= new uint[Count];
        ulong* free = stackalloc ulong[(Count + 63) / 64];
        new Span<ulong>(free, (Count + 63) / 64).Clear();
        int queued = 0;
        while (_freeOut.TryDequeue(out UnitWord taken))
        {
            uint unit = taken;
            order[queued++] = unit;
            free[unit / 64] |= 1UL << (int)(unit % 64);
        }

        int run = 0;
        uint end = 0;
        while (end < Count && run < units)
        {
            run = (free[end / 64] & (1UL << (int)(end % 64))) != 0 ? run + 1 : 0;
            end++;
        }
        bool found = run == units;
        first = found ? end - (uint)units : 0;
        for (int i = 0; i < queued; i++)
        {
            if (!found || order[i] - first >= (uint)units)
                _freeIn.TryEnqueue(order[i]);
        }
        return found;
    }

    /// <summary>Takes back what a peer sent home: number in the lower, generation in the upper 16 bits.</summary>
    /// <returns>False when that peer did not hold it so.</returns>
    public bool TryTakeBack(uint returned, int holder)
    {
        uint unit = returned & 0xffff;
        if (!_table.TryReturn(unit, returned >> 16, holder) || !_freeIn.TryEnqueue(unit))
            return false;
        Free++;
        return true;
    }
}
