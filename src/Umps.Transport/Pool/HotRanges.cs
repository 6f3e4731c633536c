using System;

namespace Umps.Transport.Pool;

/// <summary>Which huge pages' ranges this rank's long messages are in, again and again; each of them is made one huge page, once.</summary>
/// <remarks>
/// A copy between processes finds and holds each page: 64 KiB in 16 pages take 4.0 µs, in one 2.2. Arrays of less than 2 MB have small pages, however the collector's range was
/// advised; so what is used often is put together then. A range that was used less often than others with the same place here is forgotten.
/// </remarks>
internal sealed class HotRanges
{
    /// <summary>Uses before the first try: it takes as long as copying a few hundred messages.</summary>
    private const int UsesToTry = 200;

    private const int Places = 64, TriesMax = 3;

    /// <summary>So much of the heap, and no more, is made resident for it.</summary>
    private const int CollapsedMax = 64;

    /// <summary>Longer messages have whole huge pages already, but for their ends.</summary>
    private const long BytesMax = 4 << 20;

    /// <summary>Done with, one way or the other: uses are not counted any more.</summary>
    private const int Settled = int.MaxValue;

    private readonly long[] _ranges = new long[Places];
    private readonly int[] _uses = new int[Places];
    private readonly int[] _tries = new int[Places];
    private int _collapsed;

    /// <summary>A message is there.</summary>
    public void Note(long address, long lengthBytes)
    {
        if (lengthBytes > BytesMax)
            return;
        long last = (address + lengthBytes - 1) / PoolLayout.HugePageBytes;
        for (long range = address / PoolLayout.HugePageBytes; range <= last; range++)
        {
            int place = (int)(range % Places);
            if (_ranges[place] != range)
                Replace(place, range);
            else if (_uses[place] != Settled && ++_uses[place] >= UsesToTry)
                Try(place, range);
        }
    }

    private void Replace(int place, long range)
    {
        if (_uses[place] != Settled && --_uses[place] > 0)
            return;
        _ranges[place] = range;
        _uses[place] = 1;
        _tries[place] = 0;
    }

    private void Try(int place, long range)
    {
        _uses[place] = 0;
        if (_collapsed >= CollapsedMax)
        {
            _uses[place] = Settled;
            return;
        }
        bool possible = HugePages.TryCollapse(range * PoolLayout.HugePageBytes, out bool isHuge);
        if (isHuge)
            _collapsed++;
        if (isHuge || !possible || ++_tries[place] == TriesMax)
            _uses[place] = Settled;
    }
}
