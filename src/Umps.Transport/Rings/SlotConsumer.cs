using System.Threading;

namespace Umps.Transport.Rings;

/// <summary>The receiving half of a pair's control ring: rxBusyQ from a peer. <see cref="SlotProducer"/> argues the order.</summary>
internal unsafe struct SlotConsumer
{
    private readonly RingSlot* _slots;
    private readonly uint* _headShared;
    private readonly uint _capacity;
    private uint _head, _headPublished;

    public SlotConsumer(RingSlot* slots, uint* head, int capacity)
    {
        _slots = slots;
        _headShared = head;
        _capacity = (uint)capacity;
    }

    /// <summary>Slots read since the beginning.</summary>
    public readonly uint Head => _head;

    /// <summary>The next message's slot; null when it has not come.</summary>
    public readonly RingSlot* Next
    {
        get
        {
            RingSlot* slot = _slots + (_head & (_capacity - 1));
            return Volatile.Read(ref slot->Header.Sequence) == _head + 1 ? slot : null;     // A1
        }
    }

    /// <summary>The word that becomes <see cref="Head"/> + 1 when the next message has come.</summary>
    public readonly uint* NextSequence => &(_slots + (_head & (_capacity - 1)))->Header.Sequence;

    /// <summary>A further slot of the next message, which is there when the first is.</summary>
    public readonly RingSlot* Slot(uint ahead) => _slots + ((_head + ahead) & (_capacity - 1));

    /// <summary>True when the slot that follows so many after the next holds what its place calls for.</summary>
    public readonly bool IsFilled(uint ahead) => Slot(ahead)->Header.Sequence == _head + ahead + 1;

    /// <summary>Slots that hold what has not been read: as many as can be told without the sender, for the payload of a wide message looks like none.</summary>
    public readonly uint CountFilled()
    {
        SlotConsumer now = this;        // its owner goes on meanwhile
        uint filled = 0;
        while (now._slots != null && filled < now._capacity && now.IsFilled(filled))
            filled++;
        return filled;
    }

    /// <summary>The slots have been read, or will have been before <see cref="PublishQuarter"/> is called.</summary>
    public void Advance(uint slots) => _head += slots;

    /// <summary>The rest of the ring was skipped.</summary>
    public void SkipToBeginning() => _head = (_head | (_capacity - 1)) + 1;

    /// <summary>True when so many slots from the next one on do not go round the ring's end.</summary>
    public readonly bool IsInOnePiece(uint slots) => (_head & (_capacity - 1)) + slots <= _capacity;

    /// <summary>Gives slots back once a quarter of the ring has been read.</summary>
    /// <returns>True when it did.</returns>
    public bool PublishQuarter()
    {
        if (_head - _headPublished < _capacity / 4)
            return false;
        Publish();
        return true;
    }

    /// <summary>Gives back all slots that have been read.</summary>
    public void Publish()
    {
        _headPublished = _head;
        Volatile.Write(ref *_headShared, _head);                // R2
    }
}
