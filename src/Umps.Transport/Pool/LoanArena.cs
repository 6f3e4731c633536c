using System;
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Threading;

namespace Umps.Transport.Pool;

/// <summary>A rank's contiguous blocks of any size: lent to peers whole, taken back when they have come home.</summary>
/// <remarks>
/// Sizes fall into classes, four a doubling, so that a block which comes home serves the next of its kind: no search, no system call. Beyond <see cref="ClassedBytesMax"/>, and
/// when a class has none, a block is cut from the free ranges. Only the owner of an arena enters this; a peer gives a block back by writing the generation under which
/// it was lent to the block's word (<see cref="PoolLayout.LoanReturns"/>): it needs no room anywhere, wakes nobody, and what a dead peer held is never used again.
/// <code>
///  Take → MarkOut → (the peer writes the word) → Take finds it home
///       → GiveBack
/// </code>
/// </remarks>
internal sealed unsafe class LoanArena
{
    private const int LineShift = 6;
    private const long LineBytes = 1L << LineShift;

    /// <summary>Longer blocks go back to the free ranges at once.</summary>
    private const long ClassedBytesMax = 64L << 20;

    /// <summary>Blocks of a class that are looked at together, the longest lent first: they come home nearly in order. More than go round between two looks, so that what
    /// a burst has left out is found, and the few that are enough go round while they are warm.</summary>
    private const int LooksMax = 16;

    private static readonly int s_unclassed = ClassOf(ClassedBytesMax) + 1;

    private readonly NodeMapping _memory;
    private readonly long _returnsOffset;
    private readonly uint* _returns;
    private readonly long _arena, _keptBytes;
    private readonly FreeRanges _free;
    private readonly ArenaPages _pages;
    private readonly List<ArenaBlock> _blocks = [];
    private readonly Stack<ArenaBlock> _withoutPiece = new();
    private readonly ClassList[] _classes = new ClassList[s_unclassed + 1];
    private long _busyBytes;            // of pages: in hand, or out
    private long _idleBytesMax;         // more than this, and some go back to the system

    public LoanArena(NodeMapping memory, int rank, long keptBytes)
    {
        _memory = memory;
        _arena = memory.Layout.Loans(rank);
        _returnsOffset = memory.Layout.LoanReturns(rank);
        _returns = (uint*)memory.At(_returnsOffset);
        _keptBytes = _idleBytesMax = keptBytes;
        _free = new FreeRanges(0, memory.Layout.LoanBytes);
        _pages = new ArenaPages(memory, rank);
    }

    /// <summary>Blocks that this process holds.</summary>
    public int HeldCount { get; private set; }

    /// <summary>Blocks that are with peers, as far as has been seen.</summary>
    public int OutCount { get; private set; }

    /// <summary>Addresses of the blocks that are with peers.</summary>
    public long OutBytes { get; private set; }

    /// <summary>Addresses of the blocks that this process holds.</summary>
    public long HeldBytes { get; private set; }

    /// <summary>Memory in use, whether lent or idle.</summary>
    public long ExistingBytes => _pages.ExistingBytes;

    /// <summary>Addresses in all.</summary>
    public long RoomBytes => _memory.Layout.LoanBytes;

    /// <summary>The longest block that could be made of what is free.</summary>
    public long LongestFreeBytes => _free.LongestBytes;

    /// <summary>Where a block lies in the node's memory.</summary>
    public long OffsetOf(ArenaBlock block) => _arena + block.Begin;

    /// <summary>Takes a block: one that is idle, has come home, or is new.</summary>
    /// <returns>Null when there is no room. What it holds is what was last in it.</returns>
    /// <exception cref="UmpsException">UMPS1002: there is no memory for it.</exception>
    public ArenaBlock? TryTake(long lengthBytes)
    {
        int size = lengthBytes > ClassedBytesMax ? s_unclassed : ClassOf(lengthBytes);
        LookHome(size, lengthBytes);
        ArenaBlock? block = TakeIdle(size) ?? Make(size, lengthBytes);
        if (block is null && (TakeAllHome() | GiveUpIdle()))
            block = TakeIdle(size) ?? Make(size, lengthBytes);
        if (block is null)
            return null;
        if (block.ExistingBytes < lengthBytes)
            MakeExist(block, lengthBytes);
        HeldCount++;
        HeldBytes += block.RoomBytes;
        _busyBytes += block.ExistingBytes;
        if (IdleBytes > _idleBytesMax)
            Trim(_keptBytes / 2);
        return block;
    }

    /// <summary>Takes back a block that this process holds.</summary>
    public void GiveBack(ArenaBlock block)
    {
        HeldCount--;
        HeldBytes -= block.RoomBytes;
        _busyBytes -= block.ExistingBytes;
        Idle(block);
        if (IdleBytes > _idleBytesMax)
            Trim(_keptBytes / 2);
    }

    /// <summary>The block has gone to a peer, under the next generation.</summary>
    public void MarkOut(ArenaBlock block, int holder)
    {
        block.Generation++;
        block.IsOut = true;
        block.Holder = holder;
        HeldCount--;
        HeldBytes -= block.RoomBytes;
        OutCount++;
        OutBytes += block.RoomBytes;
        ref ClassList list = ref _classes[block.Class];
        block.Previous = list.LastOut;
        block.Next = null;
        if (list.LastOut is null)
            list.FirstOut = block;
        else
            list.LastOut.Next = block;
        list.LastOut = block;
        list.OutCount++;
    }

    /// <summary>A block that is out has come to its owner by a message: this process holds it again.</summary>
    /// <returns>Null when no block is out so.</returns>
    public ArenaBlock? TryAdopt(uint slot, uint generation)
    {
        if (slot >= (uint)_blocks.Count || _blocks[(int)slot] is not { IsOut: true } block || block.Generation != generation || IsHome(block))
            return null;
        Unlink(block);
        HeldCount++;
        HeldBytes += block.RoomBytes;
        return block;
    }

    /// <summary>Takes back all that have come home.</summary>
    /// <returns>True when there were any.</returns>
    public bool TakeAllHome()
    {
        bool any = false;
        for (int size = 0; size <= s_unclassed; size++)
            any |= TakeAllHome(size);
        return any;
    }

    /// <summary>True when a block has come home since it was last looked for: a <see cref="TryTake"/> that failed may not fail now.</summary>
    public bool IsAnyHome()
    {
        foreach (ref readonly ClassList list in _classes.AsSpan())
        {
            for (ArenaBlock? block = list.FirstOut; block is not null; block = block.Next)
            {
                if (IsHome(block))
                    return true;
            }
        }
        return false;
    }

    /// <summary>The endpoint that most of what is out was lent to, and how many bytes those are.</summary>
    public (int Holder, long Bytes) LargestHolder()
    {
        var bytes = new Dictionary<int, long>();
        (int Holder, long Bytes) largest = (-1, 0);
        foreach (ClassList list in _classes)
        {
            for (ArenaBlock? block = list.FirstOut; block is not null; block = block.Next)
            {
                long sum = bytes[block.Holder] = bytes.GetValueOrDefault(block.Holder) + block.RoomBytes;
                if (sum > largest.Bytes)
                    largest = (block.Holder, sum);
            }
        }
        return largest;
    }

    /// <summary>The class of a length of one byte or more: 64, 128, 192, 256, then four a doubling.</summary>
    internal static int ClassOf(long lengthBytes)
    {
        long below = ((lengthBytes + LineBytes - 1) >> LineShift) - 1;
        if (below < 4)
            return (int)below;
        int step = BitOperations.Log2((ulong)below) - 2;
        return (4 * step) + (int)(below >> step);
    }

    /// <summary>The longest length of a class.</summary>
    internal static long BytesOf(int size)
    {
        if (size < 4)
            return (size + 1) * LineBytes;
        int step = (size / 4) - 1;
        return (long)((size % 4) + 5) << step << LineShift;
    }

    private long IdleBytes => _pages.ExistingBytes - _busyBytes;

    private bool IsHome(ArenaBlock block) => Volatile.Read(ref _returns[block.Slot]) == block.Generation;

    private ArenaBlock? TakeIdle(int size)
    {
        ref ClassList list = ref _classes[size];
        ArenaBlock? block = list.Idle;
        if (block is not null)
            list.Idle = block.Next;
        return block;
    }

    /// <summary>Blocks of a class that go round before the first is looked for: their words share a cache line, which then crosses once for all of them.</summary>
    private static int RotationOf(long lengthBytes) => lengthBytes <= 16 << 10 ? 8 : lengthBytes <= 1 << 20 ? 4 : 2;

    private void LookHome(int size, long lengthBytes)
    {
        ref ClassList list = ref _classes[size];
        if (list.OutCount == 0 || (++list.TakesSinceLook < RotationOf(lengthBytes) && (list.Idle is not null || list.OutCount < RotationOf(lengthBytes))))
            return;
        list.TakesSinceLook = 0;
        ArenaBlock? block = list.FirstOut;
        for (int looks = 0; looks < LooksMax && block is not null; looks++)
        {
            ArenaBlock? next = block.Next;
            if (IsHome(block))
                TakeHome(block);
            block = next;
        }
        // Making so many pages costs more than looking at all words.
        if (list.Idle is null && block is not null && lengthBytes >= ArenaPages.ChunkBytes)
            TakeAllHome(size);
    }

    private void TakeHome(ArenaBlock block)
    {
        Unlink(block);
        _busyBytes -= block.ExistingBytes;
        Idle(block);
    }

    private bool TakeAllHome(int size)
    {
        bool any = false;
        ArenaBlock? next;
        for (ArenaBlock? block = _classes[size].FirstOut; block is not null; block = next)
        {
            next = block.Next;
            if (!IsHome(block))
                continue;
            TakeHome(block);
            any = true;
        }
        return any;
    }

    private void Idle(ArenaBlock block)
    {
        if (block.Class == s_unclassed)
        {
            Unmake(block);
            return;
        }
        ref ClassList list = ref _classes[block.Class];
        block.Next = list.Idle;
        list.Idle = block;
    }

    private ArenaBlock? Make(int size, long lengthBytes)
    {
        long length = size == s_unclassed ? lengthBytes : BytesOf(size);
        long alignment = length >= PoolLayout.HugePageBytes ? PoolLayout.HugePageBytes : length >= PoolLayout.PageBytes ? PoolLayout.PageBytes : LineBytes;
        long room = (length + alignment - 1) & -alignment;
        if (!TryFindSlot(out ArenaBlock? block))
            return null;
        long begin = _free.Take(room, alignment);
        if (begin < 0)
        {
            _withoutPiece.Push(block);
            return null;
        }
        block.Begin = begin;
        block.RoomBytes = room;
        block.ExistingBytes = 0;
        block.Class = size;
        return block;
    }

    private void MakeExist(ArenaBlock block, long lengthBytes)
    {
        long end;
        try
        {
            try
            {
                end = _pages.Ensure(block.Begin, lengthBytes);
            }
            catch (UmpsException)
            {
                if (IdleBytes == 0)
                    throw;
                Trim(keepBytes: 0);         // what lies idle here may be what is missing
                end = _pages.Ensure(block.Begin, lengthBytes);
            }
        }
        catch
        {
            Idle(block);
            throw;
        }
        block.ExistingBytes = Math.Min(end - block.Begin, block.RoomBytes);
    }

    private void Unmake(ArenaBlock block)
    {
        _free.Give(block.Begin, block.RoomBytes);
        _withoutPiece.Push(block);
    }

    private void Unlink(ArenaBlock block)
    {
        ref ClassList list = ref _classes[block.Class];
        if (block.Previous is null)
            list.FirstOut = block.Next;
        else
            block.Previous.Next = block.Next;
        if (block.Next is null)
            list.LastOut = block.Previous;
        else
            block.Next.Previous = block.Previous;
        block.Previous = block.Next = null;
        block.IsOut = false;
        list.OutCount--;
        OutCount--;
        OutBytes -= block.RoomBytes;
    }

    /// <summary>Idle blocks become free ranges again, for blocks of other sizes.</summary>
    private bool GiveUpIdle()
    {
        bool any = false;
        foreach (ref ClassList list in _classes.AsSpan())
        {
            while (list.Idle is { } block)
            {
                list.Idle = block.Next;
                Unmake(block);
                any = true;
            }
        }
        return any;
    }

    /// <summary>Gives idle memory back to the system, the last of the arena first, until so much is left.</summary>
    private void Trim(long keepBytes)
    {
        GiveUpIdle();
        IReadOnlyList<(long Begin, long End)> ranges = _free.Ranges;
        for (int i = ranges.Count - 1; i >= 0 && IdleBytes > keepBytes; i--)
            _pages.Drop(ranges[i].Begin, ranges[i].End, IdleBytes - keepBytes);
        // Chunks shared with blocks that are in use stay: not to be looked for again at once.
        _idleBytesMax = Math.Max(_keptBytes, IdleBytes + (_keptBytes / 2));
    }

    private bool TryFindSlot([NotNullWhen(true)] out ArenaBlock? block)
    {
        if (_withoutPiece.TryPop(out block))
            return true;
        if (_blocks.Count == PoolLayout.LoanSlots)
            return false;
        const int SlotsAPage = PoolLayout.PageBytes / sizeof(uint);
        if (_blocks.Count % SlotsAPage == 0)
            _memory.Allocate(_returnsOffset + (_blocks.Count * (long)sizeof(uint)), PoolLayout.PageBytes, "the table of loaned blocks");
        _blocks.Add(block = new ArenaBlock(_blocks.Count) { Generation = _returns[_blocks.Count] });
        return true;
    }

    private struct ClassList
    {
        public ArenaBlock? Idle;
        public ArenaBlock? FirstOut, LastOut;
        public int OutCount, TakesSinceLook;
    }
}
