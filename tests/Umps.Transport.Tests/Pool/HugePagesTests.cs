using System;
using System.Runtime.InteropServices;
using Umps.Transport.Pool;
using Xunit;

namespace Umps.Tests.Pool;

/// <summary>Huge pages under the program's buffers: whatever the system grants, the heap stays what it is.</summary>
public class HugePagesTests
{
    [Fact]
    public void TryCollapse_UnderAnArray_KeepsTheHeapWhole()
    {
        HugePages.AdviseOnce();
        byte[][] arrays = MakeArrays();

        foreach (byte[] array in arrays)
            _ = HugePages.TryCollapse(RangeOf(array), out _);

        byte[][] more = MakeArrays();       // the collector commits behind what was made usable
        GC.Collect();
        AssertContents(arrays);
        AssertContents(more);
    }

    [Fact]
    public void TryCollapse_MemoryThatIsNotMapped_IsRefused()
    {
        HugePages.AdviseOnce();

        _ = HugePages.TryCollapse(PoolLayout.HugePageBytes, out bool huge);

        Assert.False(huge);
    }

    [Fact]
    public void Note_SameBufferAgainAndAgain_KeepsItsContents()
    {
        HugePages.AdviseOnce();
        byte[][] arrays = MakeArrays();
        var ranges = new HotRanges();

        for (int i = 0; i < 2000; i++)
            ranges.Note(Marshal.UnsafeAddrOfPinnedArrayElement(arrays[i % arrays.Length], 0), arrays[0].Length);

        AssertContents(arrays);
    }

    private static long RangeOf(byte[] array) => (long)Marshal.UnsafeAddrOfPinnedArrayElement(array, 0) / PoolLayout.HugePageBytes * PoolLayout.HugePageBytes;

    private static byte[][] MakeArrays()
    {
        var arrays = new byte[40][];
        for (int i = 0; i < arrays.Length; i++)
        {
            arrays[i] = GC.AllocateUninitializedArray<byte>(70_000, pinned: true);
            arrays[i].AsSpan().Fill((byte)(i + 1));
        }
        return arrays;
    }

    private static void AssertContents(byte[][] arrays)
    {
        for (int i = 0; i < arrays.Length; i++)
            Assert.Equal(-1, arrays[i].AsSpan().IndexOfAnyExcept((byte)(i + 1)));
    }
}
