using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading;

namespace Umps.Transport.Rings;

/// <summary>The receiving half of a bounded queue with one producer and one consumer: the mirror image of <see cref="RingProducer{T}"/>, where the order is argued.</summary>
internal sealed unsafe class RingConsumer<T>
    where T : unmanaged
{
    private readonly uint* _tail, _head;    // shared, a cache line each; only this side writes Head
    private readonly T* _entries;
    private readonly uint _mask;
    private uint _headOwn, _tailSeen;       // this process's copies

    /// <summary>A consumer over a ring that lies in zeroed (or rightly counted) memory.</summary>
    public RingConsumer(uint* tail, uint* head, T* entries, int capacity)
    {
        Debug.Assert(uint.IsPow2((uint)capacity));
        _tail = tail;
        _head = head;
        _entries = entries;
        _mask = (uint)capacity - 1;
        _headOwn = *head;
        _tailSeen = _headOwn;
    }

    /// <summary>Items that are there now.</summary>
    public uint Count => Volatile.Read(ref *_tail) - _headOwn;

    /// <summary>Takes the oldest item.</summary>
    /// <returns>False when the ring is empty.</returns>
    public bool TryDequeue(out T item)
    {
        uint head = _headOwn;
        if (head == _tailSeen && !HasItemSlow(head))            // empty by the old copy and by a fresh one
        {
            item = default;
            return false;
        }
        item = _entries[head & _mask];
        Volatile.Write(ref *_head, _headOwn = head + 1);        // R2
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool HasItemSlow(uint head)
    {
        _tailSeen = Volatile.Read(ref *_tail);                  // A1
        return head != _tailSeen;
    }
}
