using System;
using System.Runtime.InteropServices;
using System.Threading;
using Umps.Testing;
using Umps.Transport.Rings;
using Xunit;

namespace Umps.Tests.Rings;

/// <summary>The rings by themselves: full, empty, counters that wrap, and two threads that hand words over.</summary>
public sealed unsafe class RingTests : IDisposable
{
    private const int Bytes = 64 * 1024;
    private readonly byte* _memory = (byte*)NativeMemory.AlignedAlloc(Bytes, 4096);

    public RingTests() => NativeMemory.Clear(_memory, Bytes);

    public void Dispose() => NativeMemory.AlignedFree(_memory);

    [Theory]
    [InlineData(0u)]
    [InlineData(uint.MaxValue - 5)]             // the counters wrap within the test
    public void Ring_FullAndEmpty_AreRefused(uint start)
    {
        (RingProducer<uint> producer, RingConsumer<uint> consumer) = MakeRing(8, start);

        for (int lap = 0; lap < 5; lap++)
        {
            for (uint i = 0; i < 8; i++)
                Assert.True(producer.TryEnqueue((uint)(lap * 100) + i));
            Assert.False(producer.TryEnqueue(99));
            Assert.Equal(8u, consumer.Count);
            for (uint i = 0; i < 8; i++)
            {
                Assert.True(consumer.TryDequeue(out uint item));
                Assert.Equal((uint)(lap * 100) + i, item);
            }
            Assert.False(consumer.TryDequeue(out _));
        }
    }

    [Fact]
    public void Ring_TwoThreads_EveryWordOnceInOrder()
    {
        const int Words = 2_000_000;
        (RingProducer<uint> producer, RingConsumer<uint> consumer) = MakeRing(64, uint.MaxValue - 1000);
        var sender = new Thread(() =>
        {
            for (uint i = 0; i < Words;)
            {
                if (producer.TryEnqueue(i))
                    i++;
                else
                    Thread.Yield();
            }
        })
        { IsBackground = true };
        sender.Start();

        Deadline deadline = Deadline.After(60);
        for (uint i = 0; i < Words;)
        {
            if (consumer.TryDequeue(out uint item))
            {
                Assert.Equal(i++, item);
            }
            else
            {
                Thread.Yield();
                Assert.False(deadline.HasPassed);
            }
        }
        sender.Join();
    }

    /// <summary>Messages of one slot and of several, bursts and gaps, each word of each slot checked.</summary>
    [Fact]
    public void Slots_TwoThreads_EveryMessageWholeAndInOrder() => Seeds.Run(random =>
    {
        const int Messages = 500_000;
        int seed = random.Next();
        NativeMemory.Clear(_memory, Bytes);
        var producer = new SlotProducer((RingSlot*)(_memory + 4096), (uint*)_memory, 128);
        var consumer = new SlotConsumer((RingSlot*)(_memory + 4096), (uint*)_memory, 128);
        var sender = new Thread(() =>
        {
            var choice = new Random(seed);
            for (uint i = 0; i < Messages; i++)
            {
                uint slots = choice.Next(4) == 0 ? (uint)choice.Next(1, 12) : 1;
                while (!producer.HasRoom(slots))
                    Thread.Yield();
                for (uint s = 0; s < slots; s++)
                    Fill(producer.Slot(s), i + s);
                producer.Slot(0)->Header.Word1 = slots;
                producer.Publish(slots, RingSlot.FirstWord(0, 0, 0));
                if (choice.Next(2000) == 0)
                    Thread.Sleep(0);
            }
        })
        { IsBackground = true };
        sender.Start();

        Deadline deadline = Deadline.After(60);
        for (uint i = 0; i < Messages;)
        {
            RingSlot* slot = consumer.Next;
            if (slot == null)
            {
                Thread.Yield();
                Assert.False(deadline.HasPassed, $"{i} of {Messages} messages came");
                continue;
            }
            uint slots = slot->Header.Word1;
            for (uint s = 0; s < slots; s++)
            {
                if (!consumer.IsFilled(s) || !IsFilledWith(consumer.Slot(s), i + s))
                    Assert.Fail($"slot {s} of message {i} is damaged");
            }
            consumer.Advance(slots);
            consumer.PublishQuarter();
            i++;
        }
        sender.Join();
    });

    [Fact]
    public void Slots_FullRing_HasRoomOnceAQuarterIsRead()
    {
        var producer = new SlotProducer((RingSlot*)(_memory + 4096), (uint*)_memory, 128);
        var consumer = new SlotConsumer((RingSlot*)(_memory + 4096), (uint*)_memory, 128);
        for (int i = 0; i < 127; i++)
        {
            Assert.True(producer.HasRoom(1));
            producer.Publish(producer.Slot(0), RingSlot.FirstWord(0, 0, 0));
        }
        Assert.False(producer.HasRoom(1));
        Assert.True(producer.IsNearlyFull);

        for (int i = 0; i < 32; i++)
        {
            Assert.False(producer.HasRoom(1));
            Assert.True(consumer.Next != null);
            consumer.Advance(1);
            Assert.Equal(i == 31, consumer.PublishQuarter());
        }

        Assert.True(producer.HasRoom(32));
        Assert.False(producer.HasRoom(33));
    }

    [Fact]
    public void Slots_WideMessages_AreReadWholeAndInOrderWhateverTheirPayload()
    {
        var producer = new SlotProducer((RingSlot*)(_memory + 4096), (uint*)_memory, 128);
        var consumer = new SlotConsumer((RingSlot*)(_memory + 4096), (uint*)_memory, 128);
        var random = new Random(7);
        for (uint message = 0; message < 5000;)
        {
            uint sent = 0;
            uint[] lengths = new uint[8];
            for (; sent < 8; sent++)
            {
                uint slots = (uint)random.Next(1, 18);
                if (!producer.HasRoomInOnePiece(slots))
                    break;
                RingSlot* slot = producer.Slot(0);
                slot->Header.Word0 = message + sent;
                for (uint i = 1; i < slots; i++)
                    *(uint*)(slot + i) = producer.Tail + i + 1 + (128 * (uint)random.Next(0, 3));      // what a sequence word might hold there, now or laps later
                producer.PublishWide(slot, slots, RingSlot.FirstWord(0, 0, 0));
                lengths[sent] = slots;
            }
            Assert.NotEqual(0u, sent);

            for (uint i = 0; i < sent; i++)
            {
                RingSlot* slot = consumer.Next;
                Assert.True(slot != null);
                if (slot->Header.Flags == RingSlot.Skip)
                {
                    consumer.SkipToBeginning();
                    slot = consumer.Next;
                    Assert.True(slot != null);
                }
                Assert.True(consumer.IsInOnePiece(lengths[i]));
                Assert.Equal(message + i, slot->Header.Word0);
                consumer.Advance(lengths[i]);
            }
            Assert.True(consumer.Next == null || consumer.Next->Header.Flags == RingSlot.Skip);
            if (consumer.Next != null)
                consumer.SkipToBeginning();
            consumer.Publish();
            message += sent;
        }
    }

    private (RingProducer<uint> Producer, RingConsumer<uint> Consumer) MakeRing(int capacity, uint start)
    {
        uint* tail = (uint*)_memory, head = (uint*)(_memory + 64), entries = (uint*)(_memory + 128);
        *tail = *head = start;
        return (new RingProducer<uint>(tail, head, entries, capacity), new RingConsumer<uint>(tail, head, entries, capacity));
    }

    private static void Fill(RingSlot* slot, uint value)
    {
        slot->Header.Word0 = value;
        for (int i = 0; i < RingSlot.InlineBytesMax / 4; i++)
            ((uint*)slot->Payload)[i] = value * 31 + (uint)i;
    }

    private static bool IsFilledWith(RingSlot* slot, uint value)
    {
        bool isRight = slot->Header.Word0 == value;
        for (int i = 0; i < RingSlot.InlineBytesMax / 4; i++)
            isRight &= ((uint*)slot->Payload)[i] == value * 31 + (uint)i;
        return isRight;
    }
}
