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
    private readonly RingProducer<uint> _freeIn;
    private readonly RingConsumer<uint> _freeOut;
    private readonly UnitTable _table;
    private readonly long _unitsOffset;

    /// <summary>Makes the rank's units exist, locks them as far as allowed, and fills the free queue.</summary>
    public UnitPool(NodeMapping memory, int rank)
    {
        PoolLayout layout = memory.Layout;
        _unitsOffset = layout.Units(rank);
        memory.Allocate(layout.Control(rank), layout.OwnBytes, "its control pages");
        memory.Allocate(_unitsOffset, layout.UnitsBytes, "its units");
        IsLocked = Linux.Lock(memory.At(_unitsOffset), layout.UnitsBytes) == Errno.None;
        Linux.Populate(memory.At(_unitsOffset), layout.UnitsBytes);
        Addresses = new AddressTranslationBuffer(memory.At(_unitsOffset), layout.UnitsARank);

        byte* ring = memory.At(layout.FreeRing(rank));
        var entries = (uint*)(ring + PoolLayout.FreeRingEntriesOffset);
        _freeIn = new RingProducer<uint>((uint*)ring, (uint*)(ring + PoolLayout.LineBytes), entries, layout.RingEntries);
        _freeOut = new RingConsumer<uint>((uint*)ring, (uint*)(ring + PoolLayout.LineBytes), entries, layout.RingEntries);
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
        _freeOut.TryDequeue(out uint unit);
        Free--;
        descriptor->Offset = (ulong)_unitsOffset + ((ulong)unit << PoolSize.UnitShift);
        descriptor->Length = (uint)lengthBytes;
        descriptor->Options = _table.Lend(unit, holder) << 16;
        return Addresses.VirtualOf(unit);
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
