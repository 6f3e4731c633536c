using System.Runtime.InteropServices;

namespace Umps.Transport.Pool;

/// <summary>Who holds each unit of a rank, and how often it has been lent.</summary>
/// <remarks>It lies in the shared memory for others to look at, but only the units' owner reads it on the way of a message: its lines stay in that core's cache.</remarks>
internal readonly unsafe struct UnitTable
{
    public const int EntryBytes = 8;

    /// <summary>The unit is free.</summary>
    public const int Nobody = -1;

    private readonly Entry* _entries;
    private readonly int _units;

    public UnitTable(byte* entries, int units)
    {
        _entries = (Entry*)entries;
        _units = units;
    }

    /// <summary>All units are free.</summary>
    public void Clear()
    {
        for (int i = 0; i < _units; i++)
            _entries[i].Holder = Nobody;
    }

    /// <summary>The unit goes to a rank of the node.</summary>
    /// <returns>The generation under which it goes, 16 bits.</returns>
    public uint Lend(uint unit, int holder)
    {
        Entry* entry = _entries + unit;
        entry->Holder = holder;
        return ++entry->Generation & 0xffff;
    }

    /// <summary>The generation under which the unit was last lent.</summary>
    public uint GenerationOf(uint unit) => _entries[unit].Generation & 0xffff;

    /// <summary>True while the holder has the unit under this generation.</summary>
    public bool IsLent(uint unit, uint generation, int holder) =>
        unit < (uint)_units && _entries[unit].Holder == holder && GenerationOf(unit) == generation;

    /// <summary>The unit comes home.</summary>
    /// <returns>False when this rank did not hold it under this generation: it has come twice, or the ring is damaged.</returns>
    public bool TryReturn(uint unit, uint generation, int holder)
    {
        if (unit >= (uint)_units)
            return false;
        Entry* entry = _entries + unit;
        if (entry->Holder != holder || (entry->Generation & 0xffff) != generation)
            return false;
        entry->Holder = Nobody;
        return true;
    }

    [StructLayout(LayoutKind.Explicit, Size = EntryBytes)]
    private struct Entry
    {
        [FieldOffset(0)] public int Holder;
        [FieldOffset(4)] public uint Generation;
    }
}
