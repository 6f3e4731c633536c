using System;
using System.Collections.Generic;
using System.Threading;
using Umps.Testing;
using Umps.Transport;
using Umps.Transport.Pool;
using Xunit;

namespace Umps.Tests.Pool;

/// <summary>A rank's loan arena: blocks of any size, used again only when they have come home, memory given back when too much lies idle.</summary>
public sealed class LoanArenaTests : IDisposable
{
    private readonly KernelAgent _agent;
    private readonly NodeMemory _memory;

    public LoanArenaTests()
    {
        _agent = KernelAgent.Create(2, new TransportOptions { Shm = new ShmOptions { LoanArenaBytes = 64 << 20 } });
        _memory = _agent.Share();
    }

    public void Dispose()
    {
        _memory.Dispose();
        _agent.Dispose();
    }

    [Fact]
    public void Classes_HoldWhatFallsIntoThem_AndWasteAFifth()
    {
        int last = -1;
        for (long length = 1; length < 1L << 33; length += 1 + (length / 7))
        {
            int size = LoanArena.ClassOf(length);
            long bytes = LoanArena.BytesOf(size);
            Assert.True(bytes >= length, $"{length} in {bytes}");
            Assert.True(size == 0 || LoanArena.BytesOf(size - 1) < length, $"{length} in {bytes} though the class before would hold it");
            Assert.True(length < 256 || bytes <= length + (length / 4) + 64, $"{length} in {bytes}");
            Assert.True(size >= last);
            last = size;
        }
        for (int power = 8; power < 40; power++)
            Assert.Equal(1L << power, LoanArena.BytesOf(LoanArena.ClassOf(1L << power)));
    }

    [Theory]
    [InlineData(1, 64)]
    [InlineData(4000, 64)]
    [InlineData(4097, 4096)]
    [InlineData(5 << 20, 2 << 20)]
    public unsafe void Take_AnySize_IsAlignedAndWritable(int length, int alignment)
    {
        LoanArena arena = Arena();

        ArenaBlock block = arena.TryTake(length)!;
        new Span<byte>(_memory.Mapping.At(arena.OffsetOf(block)), length).Fill(0x5a);

        Assert.Equal(0, arena.OffsetOf(block) % alignment);
        Assert.True(arena.OffsetOf(block) >= _memory.Mapping.Layout.Loans(0));
        Assert.True(arena.OffsetOf(block) + length <= _memory.Mapping.Layout.Loans(1));
    }

    [Fact]
    public void GiveBack_SameSize_IsUsedAgain()
    {
        LoanArena arena = Arena();
        ArenaBlock block = arena.TryTake(1 << 20)!;
        long offset = arena.OffsetOf(block), existing = arena.ExistingBytes;
        arena.GiveBack(block);

        ArenaBlock again = arena.TryTake((1 << 20) - 100)!;

        Assert.Equal(offset, arena.OffsetOf(again));
        Assert.Equal(existing, arena.ExistingBytes);
    }

    [Fact]
    public void MarkOut_UntilItsWordIsWritten_IsNotUsed()
    {
        LoanArena arena = Arena();
        ArenaBlock block = arena.TryTake(4096)!;
        arena.MarkOut(block, holder: 1);
        uint generation = block.Generation;

        ArenaBlock other = arena.TryTake(4096)!;
        Assert.NotSame(block, other);
        Write(block, generation - 1);
        Assert.False(arena.IsAnyHome());
        Write(block, generation);
        Assert.True(arena.IsAnyHome());
        Assert.True(arena.TakeAllHome());

        Assert.Same(block, arena.TryTake(4096));
        Assert.Equal(0, arena.OutCount);
        arena.MarkOut(block, holder: 1);
        Assert.NotEqual(generation, block.Generation);
        Assert.False(arena.IsAnyHome());        // the word of the first time is not the second's
    }

    [Theory]
    [InlineData(64, 9)]
    [InlineData(1 << 20, 5)]
    [InlineData(4 << 20, 3)]
    public void Take_EachComingHomeBeforeTheNext_GoesRoundAFew(int length, int blocksMax)
    {
        LoanArena arena = Arena();
        var seen = new HashSet<long>();
        for (int i = 0; i < 1000; i++)
        {
            ArenaBlock block = arena.TryTake(length)!;
            seen.Add(block.Begin);
            arena.MarkOut(block, holder: 1);
            Write(block, block.Generation);
        }

        Assert.InRange(seen.Count, 2, blocksMax);
    }

    [Fact]
    public void Take_AfterABurst_GoesRoundAFewAgain_AndTheOthersGoBackToTheSystem()
    {
        LoanArena arena = Arena(kept: 8 << 20);
        var burst = new List<ArenaBlock>();
        for (int i = 0; i < 50; i++)
        {
            burst.Add(arena.TryTake(1 << 20)!);
            arena.MarkOut(burst[i], holder: 1);
        }
        burst.ForEach(block => Write(block, block.Generation));
        Assert.Equal(50 << 20, arena.ExistingBytes);

        var seen = new HashSet<long>();
        for (int i = 0; i < 500; i++)
        {
            ArenaBlock block = arena.TryTake(1 << 20)!;
            if (i >= 200)
                seen.Add(block.Begin);
            arena.MarkOut(block, holder: 1);
            Write(block, block.Generation);
        }

        Assert.InRange(seen.Count, 1, 16);
        Assert.InRange(arena.ExistingBytes, 1 << 20, 24 << 20);
    }

    [Fact]
    public void TryAdopt_OnlyWhatIsOutSo()
    {
        LoanArena arena = Arena();
        ArenaBlock block = arena.TryTake(100)!;
        Assert.Null(arena.TryAdopt((uint)block.Slot, block.Generation));
        arena.MarkOut(block, holder: 1);

        Assert.Null(arena.TryAdopt((uint)block.Slot, block.Generation + 1));
        Assert.Null(arena.TryAdopt(77, 1));
        Assert.Null(arena.TryAdopt(uint.MaxValue, 1));
        Assert.Same(block, arena.TryAdopt((uint)block.Slot, block.Generation));
        Assert.Null(arena.TryAdopt((uint)block.Slot, block.Generation));
        Assert.Equal(1, arena.HeldCount);
    }

    [Fact]
    public void Take_Full_IsNullUntilOneComesHome()
    {
        LoanArena arena = Arena();
        var out_ = new List<ArenaBlock>();
        while (arena.TryTake(8 << 20) is { } block)
        {
            arena.MarkOut(block, holder: 1);
            out_.Add(block);
        }
        Assert.Equal(8, out_.Count);
        Assert.Equal((1, 64L << 20), arena.LargestHolder());

        Write(out_[5], out_[5].Generation);
        Write(out_[6], out_[6].Generation);

        Assert.Equal(out_[5].Begin, arena.TryTake(16 << 20)!.Begin);       // two neighbours make one
        Assert.Null(arena.TryTake(8 << 20));
    }

    [Fact]
    public void Take_FullOfIdleBlocksOfAnotherSize_MakesThemOne()
    {
        LoanArena arena = Arena(kept: 1L << 30);
        var blocks = new List<ArenaBlock>();
        while (arena.TryTake(1 << 20) is { } block)
            blocks.Add(block);
        blocks.ForEach(arena.GiveBack);

        Assert.NotNull(arena.TryTake(64 << 20));
    }

    [Fact]
    public void Take_LongerThanTheArena_IsNull() => Assert.Null(Arena().TryTake((64L << 20) + 1));

    [Fact]
    public unsafe void GiveBack_MoreIdleThanKept_GoesBackToTheSystem_AndComesAnew()
    {
        LoanArena arena = Arena(kept: 8 << 20);
        var blocks = new List<ArenaBlock>();
        for (int i = 0; i < 6; i++)
            blocks.Add(arena.TryTake(4 << 20)!);
        Assert.Equal(24 << 20, arena.ExistingBytes);
        *_memory.Mapping.At(arena.OffsetOf(blocks[5])) = 1;

        blocks.ForEach(arena.GiveBack);

        Assert.InRange(arena.ExistingBytes, 0, 8 << 20);
        ArenaBlock all = arena.TryTake(24 << 20)!;
        new Span<byte>(_memory.Mapping.At(arena.OffsetOf(all)), 24 << 20).Fill(1);
        Assert.InRange(arena.ExistingBytes, 24 << 20, 32 << 20);
    }

    /// <summary>Blocks of all sizes, written whole and read whole: nobody's bytes are another's.</summary>
    [Fact]
    public unsafe void Random_BlocksKeepTheirBytes() => Seeds.Run(3, seed =>
    {
        var random = new Random((int)seed);
        LoanArena arena = Arena(kept: 4 << 20);
        var held = new List<(ArenaBlock Block, int Length, byte Value, bool IsOut)>();
        Span<byte> Bytes(ArenaBlock block, int length) => new(_memory.Mapping.At(arena.OffsetOf(block)), length);
        for (int step = 0; step < 2000; step++)
        {
            if (random.Next(2) == 0)
            {
                int length = 1 + random.Next(1 << (1 + random.Next(22)));
                if (arena.TryTake(length) is not { } block)
                    continue;
                byte value = (byte)random.Next(256);
                Bytes(block, length).Fill(value);
                bool isOut = random.Next(2) == 0;
                if (isOut)
                    arena.MarkOut(block, holder: 1);
                held.Add((block, length, value, isOut));
            }
            else if (held.Count > 0)
            {
                int at = random.Next(held.Count);
                (ArenaBlock block, int length, byte value, bool isOut) = held[at];
                held.RemoveAt(at);
                Assert.Equal(-1, Bytes(block, length).IndexOfAnyExcept(value));
                if (isOut)
                    Write(block, block.Generation);
                else
                    arena.GiveBack(block);
            }
        }
    });

    private LoanArena Arena(long kept = 256 << 20) => new(_memory.Mapping, rank: 0, kept);

    private unsafe void Write(ArenaBlock block, uint generation) =>
        Volatile.Write(ref ((uint*)_memory.Mapping.At(_memory.Mapping.Layout.LoanReturns(0)))[block.Slot], generation);
}
