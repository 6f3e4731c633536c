using System;
using System.Runtime.CompilerServices;
using System.Threading;

namespace Umps.Transport.Rings;

/// <summary>The sending half of a pair's control ring: txBusyQ towards a peer.</summary>
/// <remarks>
/// Order: the sender fills the slot, then releases its Sequence (R1), which is the slot's running number plus one; the receiver acquires Sequence (A1) before it reads.
/// Back: the receiver releases Head (R2) after its last read, every quarter of the ring; the sender acquires Head (A2) before it reuses slots.
/// There is no shared tail: a message costs the transfer of its own line. An old slot holds a number that is a lap less, so it is never taken for a new one; a slot that a wide
/// message's payload went through holds anything, and so is given a wrong number before the message in front of it is published. For that one slot more than a message takes must be free.
/// Head is looked at only when the ring seems half full: then it is fresh whenever <see cref="IsNearlyFull"/> says so.
/// </remarks>
internal unsafe struct SlotProducer
{
    private readonly RingSlot* _slots;
    private readonly uint* _head;
    private readonly uint _capacity;
    private readonly bool[] _isRaw;         // slots whose sequence word is some payload's
    private uint _tail, _headSeen;

    public SlotProducer(RingSlot* slots, uint* head, int capacity)
    {
        _slots = slots;
        _head = head;
        _capacity = (uint)capacity;
        _isRaw = new bool[capacity];
    }

    /// <summary>Slots used since the beginning.</summary>
    public readonly uint Tail => _tail;

    /// <summary>More than three quarters of the slots wait for the receiver.</summary>
    public readonly bool IsNearlyFull => _tail - _headSeen > _capacity / 4 * 3;

    /// <summary>True when half of the ring is free, as far as is known: for one slot, and without a look at what the receiver has read since.</summary>
    public readonly bool HasRoomAtHand
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _tail + 1 - _headSeen <= _capacity / 2;
    }

    /// <summary>True when so many slots are free.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool HasRoom(uint slots) => _tail + slots - _headSeen <= _capacity / 2 || HasRoomSlow(slots);

    /// <summary>True when half of the ring stays free beside so many slots in one piece; skips to the ring's beginning for them where needed.</summary>
    /// <remarks>A burst of wide messages would fill the ring, and what is refused is announced and copied later: behind the first few a burst takes units, a slot each.</remarks>
    public bool HasRoomInOnePiece(uint slots)
    {
        uint left = _capacity - (_tail & (_capacity - 1));
        bool skips = slots > left;
        if (!LeavesHalf(skips ? left + slots : slots))
            return false;
        if (skips)
        {
            Publish(Slot(0), left, RingSlot.FirstWord(0, RingSlot.Skip, 0));
        }
        return true;
    }

    /// <summary>A free slot, counted from the next; <see cref="HasRoom"/> has said that it is there.</summary>
    public readonly RingSlot* Slot(uint ahead) => _slots + ((_tail + ahead) & (_capacity - 1));

    /// <summary>Hands one slot to the receiver.</summary>
    /// <param name="slot">The next one, filled but for its first word.</param>
    /// <param name="firstWord"><see cref="RingSlot.FirstWord"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Publish(RingSlot* slot, ulong firstWord) => Publish(slot, 1, firstWord);

    /// <summary>Hands a wide message to the receiver.</summary>
    public void PublishWide(RingSlot* slot, uint slots, ulong firstWord)
    {
        uint index = _tail & (_capacity - 1);
        _isRaw.AsSpan((int)index + 1, (int)slots - 1).Fill(true);
        Publish(slot, slots, firstWord);
    }

    /// <summary>Hands the slots of one message in units to the receiver: all are there when the first is.</summary>
    public void Publish(uint slots, ulong firstWord)
    {
        for (uint i = 1; i < slots; i++)
        {
            Slot(i)->Header.Sequence = _tail + i + 1;
            _isRaw[(_tail + i) & (_capacity - 1)] = false;
        }
        Publish(Slot(0), slots, firstWord);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Publish(RingSlot* slot, uint slots, ulong firstWord)
    {
        uint tail = _tail;
        uint next = (tail + slots) & (_capacity - 1);
        if (_isRaw[next])
        {
            _isRaw[next] = false;
            _slots[next].Header.Sequence = tail + slots;        // not plus one
        }
        Volatile.Write(ref *(ulong*)slot, firstWord | (tail + 1));      // R1: the sequence and what stands beside it, at once
        _tail = tail + slots;
    }

    private bool LeavesHalf(uint slots)
    {
        if (_tail + slots - _headSeen <= _capacity / 2)
            return true;
        _headSeen = Volatile.Read(ref *_head);                  // A2
        return _tail + slots - _headSeen <= _capacity / 2;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool HasRoomSlow(uint slots)
    {
        _headSeen = Volatile.Read(ref *_head);                  // A2
        return _tail + slots - _headSeen < _capacity;
    }
}
