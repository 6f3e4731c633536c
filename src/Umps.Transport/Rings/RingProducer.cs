using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading;

namespace Umps.Transport.Rings;

/// <summary>The sending half of a bounded queue with one producer and one consumer, each perhaps in its own process.</summary>
/// <remarks>
/// Order: the producer fills the entry, then releases Tail (R1); the consumer acquires Tail (A1) before it reads the entry, so what A1 covers is whole. Back:
/// the consumer releases Head (R2) after its last read; the producer acquires Head (A2) before it reuses the entry.
/// Owners: only this side writes Tail; <see cref="RingConsumer{T}"/> alone writes Head.
/// Cost: the copies are private, refreshed only when the ring looks full: a steady stream moves the entry's line and Tail's.
/// Tail, Head and entries may lie anywhere, so the kernel's AF_XDP rings are this type too.
/// Not promised: waking a sleeper. Publish-then-look-whether-armed needs a store-load fence; that is Doorbell's.
/// </remarks>
internal sealed unsafe class RingProducer<T>
    where T : unmanaged
{
    private readonly uint* _tail, _head;    // shared, a cache line each
    private readonly T* _entries;
    private readonly uint _mask;            // capacity - 1, capacity a power of two; the counters wrap, their difference does not
    private uint _tailOwn, _headSeen;       // this process's copies

    /// <summary>A producer over a ring that lies in zeroed (or rightly counted) memory.</summary>
    public RingProducer(uint* tail, uint* head, T* entries, int capacity)
    {
        Debug.Assert(uint.IsPow2((uint)capacity));
        _tail = tail;
        _head = head;
        _entries = entries;
        _mask = (uint)capacity - 1;
        _tailOwn = *tail;
        _headSeen = Volatile.Read(ref *head);
    }

    /// <summary>Adds an item.</summary>
    /// <returns>False when the ring is full.</returns>
    public bool TryEnqueue(T item)
    {
        uint tail = _tailOwn;
        if (tail - _headSeen > _mask && !HasRoomSlow(tail))     // full by the old copy and by a fresh one
            return false;
        _entries[tail & _mask] = item;
        Volatile.Write(ref *_tail, _tailOwn = tail + 1);        // R1
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool HasRoomSlow(uint tail)
    {
        _headSeen = Volatile.Read(ref *_head);                  // A2
        return tail - _headSeen <= _mask;
    }
}
