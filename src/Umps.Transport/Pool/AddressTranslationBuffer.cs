namespace Umps.Transport.Pool;

/// <summary>UMPS's ATB: from a unit's number to its virtual address, and to the one by which a NIC finds it, in constant time.</summary>
/// <remarks>
/// One entry a page of 4 KB, two units a page:
/// <code>
/// unit   0       1       2       3       4            A_v = units + unit × 2 KB                         in this process
///        |── page 0 ────|── page 1 ────|── …          A_p = base[unit >> 1] + (unit &amp; 1) × 2 KB         for the NIC
/// </code>
/// Ours counts from the low end, the first unit being number 0; the paper prints <c>A_v = buf − desc.offset × 2 KB</c>, with <c>buf</c> at the high end, and the same A_p.
/// The page table is walked once, when an address is first asked for: the walk takes a fifth of a rank's start, and shm and tcp never ask. Where the kernel hides physical addresses
/// (no CAP_SYS_ADMIN) <c>base[]</c> holds what an agent names the page by instead: its offset in the node's memory, which is a UMEM's address. The formula is the same for both.
/// A lock keeps a page in memory, not in its place: compaction may move it where <c>vm.compact_unevictable_allowed</c> is 1. Pages that a NIC agent has registered (a UMEM) are pinned and stay.
/// </remarks>
internal sealed unsafe class AddressTranslationBuffer
{
    private readonly byte* _units;
    private readonly int _pages;
    private readonly ulong _offset;
    private bool _knowsPhysical;
    private ulong[]? _base;

    /// <summary>For units that exist and are entered in the page table.</summary>
    /// <param name="units">The first.</param>
    /// <param name="count">How many.</param>
    /// <param name="offset">Where the first is in the node's memory.</param>
    public AddressTranslationBuffer(byte* units, int count, long offset)
    {
        _units = units;
        _pages = (count + 1) / 2;
        _offset = (ulong)offset;
    }

    /// <summary>True where the kernel shows physical addresses.</summary>
    public bool KnowsPhysical
    {
        get
        {
            _base ??= Walk();
            return _knowsPhysical;
        }
    }

    /// <summary>Where the unit is in this process.</summary>
    public byte* VirtualOf(uint unit) => _units + ((nuint)unit << PoolSize.UnitShift);

    /// <summary>Where the unit is for a NIC: its physical address, or its offset in the node's memory where the kernel hides that.</summary>
    public ulong AddressOf(uint unit) => (_base ??= Walk())[unit >> 1] + ((unit & 1) << PoolSize.UnitShift);

    /// <summary>Where the unit is in memory; 0 when it is not known.</summary>
    public ulong PhysicalOf(uint unit) => KnowsPhysical ? AddressOf(unit) : 0;

    private ulong[] Walk()
    {
        var pages = new ulong[_pages];
        _knowsPhysical = PageMap.TryRead((nint)_units, pages);
        for (int page = 0; !_knowsPhysical && page < pages.Length; page++)
            pages[page] = _offset + ((ulong)page << PageMap.PageShift);
        return pages;
    }
}
