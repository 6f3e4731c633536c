using System;
using System.Collections.Generic;
using System.Linq;
using Umps.Testing;
using Umps.Transport;
using Umps.Transport.Agents.Tcp;
using Xunit;

namespace Umps.Tests.Agents.Tcp;

/// <summary>Bursts of small messages: gathered into few writes, in order, however the socket cuts them, and never left behind.</summary>
public sealed class TcpGatheringTests
{
    private const int BurstLength = 100;

    [Fact]
    public void Burst_WithoutPass_GoesInFewWritesAndInOrder()
    {
        TcpNode[] nodes = Connected();
        using TcpNode a = nodes[0], b = nodes[1];

        int sent = Gather(nodes);
        long calls = a.Counter("send calls"), messages = a.Counter("messages sent");
        a.Agent.FlushGathered();

        Assert.False(a.Agent.HasUnsent);
        Assert.False(a.Agent.HasOnlyGathered);
        Assert.True(calls < messages, $"{messages} messages in {calls} writes");
        TcpNode.PollUntil([b], () => b.Messages.Count == sent, "the burst, by one flush");
        AssertNumbered(b, sent);
    }

    [Fact]
    public void Gathered_NextPass_Leaves()
    {
        TcpNode[] nodes = Connected();
        using TcpNode a = nodes[0], b = nodes[1];

        int sent = Gather(nodes);
        a.Poll();

        Assert.False(a.Agent.HasUnsent);
        TcpNode.PollUntil([b], () => b.Messages.Count == sent, "the burst");
        AssertNumbered(b, sent);
    }

    [Fact]
    public void Gathered_GrowsOld_IsTold()
    {
        TcpNode[] nodes = Connected();
        using TcpNode a = nodes[0], b = nodes[1];

        Gather(nodes);

        TcpNode.PollUntil([b], () => a.Agent.HasOldGathered, "its age");
        a.Agent.FlushGathered();
        Assert.False(a.Agent.HasOldGathered);
    }

    [Fact]
    public void Sleeper_LeavesNothingGathered_AndGathersNothing()
    {
        TcpNode[] nodes = Connected();
        using TcpNode a = nodes[0], b = nodes[1];
        int sent = Gather(nodes);

        a.Agent.BeforeSleep();
        Assert.False(a.Agent.HasUnsent);
        for (int i = 0; i < BurstLength; i++)
            Assert.True(a.Agent.TrySend(1, new FrameHeader { Word0 = (ulong)sent++ }, "small"u8));

        Assert.False(a.Agent.HasUnsent);
        TcpNode.PollUntil([b], () => b.Messages.Count == sent, "all");
        AssertNumbered(b, sent);
    }

    [Fact]
    public void NotAllowed_NothingIsGathered()
    {
        TcpNode[] nodes = TcpNode.Make(2, new TcpOptions { GatherBytesMax = 0 });
        using TcpNode a = nodes[0], b = nodes[1];
        a.Agent.AllowGathering();
        a.Send(1, default, [], nodes);
        TcpNode.PollUntil(nodes, () => b.Messages.Count == 1, "the connection");

        for (int i = 0; i < BurstLength; i++)
            Assert.True(a.Agent.TrySend(1, default, "small"u8));

        Assert.False(a.Agent.HasUnsent);
        Assert.Equal(0, a.Counter("messages gathered"));
    }

    /// <summary>Messages of every length, short ones most, and transfers among them, through sockets that cut the stream everywhere: in headers, in payloads, in what was gathered.</summary>
    [Theory]
    [InlineData(4096, 32 * 1024)]
    [InlineData(4096, 700)]
    [InlineData(0, 1 << 20)]
    public void RandomBursts_CutAnywhere_ArriveInOrder(int socketBufferBytes, int gatherBytesMax) => Seeds.Run(2, seed =>
    {
        var options = new TcpOptions { SocketBufferBytes = socketBufferBytes, SendBufferBytes = 72 * 1024, FragmentBytesMax = 40_000, EagerCreditBytes = 512 * 1024, GatherBytesMax = gatherBytesMax };
        TcpNode[] nodes = Connected(options);
        using TcpNode a = nodes[0], b = nodes[1];
        var random = new Random(seed);
        byte[] bytes = new byte[64 * 1024];
        random.NextBytes(bytes);
        List<int> lengths = [0];
        List<int> transfers = [];

        for (int burst = 0; burst < 300; burst++)
        {
            for (int i = random.Next(60); i > 0; i--)
            {
                int length = random.Next(20) switch { 0 => random.Next(60_000), < 5 => random.Next(9_000), _ => random.Next(60) };
                if (!a.Agent.TrySend(1, new FrameHeader { Word0 = (ulong)lengths.Count }, bytes.AsSpan(0, length)))
                    break;
                lengths.Add(length);
            }
            if (random.Next(10) == 0)
                Transfer(nodes, bytes, transfers, random.Next(1, 60_000));
            if (random.Next(3) == 0)
                a.Agent.FlushGathered();
            if (random.Next(2) == 0)
                b.Poll();
            if (random.Next(2) == 0)
                a.Poll();
        }
        TcpNode.PollUntil(nodes, () => b.Messages.Count == lengths.Count && b.Fragments.Sum(f => f.Payload.Length) == transfers.Sum(), "all", 60);

        AssertNumbered(b, lengths.Count);
        for (int i = 0; i < lengths.Count; i++)
            Assert.True(b.Messages[i].Payload.AsSpan().SequenceEqual(bytes.AsSpan(0, lengths[i])), $"message {i} of {lengths[i]} bytes");
        Assert.False(a.Agent.HasUnsent);
        Assert.True(a.Counter("messages gathered") > 0, "nothing was gathered: the test tests nothing");
        if (socketBufferBytes != 0)
            Assert.True(a.Counter("send would block") > 0, "no write was partial: the test tests nothing");
    });

    [Fact]
    public void Peer_DiesInTheMidstOfABurst_IsToldLost()
    {
        TcpNode[] nodes = Connected();
        using TcpNode a = nodes[0];
        Gather(nodes);

        nodes[1].Dispose();
        for (int i = 0; i < 10_000 && a.Agent.TrySend(1, default, "small"u8); i++)
        {
            if (i % 300 == 299)
                a.Agent.FlushGathered();
        }
        a.Agent.FlushGathered();
        TcpNode.PollUntil([a], () => a.Lost.Count == 1, "the loss");

        Assert.Equal(1, a.Lost[0].Peer);
        Assert.False(a.Agent.HasUnsent);
        Assert.False(a.Agent.HasOnlyGathered);
        Assert.False(a.Agent.TrySend(1, default, "small"u8));
    }

    [Fact]
    public void Dispose_WithGathered_DeliversFirst()
    {
        TcpNode[] nodes = Connected();
        using TcpNode b = nodes[1];
        int sent = Gather(nodes);

        nodes[0].Dispose();
        TcpNode.PollUntil([b], () => b.Lost.Count == 1, "the goodbye");

        AssertNumbered(b, sent);
    }

    [Fact]
    public void Burst_AllocatesNothing()
    {
        TcpNode[] nodes = Connected();
        using TcpNode a = nodes[0], b = nodes[1];
        Gather(nodes);
        a.Poll();

        long allocated = Allocations.Least(() =>
        {
            for (int i = 0; i < 1000; i++)
            {
                a.Agent.TrySend(1, default, "small"u8);
                if (i % 100 == 0)
                    a.Agent.FlushGathered();
            }
        });

        Assert.Equal(0, allocated);
    }

    private static TcpNode[] Connected(TcpOptions? options = null)
    {
        TcpNode[] nodes = TcpNode.Make(2, options);
        nodes[0].Agent.AllowGathering();
        nodes[0].Send(1, default, [], nodes);
        TcpNode.PollUntil(nodes, () => nodes[1].Messages.Count == 1, "the connection");
        return nodes;
    }

    /// <summary>Sends numbered messages until some have been gathered: a thread that is interrupted sends no burst.</summary>
    /// <returns>Messages sent since the beginning.</returns>
    private static int Gather(TcpNode[] nodes)
    {
        int sent = 1;
        do
        {
            for (int i = 0; i < BurstLength; i++)
                Assert.True(nodes[0].Agent.TrySend(1, new FrameHeader { Word0 = (ulong)sent++ }, "small"u8));
            Assert.True(sent < 10_000, "nothing is ever gathered");
        }
        while (!nodes[0].Agent.HasOnlyGathered);
        Assert.True(nodes[0].Agent.HasUnsent);
        return sent;
    }

    private static void Transfer(TcpNode[] nodes, byte[] bytes, List<int> transfers, int length)
    {
        int moved = 0;
        TcpNode.PollUntil(nodes, () =>
        {
            moved += nodes[0].Agent.TrySendFragment(1, default, bytes.AsSpan(moved, length - moved));
            return moved == length;
        }, "a transfer");
        transfers.Add(length);
    }

    private static void AssertNumbered(TcpNode node, int count) =>
        Assert.Equal(Enumerable.Range(0, count).Select(i => (ulong)i), node.Messages.Select(m => m.Header.Word0));
}
