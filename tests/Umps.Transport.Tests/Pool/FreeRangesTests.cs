using System;
using System.Collections.Generic;
using Umps.Testing;
using Umps.Transport.Pool;
using Xunit;

namespace Umps.Tests.Pool;

/// <summary>Pieces of a span of addresses: none is given twice, and what comes back joins its neighbours.</summary>
public sealed class FreeRangesTests
{
    [Fact]
    public void Take_Aligned_LeavesTheGapForOthers()
    {
        var ranges = new FreeRanges(0, 100_000);

        Assert.Equal(0, ranges.Take(100, 64));
        Assert.Equal(4096, ranges.Take(4096, 4096));
        Assert.Equal(128, ranges.Take(64, 64));
        Assert.Equal(-1, ranges.Take(100_000, 1));
    }

    [Fact]
    public void Give_AllInAnyOrder_MakesOneRange()
    {
        foreach (int[] order in (int[][])[[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1]])
        {
            var ranges = new FreeRanges(0, 400);
            for (int i = 0; i < 4; i++)
                Assert.Equal(i * 100, ranges.Take(100, 1));
            Assert.Empty(ranges.Ranges);

            foreach (int each in order)
                ranges.Give(each * 100, 100);

            Assert.Equal([(0, 400)], ranges.Ranges);
        }
    }

    [Fact]
    public void Give_WhatIsFree_Throws()
    {
        var ranges = new FreeRanges(0, 400);
        ranges.Take(200, 1);
        ranges.Give(0, 100);

        Assert.Throws<InvalidOperationException>(() => ranges.Give(50, 100));
        Assert.Throws<InvalidOperationException>(() => ranges.Give(150, 100));
        Assert.Throws<InvalidOperationException>(() => ranges.Give(0, 100));
    }

    [Fact]
    public void TakeAndGive_Random_NeverOverlap() => Seeds.Run(5, seed =>
    {
        var random = new Random((int)seed);
        var ranges = new FreeRanges(0, 1 << 20);
        var taken = new List<(long Begin, long Length)>();
        for (int step = 0; step < 3000; step++)
        {
            if (random.Next(2) == 0)
            {
                long length = 1 + random.Next(20_000), alignment = 1L << random.Next(13);
                long begin = ranges.Take(length, alignment);
                if (begin < 0)
                    continue;
                Assert.Equal(0, begin % alignment);
                Assert.DoesNotContain(taken, other => begin < other.Begin + other.Length && other.Begin < begin + length);
                taken.Add((begin, length));
            }
            else if (taken.Count > 0)
            {
                int at = random.Next(taken.Count);
                ranges.Give(taken[at].Begin, taken[at].Length);
                taken.RemoveAt(at);
            }
        }
        foreach ((long begin, long length) in taken)
            ranges.Give(begin, length);
        Assert.Equal([(0, 1 << 20)], ranges.Ranges);
    });
}
