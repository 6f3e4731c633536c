namespace Umps.Transport.Pool;

/// <summary>UMPS's ATB: from a unit's number to its virtual and its physical address, in constant time.</summary>
/// <remarks>
/// A unit is half a page: <c>A_p = base[unit >> 1] + (unit &amp; 1) × 2 KB</c>, <c>A_v = units + unit × 2 KB</c>. Ours counts from the low end, the first unit being number 0; the
/// paper prints <c>A_v = buf − desc.offset × 2 KB</c>, with <c>buf</c> at the high end.
/// The page table is walked once, when a physical address is first asked for: the walk takes a fifth of a rank's start, and shm and tcp never ask.
/// Physical addresses are for agents that do DMA by themselves; where the kernel hides them (no CAP_SYS_ADMIN) the table is empty, and nothing else changes.
/// </remarks>
internal sealed unsafe class AddressTranslationBuffer
{
    private readonly byte* _units;
    private readonly int _pages;
    private ulong[]? _base;

    /// <summary>For units that exist and are entered in the page table.</summary>
    public AddressTranslationBuffer(byte* units, int count)
    {
        _units = units;
        _pages = (count + 1) / 2;
    }

    /// <summary>True where the kernel shows physical addresses.</summary>
    public bool KnowsPhysical => (_base ??= Walk()).Length > 0;

    /// <summary>Where the unit is in this process.</summary>
    public byte* VirtualOf(uint unit) => _units + ((nuint)unit << PoolSize.UnitShift);

    /// <summary>Where the unit is in memory; 0 when it is not known. It holds for as long as the page is locked.</summary>
    public ulong PhysicalOf(uint unit) => KnowsPhysical ? _base![unit >> 1] + ((unit & 1) << PoolSize.UnitShift) : 0;

    private ulong[] Walk()
    {
        var pages = new ulong[_pages];
        return PageMap.TryRead((nint)_units, pages) ? pages : [];
    }
}
