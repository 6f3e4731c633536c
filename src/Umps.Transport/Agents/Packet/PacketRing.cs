using System;
using System.Runtime.CompilerServices;
using System.Threading;
using Umps.Transport.Agents.Ethernet;
using Umps.Transport.Interop;

namespace Umps.Transport.Agents.Packet;

/// <summary>The ring in which a packet socket's frames come (TPACKET_V2), as its reader maps it: to look whether one is there costs no system call.</summary>
/// <remarks>
/// The kernel fills the entries in their order, from the first, and stops at one that has not come back. So a ring has one reader in its life, and a frame is never kept in its entry: all of a batch go back when the
/// next is taken.
/// Order: the kernel releases the status when the entry is whole, <see cref="Take"/> acquires it; <see cref="GiveBack"/> releases it after the last read.
/// </remarks>
internal sealed unsafe class PacketRing : IDisposable
{
    private readonly byte* _memory;
    private readonly long _memoryBytes;
    private readonly int _entryBytes, _lastEntryBytes;      // the last of a block has the block's rest
    private readonly int _entriesABlock;
    private RingFrame* _next;                               // the entry that is filled next, or has been
    private RingFrame* _taken;                              // the first that was taken and has not gone back
    private int _nextInBlock, _takenInBlock;
    private int _takenCount;

    /// <summary>Maps a socket's ring.</summary>
    /// <exception cref="UmpsException">1306: the kernel does not map it.</exception>
    public PacketRing(int descriptor, RingShape shape)
    {
        _memoryBytes = shape.TotalBytes;
        _entryBytes = shape.EntryBytes;
        _entriesABlock = shape.EntriesABlock;
        _lastEntryBytes = RingShape.BlockBytes - ((_entriesABlock - 1) * _entryBytes);
        _memory = Linux.MapShared(descriptor, _memoryBytes, out Errno error);
        if (_memory == null)
            throw Throw.NoRing("mmap", _memoryBytes, error);
        _next = _taken = (RingFrame*)_memory;
    }

    /// <summary>Takes the next frames that are there.</summary>
    /// <param name="frames">Where each link frame is.</param>
    /// <param name="lengths">And its length; may be one that no frame has.</param>
    /// <param name="max">How many at most.</param>
    public int Take(byte** frames, int* lengths, int max)
    {
        GiveBack();
        int count = 0;
        RingFrame* entry = _next;
        while (count < max && (Volatile.Read(ref entry->Status) & RingFrame.IsReady) != 0)
        {
            frames[count] = (byte*)entry + entry->FrameOffset + EthernetHeader.SizeBytes;
            lengths[count++] = (int)entry->HereBytes - EthernetHeader.SizeBytes;
            entry = After(entry, ref _nextInBlock);
        }
        _next = entry;
        _takenCount = count;
        return count;
    }

    /// <summary>The kernel may have again what was taken.</summary>
    public void GiveBack()
    {
        for (; _takenCount > 0; _takenCount--)
        {
            Volatile.Write(ref _taken->Status, RingFrame.IsKernels);
            _taken = After(_taken, ref _takenInBlock);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Linux.Unmap(_memory, _memoryBytes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private RingFrame* After(RingFrame* entry, ref int inBlock)
    {
        if (++inBlock < _entriesABlock)
            return (RingFrame*)((byte*)entry + _entryBytes);
        inBlock = 0;
        byte* next = (byte*)entry + _lastEntryBytes;
        return (RingFrame*)(next == _memory + _memoryBytes ? _memory : next);
    }
}
