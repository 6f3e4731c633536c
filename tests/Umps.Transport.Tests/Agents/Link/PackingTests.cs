using System;
using System.Collections.Generic;
using System.Linq;
using Umps.Testing;
using Umps.Transport;
using Umps.Transport.Agents.Link;
using Xunit;

namespace Umps.Tests.Agents.Link;

/// <summary>Small messages share frames when many come at once, and never wait when few do.</summary>
public sealed class PackingTests
{
    [Fact]
    public void Burst_SharesFrames()
    {
        using LossyNet net = Gathering();
        long before = net.Counter(0, "frames sent");

        SendNumbered(net, 100, lengthBytes: 64);
        net.Agents[0].FlushGathered();

        Assert.InRange(net.Counter(0, "frames sent") - before, 2 + 98 / 6, 2 + 98 / 6 + 1);     // two leave alone, 88 bytes each of the others
        AssertArrive(net, 100);
        Assert.Equal(0, net.Counter(0, "retransmissions"));
    }

    [Fact]
    public void Burst_SameWords_TakeLessRoom()
    {
        using LossyNet net = Gathering();
        long before = net.Counter(0, "frames sent");

        for (int i = 0; i < 100; i++)
            Assert.True(net.Agents[0].TrySend(1, new FrameHeader { Kind = (byte)i, Word0 = 7, Word1 = 8, Word2 = 9 }, new byte[64]));
        net.Agents[0].FlushGathered();

        Assert.InRange(net.Counter(0, "frames sent") - before, 2 + 98 / 7, 2 + 98 / 7 + 1);
        net.PollUntil(() => net.Recorders[1].Messages.Count == 100, "the burst");
        Assert.All(net.Recorders[1].Messages, m => Assert.Equal((7ul, 8u, 9u), (m.Word0, m.Word1, m.Word2)));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (byte)i), net.Recorders[1].Messages.Select(m => m.Kind));
    }

    /// <summary>Messages longer than half a frame: one goes on in the next, or each frame would have one.</summary>
    [Fact]
    public void Burst_OfHalfFrames_FillsFrames()
    {
        using LossyNet net = Gathering();
        long before = net.Counter(0, "frames sent");

        SendNumbered(net, 100, lengthBytes: 300);
        net.Agents[0].FlushGathered();

        AssertArrive(net, 100);
        Assert.InRange(net.Counter(0, "frames sent") - before, 2 + (98 * 2 / 3), 2 + (98 * 2 / 3) + 1);      // two leave alone; three in two frames of 568 bytes for records
        Assert.Equal(0, net.Counter(0, "retransmissions"));
    }

    /// <summary>A message that is no part of a burst is on its way when the call returns.</summary>
    [Fact]
    public void Single_LeavesAtOnce()
    {
        using LossyNet net = Gathering();

        for (uint i = 0; i < 12; i++)
        {
            long before = net.Hub.Carried;
            net.Hub.Now += 1_000_000;
            Assert.True(net.Agents[0].TrySend(1, new FrameHeader { Word1 = i }, new byte[10]));
            Assert.Equal(1, net.Hub.Carried - before);
        }
        AssertArrive(net, 12);
    }

    /// <summary>What waits for room under way shares frames, too, whether it is a burst or not.</summary>
    [Fact]
    public void WindowIsFull_WhatWaits_SharesFrames()
    {
        using LossyNet net = Connected();
        int sent = 0;
        while (net.Agents[0].TrySend(1, new FrameHeader { Word1 = (uint)sent }, new byte[40]))
        {
            net.Hub.Now += 1_000_000;
            sent++;
        }

        Assert.True(sent > 1000, $"{sent} were taken");
        AssertArrive(net, sent);
    }

    /// <summary>The end of a message in several frames takes others behind it.</summary>
    [Fact]
    public void LongMessagesOfABurst_ShareTheirLastFrames()
    {
        using LossyNet net = Gathering();
        long before = net.Counter(0, "frames sent");

        for (uint i = 0; i < 20; i++)
            Assert.True(net.Agents[0].TrySend(1, new FrameHeader { Word1 = i }, new byte[i % 2 == 0 ? 600 : 100]));
        net.Agents[0].FlushGathered();

        Assert.InRange(net.Counter(0, "frames sent") - before, 20, 23);
        AssertArrive(net, 20);
    }

    [Fact]
    public void Gathered_NextPass_Leaves()
    {
        using LossyNet net = Gathering();

        SendNumbered(net, 10, lengthBytes: 10);
        Assert.True(net.Agents[0].HasOnlyGathered);
        net.Poll(0);
        net.Agents[0].FlushGathered();

        AssertArrive(net, 10);
    }

    [Fact]
    public void Gathered_GrowsOld_IsTold()
    {
        using LossyNet net = Gathering();

        SendNumbered(net, 10, lengthBytes: 10);
        Assert.False(net.Agents[0].HasOldGathered);
        net.Hub.Now += 60_000;

        Assert.True(net.Agents[0].HasOldGathered);
        net.Agents[0].FlushGathered();
        Assert.False(net.Agents[0].HasOldGathered);
        AssertArrive(net, 10);
    }

    [Fact]
    public void Gathered_PeerIsLost_IsForgotten()
    {
        using LossyNet net = Gathering();
        SendNumbered(net, 10, lengthBytes: 10);

        net.Leave(1);
        net.Hub.Now += 1_000_000;
        for (int i = 0; i < 100; i++)
            net.Poll(0);

        Assert.Single(net.Recorders[0].Lost);
        Assert.False(net.Agents[0].HasUnsent);
        Assert.False(net.Agents[0].HasOldGathered);
    }

    [Fact]
    public void Gathered_Dispose_DeliversFirst()
    {
        using LossyNet net = Gathering();
        SendNumbered(net, 10, lengthBytes: 10);

        net.Leave(0);
        net.Hub.Now += 1_000_000;
        for (int i = 0; i < 100; i++)
            net.Poll(1);

        Assert.Equal(Numbers(10), net.Recorders[1].Messages.Select(m => m.Word1));
    }

    /// <summary>A handler that throws in the midst of a frame: the messages behind it come with the next pass.</summary>
    [Fact]
    public void HandlerThrows_RestOfTheFrame_IsDelivered()
    {
        using LossyNet net = Gathering();
        SendNumbered(net, 30, lengthBytes: 8);
        net.Agents[0].FlushGathered();
        net.Hub.Now += 1_000_000;
        var seen = new List<uint>();
        var handler = new Throwing(seen);

        int thrown = 0;
        for (int i = 0; i < 1000 && seen.Count < 30; i++)
        {
            try
            {
                net.Agents[1].Poll(ref handler);
                net.Hub.Now += 1_000_000;
                net.Poll(0);
            }
            catch (InvalidTimeZoneException)
            {
                thrown++;
            }
        }

        Assert.True(seen.Count == 30, $"{seen.Count}, {thrown} thrown: {net.Describe()} {net.Agents[0].PeerOf(1)!.Out} now {net.Hub.Now}");
        Assert.Equal(Numbers(30), seen);
        Assert.Equal(10, thrown);
    }

    /// <summary>Everything at once, in bad weather: bursts, single messages, long ones, and passes between.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void RandomBursts_ArriveInOrder(bool isBad) => Seeds.Run(5, seed =>
    {
        var random = new Random(seed);
        using var net = new LossyNet(2, seed, isBad ? Weather.Bad : Weather.Fine);
        net.Agents[0].AllowGathering();
        var lengths = new List<int>();
        while (lengths.Count < 3000)
        {
            for (int i = random.Next(40); i > 0; i--)
            {
                int length = random.Next(10) switch { 0 => random.Next(6001), 1 => random.Next(530, 560), _ => random.Next(120) };
                var header = new FrameHeader { Kind = (byte)length, Word0 = (ulong)random.Next(2), Word1 = (uint)lengths.Count / 5, Word2 = 3 };
                if (net.Agents[0].TrySend(1, in header, Content(lengths.Count, length)))
                    lengths.Add(length);
            }
            if (random.Next(3) == 0)
                net.Agents[0].FlushGathered();
            if (random.Next(2) == 0)
                net.PollAll();
        }
        net.PollUntil(() => net.Recorders[1].Messages.Count == lengths.Count, "the messages");

        for (int i = 0; i < lengths.Count; i++)
        {
            Recorder.Received message = net.Recorders[1].Messages[i];
            Assert.Equal(((byte)lengths[i], (uint)i / 5, 3u), (message.Kind, message.Word1, message.Word2));
            Assert.True(message.Bytes.AsSpan().SequenceEqual(Content(i, lengths[i])), $"message {i} of {lengths[i]} bytes arrived changed");
        }
        net.Settle();
        net.AssertNothingHeld();
    });

    private static byte[] Content(int number, int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(number * 31 + i))];

    private static IEnumerable<uint> Numbers(int count) => Enumerable.Range(0, count).Select(i => (uint)i);

    private static void SendNumbered(LossyNet net, int count, int lengthBytes)
    {
        for (uint i = 0; i < count; i++)
            Assert.True(net.Agents[0].TrySend(1, new FrameHeader { Word1 = i }, new byte[lengthBytes]));
    }

    private static void AssertArrive(LossyNet net, int count)
    {
        net.PollUntil(() => net.Recorders[1].Messages.Count == count, "the messages");
        Assert.Equal(Numbers(count), net.Recorders[1].Messages.Select(m => m.Word1));
        net.Settle();
        net.AssertNothingHeld();
    }

    private static LossyNet Connected()
    {
        var net = new LossyNet(2, 1, Weather.Fine);
        net.Connect();
        return net;
    }

    private static LossyNet Gathering()
    {
        LossyNet net = Connected();
        net.Agents[0].AllowGathering();
        net.Poll(0);
        return net;
    }

    private readonly struct Throwing(List<uint> seen) : IFrameHandler
    {
        public void OnMessage(int peer, in FrameHeader header, scoped ref Arrival payload)
        {
            seen.Add(header.Word1);
            if (header.Word1 % 3 == 0)
                throw new InvalidTimeZoneException("the handler's own");
        }

        public NativeSpan OnFragmentBegin(int peer, in FrameHeader header, int lengthBytes) => default;

        public void OnFragmentEnd(int peer, in FrameHeader header, int lengthBytes)
        {
        }

        public void OnPeerLost(int peer, string reason)
        {
        }
    }
}
