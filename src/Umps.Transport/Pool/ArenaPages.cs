using System;
using Umps.Transport.Interop;

namespace Umps.Transport.Pool;

/// <summary>Which pages of a rank's loan arena exist, in chunks: made once, given back when too many lie idle.</summary>
/// <remarks>A page that cannot be had is an error here; touched first, it would be a SIGBUS. Offsets count from the arena's beginning.</remarks>
internal sealed unsafe class ArenaPages
{
    public const int ChunkShift = 16, ChunkBytes = 1 << ChunkShift;

    private readonly NodeMapping _memory;
    private readonly long _arena;
    private readonly ulong[] _exist;
    private readonly bool _mayBeHuge;

    public ArenaPages(NodeMapping memory, int rank)
    {
        _memory = memory;
        _arena = memory.Layout.Loans(rank);
        _exist = new ulong[((memory.Layout.LoanBytes >> ChunkShift) + 63) / 64];
        _mayBeHuge = (nint)memory.At(_arena) % PoolLayout.HugePageBytes == 0;
        if (_mayBeHuge)
            Linux.AdviseHugeShared(memory.At(_arena), memory.Layout.LoanBytes);
    }

    /// <summary>Memory in use for the arena, whether lent or idle.</summary>
    public long ExistingBytes { get; private set; }

    /// <summary>Makes what is missing of a piece exist, and enters it into this process's page table.</summary>
    /// <returns>Where the last chunk of it ends.</returns>
    /// <exception cref="UmpsException">UMPS1002.</exception>
    public long Ensure(long begin, long lengthBytes)
    {
        long chunk = begin >> ChunkShift, end = (begin + lengthBytes + ChunkBytes - 1) >> ChunkShift;
        while (chunk < end)
        {
            if (Exists(chunk))
            {
                chunk++;
                continue;
            }
            long first = chunk;
            while (chunk < end && !Exists(chunk))
                chunk++;
            Make(first << ChunkShift, (chunk - first) << ChunkShift);
            for (long each = first; each < chunk; each++)
                _exist[each / 64] |= 1UL << (int)(each % 64);
            ExistingBytes += (chunk - first) << ChunkShift;
        }
        return end << ChunkShift;
    }

    /// <summary>Gives back chunks that lie wholly in a free piece, the last first, until so many bytes have gone.</summary>
    public void Drop(long begin, long end, long bytesMax)
    {
        long first = (begin + ChunkBytes - 1) >> ChunkShift, chunk = end >> ChunkShift;
        while (chunk > first && bytesMax > 0)
        {
            if (!Exists(chunk - 1))
            {
                chunk--;
                continue;
            }
            long after = chunk;
            while (chunk > first && Exists(chunk - 1) && (after - chunk) << ChunkShift < bytesMax)
                chunk--;
            long bytes = (after - chunk) << ChunkShift;
            if (Linux.PunchHole(_memory.Descriptor, _arena + (chunk << ChunkShift), bytes) != Errno.None)
                return;                 // they stay, and are used again
            for (long each = chunk; each < after; each++)
                _exist[each / 64] &= ~(1UL << (int)(each % 64));
            ExistingBytes -= bytes;
            bytesMax -= bytes;
        }
    }

    private bool Exists(long chunk) => (_exist[chunk / 64] & (1UL << (int)(chunk % 64))) != 0;

    private void Make(long begin, long lengthBytes)
    {
        byte* address = _memory.At(_arena + begin);
        if (_mayBeHuge && begin % PoolLayout.HugePageBytes == 0 && lengthBytes >= PoolLayout.HugePageBytes)
        {
            Errno error = Linux.PopulateOrFail(address, lengthBytes);
            if (error == Errno.None)
                return;
            if (error != Errno.EINVAL)
                throw Throw.MemoryExhausted("a loaned block", lengthBytes, error);
        }
        _memory.Allocate(_arena + begin, lengthBytes, "a loaned block");
        Linux.Populate(address, lengthBytes);
    }
}
