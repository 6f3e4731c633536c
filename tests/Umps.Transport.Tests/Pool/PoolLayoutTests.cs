using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using Umps.Transport;
using Umps.Transport.Polling;
using Umps.Transport.Pool;
using Umps.Transport.Rings;
using Xunit;

namespace Umps.Tests.Pool;

/// <summary>Offsets that every process of a node computes for itself: they may not move without a new layout version.</summary>
public sealed class PoolLayoutTests
{
    [Fact]
    public void SharedStructs_HaveTheirSizes()
    {
        Assert.Equal(4096, Unsafe.SizeOf<NodeHeader>());
        Assert.Equal(64, Unsafe.SizeOf<IdentityLine>());
        Assert.Equal(64, Unsafe.SizeOf<DoorbellLine>());
        Assert.Equal(320, Unsafe.SizeOf<PairLines>());
        Assert.Equal(16, Unsafe.SizeOf<Descriptor>());
        Assert.Equal(64, Unsafe.SizeOf<RingSlot>());
        Assert.Equal(40, RingSlot.InlineBytesMax);
        Assert.True(PairLines.SizeBytes <= PoolLayout.PairReturnsOffset);
        Assert.Equal(128, PoolLayout.SlotsAPair);
    }

    /// <summary>The numbers of version 4, which are those of 3: a rank's port has grown. If this fails, raise NodeHeader.VersionValue and write the new numbers.</summary>
    [Fact]
    public void Layout_OfVersion4_IsAsItWas()
    {
        var layout = new PoolLayout(ranks: 8, unitsARank: 1024, loanBytes: 4L << 30);

        Assert.Equal(4u, NodeHeader.VersionValue);
        Assert.Equal(4096, layout.Control(0));
        Assert.Equal(4096 + 64, layout.Identity(0));
        Assert.Equal(4096 + 128, layout.Bitmap(0));
        Assert.Equal(4096 + (7 * 4096), layout.Control(7));
        Assert.Equal(4096 + (8 * 4096), layout.FreeRing(0));
        Assert.Equal(layout.FreeRing(0) + 8192, layout.UnitTableOf(0));
        Assert.Equal(layout.FreeRing(0) + 16384, layout.Pair(0, 0));
        Assert.Equal(layout.FreeRing(0) + 16384 + (7 * 16384), layout.Pair(0, 7));
        Assert.Equal(layout.FreeRing(0) + 16384 + (8 * 16384), layout.Units(0));
        Assert.Equal(layout.Units(0) + (2 << 20), layout.LoanReturns(0));
        Assert.Equal(layout.LoanReturns(0) + (256 << 10), layout.Board(0, 0));
        Assert.Equal(layout.Board(0, 0) + (16 * layout.Boards.BoardBytes), layout.FreeRing(1));
        Assert.Equal(54 << 20, layout.Links);
        Assert.Equal(54 << 20, layout.Loans(0));
        Assert.Equal(layout.Loans(0) + (7 * (4L << 30)), layout.Loans(7));
        Assert.Equal(layout.Loans(0) + (8 * (4L << 30)), layout.TotalBytes);
    }

    /// <summary>An area that a device has pinned shares no huge page with anything.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(16 << 20)]
    [InlineData((16 << 20) + 4097)]
    public void LinkArea_HasHugePagesOfItsOwn(long bytes)
    {
        var without = new PoolLayout(ranks: 3, unitsARank: 1024, loanBytes: 1 << 30);
        var with = new PoolLayout(ranks: 3, unitsARank: 1024, loanBytes: 1 << 30, bytes);

        Assert.Equal(0, without.LinkBytes);
        Assert.Equal(without.Loans(0), with.Links);
        Assert.InRange(with.LinkBytes, bytes, bytes + 4095);
        Assert.Equal(0, with.LinkBytes % 4096);
        Assert.Equal(0, with.Links % PoolLayout.HugePageBytes);
        Assert.Equal(0, with.Loans(0) % PoolLayout.HugePageBytes);
        Assert.True(with.Loans(0) >= with.Links + with.LinkBytes);
    }

    [Theory]
    [InlineData(1, 512)]
    [InlineData(3, 1024)]
    [InlineData(64, 1504)]
    [InlineData(256, 2048)]
    public void Layout_Regions_DoNotOverlapAndArePaged(int ranks, int units)
    {
        var layout = new PoolLayout(ranks, units, loanBytes: 100_000_000, linkBytes: 10_000_000);
        var regions = new List<(long Begin, long End)> { (0, NodeHeader.SizeBytes), (layout.Links, layout.Links + layout.LinkBytes) };
        for (int rank = 0; rank < ranks; rank++)
        {
            regions.Add((layout.Control(rank), layout.Bitmap(rank) + (layout.BitmapWords * 8)));
            regions.Add((layout.FreeRing(rank), layout.FreeRing(rank) + PoolLayout.FreeRingEntriesOffset + (layout.RingEntries * 4)));
            regions.Add((layout.UnitTableOf(rank), layout.UnitTableOf(rank) + (units * UnitTable.EntryBytes)));
            regions.Add((layout.Pair(rank, 0), layout.Pair(rank, ranks - 1) + PoolLayout.PairBytes));
            regions.Add((layout.Units(rank), layout.Units(rank) + layout.UnitsBytes));
            regions.Add((layout.LoanReturns(rank), layout.LoanReturns(rank) + (PoolLayout.LoanSlots * 4)));
            regions.Add((layout.Loans(rank), layout.Loans(rank) + layout.LoanBytes));
            Assert.Equal(0, layout.Loans(rank) % PoolLayout.HugePageBytes);
        }
        regions.Sort();

        Assert.All(regions, region => Assert.Equal(0, region.Begin % 4096));
        Assert.All(regions.Zip(regions.Skip(1)), pair => Assert.True(pair.First.End <= pair.Second.Begin, $"{pair}"));
        Assert.True(regions[^1].End <= layout.TotalBytes);
        Assert.True(PoolSize.CreditOf(units) <= PoolLayout.ReturnEntries, "units on their way home always have room");
        Assert.True(RingSlot.SlotsFor(PoolSize.UnitsFor(PoolSize.EagerBytesMax)) <= PoolLayout.SlotsAPair / 4, "a message may not need more slots than are always given back");
        Assert.True(PoolSize.CreditOf(units) - PoolSize.FragmentReserve >= PoolSize.UnitsFor(PoolSize.EagerBytesMax), "a message fits into a pair's credit");
    }

    [Fact]
    public void SlotOf_EveryDescriptor_HasAPlaceOfItsOwn()
    {
        var seen = new HashSet<(uint, int)>();
        for (int i = 0; i < 32; i++)
        {
            uint slot = RingSlot.SlotOf(i, out int offset);
            Assert.True(seen.Add((slot, offset)));
            Assert.True(slot < RingSlot.SlotsFor(i + 1));
            Assert.InRange(offset, slot == 0 ? 32 : 8, RingSlot.SizeBytes - Descriptor.SizeBytes);
        }
    }

    [Fact]
    public unsafe void UnitTable_ReturnedTwiceOrByAnother_IsRefused()
    {
        byte* memory = stackalloc byte[4 * UnitTable.EntryBytes];
        new Span<byte>(memory, 4 * UnitTable.EntryBytes).Clear();
        var table = new UnitTable(memory, 4);
        table.Clear();

        uint generation = table.Lend(2, holder: 7);

        Assert.False(table.TryReturn(2, generation, holder: 6));
        Assert.False(table.TryReturn(2, generation + 1, holder: 7));
        Assert.False(table.TryReturn(4, generation, holder: 7));
        Assert.True(table.TryReturn(2, generation, holder: 7));
        Assert.False(table.TryReturn(2, generation, holder: 7));
        Assert.NotEqual(generation, table.Lend(2, holder: 7));
    }

    [Fact]
    public unsafe void UnitPool_FirstOrder_TakesEveryOtherUnit_ThenFirstHomeFirstOut()
    {
        using KernelAgent agent = KernelAgent.Create(1, new TransportOptions());
        using NodeMemory memory = agent.Share();
        var pool = new UnitPool(memory.Mapping, 0);
        var descriptors = new Descriptor[pool.Count];
        fixed (Descriptor* all = descriptors)
        {
            for (int i = 0; i < pool.Count; i++)
            {
                byte* unit = pool.Lend(holder: 0, 100, all + i);
                Assert.Equal((nint)memory.Mapping.At((long)all[i].Offset), (nint)unit);
            }
        }
        Assert.Equal(0, pool.Free);
        Assert.Equal(4096ul, descriptors[1].Offset - descriptors[0].Offset);
        Assert.Equal(pool.Count, descriptors.Select(d => d.Offset).Distinct().Count());

        uint first = (uint)((descriptors[5].Offset - descriptors[0].Offset) / 2048), second = (uint)((descriptors[3].Offset - descriptors[0].Offset) / 2048);
        Assert.True(pool.TryTakeBack(first | (descriptors[5].Generation << 16), holder: 0));
        Assert.True(pool.TryTakeBack(second | (descriptors[3].Generation << 16), holder: 0));
        Assert.False(pool.TryTakeBack(second | (descriptors[3].Generation << 16), holder: 0));
        Descriptor again;
        pool.Lend(0, 1, &again);
        Assert.Equal(descriptors[5].Offset, again.Offset);
        Assert.NotEqual(descriptors[5].Generation, again.Generation);
    }

    [Fact]
    public unsafe void AddressTranslationBuffer_PhysicalWhereShown_FollowsThePaper()
    {
        using KernelAgent agent = KernelAgent.Create(1, new TransportOptions());
        using NodeMemory memory = agent.Share();
        var pool = new UnitPool(memory.Mapping, 0);
        AddressTranslationBuffer atb = pool.Addresses;

        Assert.Equal(2048 * 7, atb.VirtualOf(7) - atb.VirtualOf(0));
        Assert.Equal(atb.AddressOf(6) + 2048, atb.AddressOf(7));
        if (!atb.KnowsPhysical)
            Assert.Equal((ulong)(atb.VirtualOf(7) - memory.Mapping.At(0)), atb.AddressOf(7));
        Assert.SkipUnless(atb.KnowsPhysical, "the kernel hides physical addresses here (CAP_SYS_ADMIN)");
        Assert.Equal(atb.PhysicalOf(6) + 2048, atb.PhysicalOf(7));
        Assert.Equal(0ul, atb.PhysicalOf(6) % 4096);
    }
}
