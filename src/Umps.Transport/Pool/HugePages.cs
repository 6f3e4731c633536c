using System;
using System.Buffers;
using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Threading;
using Umps.Transport.Interop;

namespace Umps.Transport.Pool;

/// <summary>Asks for transparent huge pages where the program's buffers will be: under the managed heap's reserved range, and under large private mappings.</summary>
/// <remarks>
/// A copy between two processes finds and holds every page it touches; 2 MB pages halve what such a copy costs. Asked once a process, when its first rank attaches, before the
/// program has made its buffers; what the collector commits of its range later keeps the advice. The range is the run of anonymous private mappings around an object of the
/// heap, from the first to the last long one that is reserved only: at its ends a thread's stack might lie, which is never asked for, and neither is code.
/// Best effort: where the system's setting is "never", or there is no /proc, nothing changes.
/// </remarks>
internal static unsafe class HugePages
{
    /// <summary>A mapping that is only reserved, and so long, is no guard of a stack.</summary>
    private const long ReservedBytesMin = 4 << 20;

    /// <summary>A private mapping so long is a buffer: no stack, no arena of malloc.</summary>
    private const long BufferBytesMin = 64 << 20;

    /// <summary>The unused rest of what the collector has committed of a region is at least so long; a guard of a stack is shorter.</summary>
    private const long RestBytesMin = 64 << 10;

    private static int s_asked;
    private static long s_heapFirst, s_heapLast;

    /// <summary>Asks, the first time it is called.</summary>
    /// <returns>How many ranges were advised.</returns>
    public static int AdviseOnce() => Interlocked.Exchange(ref s_asked, 1) == 0 ? Advise() : 0;

    /// <summary>Makes one huge page of the pages around a buffer that is copied from again and again.</summary>
    /// <param name="start">A huge page's boundary.</param>
    /// <param name="isHuge">It is one now.</param>
    /// <returns>False when it is none, and will not be one.</returns>
    /// <remarks>
    /// An array of less than 2 MB is at the end of what the collector has committed of a region, and a huge page's range must be in one mapping: within the range that was advised,
    /// the reserved rest behind it is made usable, as the collector would do when it grows. Nobody knows of it, so nobody touches it.
    /// </remarks>
    public static bool TryCollapse(long start, out bool isHuge)
    {
        Errno result = Linux.CollapseToHugePage(start, PoolLayout.HugePageBytes);
        if (result == Errno.EINVAL && s_heapFirst <= start && start + PoolLayout.HugePageBytes <= Volatile.Read(ref s_heapLast) && Complete(start) > 0)
            result = Linux.CollapseToHugePage(start, PoolLayout.HugePageBytes);
        isHuge = result == Errno.None;
        return result != Errno.EINVAL;
    }

    private static int Complete(long start)
    {
        byte[] text = ReadMaps(out int length);
        int made = length < 0 ? 0 : Complete(text.AsSpan(0, length), start);
        ArrayPool<byte>.Shared.Return(text);
        return made;
    }

    private static int Complete(ReadOnlySpan<byte> maps, long start)
    {
        long end = start + PoolLayout.HugePageBytes;
        int made = 0;
        long usedTo = 0;
        var ranges = new MapRanges(maps);
        while (ranges.MoveNext())
        {
            if (ranges.End <= start)
                continue;
            if (ranges.Start >= end)
                break;
            if (!ranges.IsReserved)
            {
                usedTo = ranges.End;
                continue;
            }
            // Behind something in use, and long: what a region has not committed yet. Anything else stays what it is.
            if (ranges.Start != usedTo || ranges.Length < RestBytesMin)
                return 0;
            long restEnd = Math.Min(ranges.End, end);
            if (Linux.MakeUsable(ranges.Start, restEnd - ranges.Start) != Errno.None)
                return 0;
            made++;
            usedTo = restEnd;
        }
        return made;
    }

    private static int Advise()
    {
        byte[] text = ReadMaps(out int length);
        int advised = length < 0 ? 0 : Advise(text.AsSpan(0, length), HeapAddress());
        ArrayPool<byte>.Shared.Return(text);
        return advised;
    }

    /// <summary>The mappings of this process, as text in an array of the pool.</summary>
    /// <param name="length">Its length; negative when it cannot be read.</param>
    private static byte[] ReadMaps(out int length)
    {
        byte[] text = ArrayPool<byte>.Shared.Rent(64 << 10);
        while ((length = Linux.ReadSmallFile("/proc/self/maps\0"u8, text)) == text.Length)
        {
            ArrayPool<byte>.Shared.Return(text);
            text = ArrayPool<byte>.Shared.Rent(2 * length);
        }
        return text;
    }

    private static int Advise(ReadOnlySpan<byte> maps, long heap)
    {
        int advised = 0;
        var ranges = new MapRanges(maps);
        long runEnd = 0, first = 0, last = 0;
        while (ranges.MoveNext())
        {
            if (ranges.Start != runEnd)
            {
                advised += AdviseHeap(first, last, heap);
                first = last = 0;
            }
            runEnd = ranges.End;
            if (ranges.IsReserved && ranges.Length >= ReservedBytesMin)
            {
                first = first == 0 ? ranges.Start : first;
                last = ranges.End;
            }
            else if (!ranges.IsReserved && ranges.Length >= BufferBytesMin)
            {
                advised += Linux.AdviseHugePages(ranges.Start, ranges.Length) == Errno.None ? 1 : 0;
            }
        }
        return advised + AdviseHeap(first, last, heap);
    }

    private static int AdviseHeap(long first, long last, long heap)
    {
        if (heap < first || last <= heap || Linux.AdviseHugePages(first, last - first) != Errno.None)
            return 0;
        s_heapFirst = first;
        Volatile.Write(ref s_heapLast, last);
        return 1;
    }

    private static long HeapAddress()
    {
        object something = new();
        return *(long*)Unsafe.AsPointer(ref something);      // only says where the heap is: the object may move
    }

    /// <summary>The anonymous private mappings that hold no code, in a text of /proc/…/maps.</summary>
    private ref struct MapRanges(ReadOnlySpan<byte> text)
    {
        private ReadOnlySpan<byte> _rest = text;

        public long Start { get; private set; }

        public long End { get; private set; }

        public bool IsReserved { get; private set; }

        public readonly long Length => End - Start;

        public bool MoveNext()
        {
            while (!_rest.IsEmpty)
            {
                int end = _rest.IndexOf((byte)'\n');
                ReadOnlySpan<byte> line = end < 0 ? _rest : _rest[..end];
                _rest = end < 0 ? default : _rest[(end + 1)..];
                if (Parse(line))
                    return true;
            }
            return false;
        }

        // 7fcb9d800000-7fcb9d831000 rw-p 00000000 00:00 0                          [name]
        private bool Parse(ReadOnlySpan<byte> line)
        {
            if (!Utf8Parser.TryParse(line, out ulong start, out int startLength, 'x') || startLength + 1 >= line.Length
                || !Utf8Parser.TryParse(line[(startLength + 1)..], out ulong end, out int endLength, 'x'))
                return false;
            ReadOnlySpan<byte> fields = line[(startLength + 1 + endLength)..];
            bool reserved = fields.StartsWith(" ---p 00000000 00:00 0"u8);
            if (!reserved && !fields.StartsWith(" rw-p 00000000 00:00 0"u8))
                return false;
            if (fields[" ---p 00000000 00:00 0"u8.Length..].IndexOfAnyExcept((byte)' ') >= 0)
                return false;       // [heap], [stack], [anon: …]
            Start = (long)start;
            End = (long)end;
            IsReserved = reserved;
            return true;
        }
    }
}
