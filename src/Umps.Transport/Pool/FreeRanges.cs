using System;
using System.Collections.Generic;

namespace Umps.Transport.Pool;

/// <summary>What is free of a span of addresses: ranges in order, neighbours made one.
/// The first that is long enough is taken, so that what is in use stays together at the front.</summary>
/// <remarks>Looked at when a block is made or unmade, not when one is lent: some dozens of ranges, in one array.</remarks>
internal sealed class FreeRanges
{
    private readonly List<(long Begin, long End)> _ranges = [];

    public FreeRanges(long begin, long end) => _ranges.Add((begin, end));

    /// <summary>The ranges, in order.</summary>
    public IReadOnlyList<(long Begin, long End)> Ranges => _ranges;

    /// <summary>Length of the longest range.</summary>
    public long LongestBytes
    {
        get
        {
            long longest = 0;
            foreach ((long begin, long end) in _ranges)
                longest = Math.Max(longest, end - begin);
            return longest;
        }
    }

    /// <summary>Takes an aligned piece.</summary>
    /// <param name="lengthBytes">Its length.</param>
    /// <param name="alignment">A power of two.</param>
    /// <returns>Where it begins; -1 when no range holds it.</returns>
    public long Take(long lengthBytes, long alignment)
    {
        for (int i = 0; i < _ranges.Count; i++)
        {
            (long begin, long end) = _ranges[i];
            long first = (begin + alignment - 1) & -alignment;
            if (end - first < lengthBytes)
                continue;
            long after = first + lengthBytes;
            if (first > begin && after < end)
            {
                _ranges[i] = (begin, first);
                _ranges.Insert(i + 1, (after, end));
            }
            else if (first > begin)
            {
                _ranges[i] = (begin, first);
            }
            else if (after < end)
            {
                _ranges[i] = (after, end);
            }
            else
            {
                _ranges.RemoveAt(i);
            }
            return first;
        }
        return -1;
    }

    /// <summary>Gives a piece back.</summary>
    /// <exception cref="InvalidOperationException">A part of it is free already.</exception>
    public void Give(long begin, long lengthBytes)
    {
        long end = begin + lengthBytes;
        int at = FirstBehind(begin);
        bool meetsNext = at < _ranges.Count && _ranges[at].Begin <= end;
        bool meetsPrevious = at > 0 && _ranges[at - 1].End >= begin;
        if ((meetsNext && _ranges[at].Begin < end) || (meetsPrevious && _ranges[at - 1].End > begin))
            throw new InvalidOperationException($"{begin:x} to {end:x} is free already, or a part of it");
        if (meetsNext && meetsPrevious)
        {
            _ranges[at - 1] = (_ranges[at - 1].Begin, _ranges[at].End);
            _ranges.RemoveAt(at);
        }
        else if (meetsNext)
        {
            _ranges[at] = (begin, _ranges[at].End);
        }
        else if (meetsPrevious)
        {
            _ranges[at - 1] = (_ranges[at - 1].Begin, end);
        }
        else
        {
            _ranges.Insert(at, (begin, end));
        }
    }

    private int FirstBehind(long begin)
    {
        int low = 0, high = _ranges.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_ranges[middle].Begin < begin)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }
}
