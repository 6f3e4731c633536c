using System;
using System.Runtime.CompilerServices;
using Umps.Transport.Rings;

namespace Umps.Transport.Agents.Shm;

/// <summary>The short way of sending: a payload beside its header, in one slot or in several, to a peer that was written to before, while the ring has room.</summary>
/// <remarks>
/// A processor lets its stores out in their order, and one to a line that the receiver has read waits for that line to come over. Until then every later store, to the
/// stack too, queues behind it; when the queue is full the sender stands still. With few stores a message, several messages' lines are under way at once: with 60 stores
/// in between a bare ring passes a third of the messages that it passes with 20. So here is as little as can be, and all else takes the ordinary way.
/// </remarks>
internal sealed unsafe partial class ShmAgent
{
    /// <summary>Payloads of more slots than this go in units where they come in bursts: the ring takes three of them at a time, and both sides then work on lines the other has just had.</summary>
    private const uint LongWideSlots = 9;

    /// <summary>Sends a short message if nothing out of the ordinary is needed for it.</summary>
    /// <param name="peer">Endpoint of the receiver.</param>
    /// <param name="firstWord">Kind and length: <see cref="RingSlot.FirstWord"/>.</param>
    /// <param name="word0">The header's word 0.</param>
    /// <param name="words12">Its words 1 and 2, the second above the first.</param>
    /// <param name="payload">At most <see cref="RingSlot.WideBytesMax"/> bytes.</param>
    /// <returns>False when nothing was sent: <see cref="TrySend"/> knows more.</returns>
    public bool TrySendShort(int peer, ulong firstWord, ulong word0, ulong words12, byte* payload)
    {
        ShmPeer? to = _peers[peer];
        if (to is null || !to.CanSend)
            return false;
        uint bytes = (uint)(firstWord >> RingSlot.LengthShift);
        if (bytes > RingSlot.InlineBytesMax)
        {
            if (!TryPutWide(to, firstWord, word0, words12, payload, bytes))
                return false;
        }
        else
        {
            if (!to.Out.HasRoomAtHand)
                return false;
            RingSlot* slot = to.Out.Slot(0);
            FillWords(slot, word0, words12);
            if (bytes == sizeof(ulong))
                *(ulong*)slot->Payload = *(ulong*)payload;
            else
                Buffer.MemoryCopy(payload, slot->Payload, RingSlot.InlineBytesMax, bytes);
            to.Out.Publish(slot, firstWord);
            _counters.SentInline++;
        }
        Announce(to, control: false);       // the ring is half empty, and what is of the Control level does not come this way
        return true;
    }

    /// <summary>Puts a payload into consecutive slots and hands them over; the caller announces it.</summary>
    /// <returns>False when there is no room for that now: units may still serve.</returns>
    private bool TryPutWide(ShmPeer to, ulong firstWord, ulong word0, ulong words12, byte* payload, uint bytes)
    {
        uint slots = RingSlot.SlotsForInline((int)bytes);
        if ((slots > LongWideSlots && !to.HasAnswered) || !HasWideCredit(to) || !to.Out.HasRoomInOnePiece(slots))
            return false;
        if (slots > LongWideSlots)
            to.HasAnswered = false;
        RingSlot* slot = to.Out.Slot(0);
        FillWords(slot, word0, words12);
        Buffer.MemoryCopy(payload, slot->Payload, RingSlot.WideBytesMax, bytes);
        to.WideSent++;
        to.Out.PublishWide(slot, slots, firstWord);
        _counters.SentWide++;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FillWords(RingSlot* slot, ulong word0, ulong words12)
    {
        slot->Header.Word0 = word0;
        *(ulong*)&slot->Header.Word1 = words12;
    }
}
