using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Umps.Testing;
using Umps.Transport;
using Xunit;

namespace Umps.Tests.Agents.Tcp;

/// <summary>Frames of the tcp agent: order, partial reads and writes, back-pressure, credit.</summary>
public sealed class TcpTrafficTests
{
    /// <summary>Buffers so small that hardly a frame goes in one piece.</summary>
    private static readonly TcpOptions s_tight = new() { SocketBufferBytes = 4096, SendBufferBytes = 72 * 1024, FragmentBytesMax = 40_000, EagerCreditBytes = 256 * 1024 };

    [Fact]
    public void Send_FirstMessage_ConnectsAndArrives()
    {
        TcpNode[] nodes = TcpNode.Make(2);
        using TcpNode a = nodes[0], b = nodes[1];
        var header = new FrameHeader { Kind = 7, Word0 = ulong.MaxValue - 1, Word1 = 3, Word2 = 4 };

        Assert.True(a.Agent.TrySend(1, in header, "hello"u8));
        Assert.True(a.Agent.HasUnsent);
        TcpNode.PollUntil(nodes, () => b.Messages.Count == 1, "the message");

        (int peer, FrameHeader got, byte[] payload) = b.Messages[0];
        Assert.Equal((0, 7, ulong.MaxValue - 1, 3u, 4u), (peer, (int)got.Kind, got.Word0, got.Word1, got.Word2));
        Assert.Equal("hello"u8.ToArray(), payload);
        Assert.False(a.Agent.HasUnsent);
        Assert.Equal((1, 1), (a.Counter("connections"), b.Counter("connections")));
    }

    /// <summary>Messages and transfers of random lengths in both directions, through sockets of every tightness, against what was sent.</summary>
    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 2)]
    [InlineData(false, 5)]
    public void RandomTraffic_ArrivesOnceAndInOrder(bool tight, int endpoints) => Seeds.Run(2, seed =>
    {
        TcpOptions options = tight ? s_tight : new TcpOptions();
        TcpNode[] nodes = TcpNode.Make(endpoints, options);
        var random = new Random(seed);
        List<Pair> pairs = [];
        foreach (TcpNode from in nodes)
            foreach (TcpNode to in nodes)
                if (from != to)
                    pairs.Add(new Pair(from, to, random.Next(), options));

        TcpNode.PollUntil(nodes, () => pairs.All(pair => pair.Advance()), "all sent", 60);
        TcpNode.PollUntil(nodes, () => pairs.All(pair => pair.IsComplete), "all arrived", 60);

        foreach (Pair pair in pairs)
            pair.Check();
        if (tight)
            Assert.True(nodes.Sum(n => n.Counter("send would block")) > 0, "no write was partial: the test tests nothing");
        foreach (TcpNode node in nodes)
            node.Dispose();
    });

    [Fact]
    public void TrySend_ReceiverDoesNotPoll_IsRefusedThenGoesOnInOrder()
    {
        TcpNode[] nodes = TcpNode.Make(2, s_tight);
        using TcpNode a = nodes[0], b = nodes[1];
        byte[] payload = new byte[32];
        a.Send(1, default, payload, nodes);
        TcpNode.PollUntil(nodes, () => b.Messages.Count == 1, "the connection");

        int sent = 1;
        while (a.Agent.TrySend(1, new FrameHeader { Word0 = (ulong)sent }, payload))
            Assert.True(++sent < 1_000_000, "never refused: nothing bounds what waits");
        TcpNode.PollUntil(nodes, () => b.Messages.Count == sent, "what was taken");
        a.Send(1, new FrameHeader { Word0 = (ulong)sent }, payload, nodes);
        TcpNode.PollUntil(nodes, () => b.Messages.Count == sent + 1, "the last");

        Assert.Equal(Enumerable.Range(0, sent + 1).Select(i => (ulong)i), b.Messages.Select(m => m.Header.Word0));
    }

    [Fact]
    public void TrySendFragment_BegunAndUnfinished_RefusesMessagesUntilItsEnd()
    {
        TcpNode[] nodes = TcpNode.Make(2, s_tight);
        using TcpNode a = nodes[0], b = nodes[1];
        a.Send(1, default, [], nodes);
        TcpNode.PollUntil(nodes, () => b.Messages.Count == 1, "the connection");
        byte[] transfer = new byte[200_000];
        new Random(1).NextBytes(transfer);

        int moved = 0, taken;
        while ((taken = a.Agent.TrySendFragment(1, new FrameHeader { Kind = 9 }, transfer.AsSpan(moved))) > 0)
            moved += taken;
        Assert.InRange(moved, 1, transfer.Length - 1);
        bool isInFragment = moved % s_tight.FragmentBytesMax != 0;
        Assert.True(isInFragment, "the socket took whole fragments: choose other sizes");
        Assert.False(a.Agent.TrySend(1, default, []));
        TcpNode.PollUntil(nodes, () => (moved += a.Agent.TrySendFragment(1, new FrameHeader { Kind = 9 }, transfer.AsSpan(moved))) == transfer.Length, "the transfer");
        a.Send(1, new FrameHeader { Word0 = 5 }, [], nodes);
        TcpNode.PollUntil(nodes, () => b.Messages.Count == 2, "the message behind it");

        Assert.Equal(transfer, b.Fragments.SelectMany(f => f.Payload));
        Assert.All(b.Fragments, f => Assert.Equal(9, f.Header.Kind));
    }

    [Fact]
    public void Fragment_WithoutAPlace_IsDroppedAndTheStreamGoesOn()
    {
        TcpNode[] nodes = TcpNode.Make(2);
        using TcpNode a = nodes[0], b = nodes[1];
        b.DropsFragments = true;
        a.Send(1, default, [], nodes);
        TcpNode.PollUntil(nodes, () => b.Messages.Count == 1, "the connection");
        byte[] transfer = new byte[3_000_000];

        int moved = 0;
        TcpNode.PollUntil(nodes, () => (moved += a.Agent.TrySendFragment(1, default, transfer.AsSpan(moved))) == transfer.Length, "the transfer");
        a.Send(1, new FrameHeader { Word0 = 5 }, [1, 2, 3], nodes);
        TcpNode.PollUntil(nodes, () => b.Messages.Count == 2, "the message behind it");

        Assert.Equal([1, 2, 3], b.Messages[1].Payload);
        Assert.Empty(b.Fragments);
        Assert.Equal(6, b.FragmentsBegun);
    }

    [Fact]
    public void DropFragments_MidTransfer_LeavesTheMemoryAlone()
    {
        TcpNode[] nodes = TcpNode.Make(2, s_tight);
        using TcpNode a = nodes[0], b = nodes[1];
        a.Send(1, default, [], nodes);
        TcpNode.PollUntil(nodes, () => b.Messages.Count == 1, "the connection");
        byte[] transfer = new byte[40_000];
        Array.Fill(transfer, (byte)0xAA);
        int moved = a.Agent.TrySendFragment(1, default, transfer);
        TcpNode.PollUntil(nodes, () => b.FragmentsBegun == 1, "its beginning");
        Assert.InRange(moved, 1, transfer.Length - 1);

        b.Agent.DropFragments();
        unsafe
        {
            new Span<byte>((void*)b.FragmentTarget, transfer.Length).Clear();
        }
        TcpNode.PollUntil(nodes, () => (moved += a.Agent.TrySendFragment(1, default, transfer.AsSpan(moved))) == transfer.Length, "the transfer");
        a.Send(1, default, [], nodes);
        TcpNode.PollUntil(nodes, () => b.Messages.Count == 2, "the message behind it");

        Assert.Empty(b.Fragments);
        unsafe
        {
            Assert.Equal(-1, new Span<byte>((void*)b.FragmentTarget, transfer.Length).IndexOfAnyExcept((byte)0));
        }
    }

    /// <summary>A receiver that holds everything is sent no more than its credit; envelopes pass all the same, and releases give the credit back.</summary>
    [Fact]
    public void Hold_ReceiverKeepsPayloads_SenderStopsAtTheCredit()
    {
        var options = new TcpOptions();
        TcpNode[] nodes = TcpNode.Make(2, options);
        using TcpNode a = nodes[0], b = nodes[1];
        b.HoldsArrivals = true;
        byte[] payload = new byte[50_000];
        new Random(2).NextBytes(payload);

        int sent = 0;
        for (int quiet = 0; quiet < 1000; quiet++)
        {
            if (a.Agent.TrySend(1, default, payload))
            {
                sent++;
                quiet = 0;
            }
            a.Poll();
            b.Poll();
        }
        TcpNode.PollUntil(nodes, () => b.HeldPayloads.Count == sent, "what was taken");
        Assert.InRange(sent * (long)payload.Length, options.EagerCreditBytes / 2, options.EagerCreditBytes);
        Assert.True(a.Agent.TrySend(1, default, new byte[40]), "an envelope needs no credit");
        Assert.False(a.Agent.TrySend(1, default, new byte[50_000]));

        byte[] held = new byte[payload.Length];
        while (b.HeldPayloads.TryDequeue(out HeldPayload one))
        {
            one.CopyTo(null!, held);
            if (one.LengthBytes == payload.Length)
                Assert.Equal(payload, held);
            one.Release(null!);
        }
        for (int i = 0; i < sent * 2 / 3; i++)      // up to a quarter of the credit may be on its way back
            a.Send(1, default, payload, nodes);
        Assert.True(b.Counter("credit frames sent") > 0);
        while (b.HeldPayloads.TryDequeue(out HeldPayload one))
            one.Release(null!);
    }

    /// <summary>Consumed payload comes back as credit although the other side has nothing to say.</summary>
    [Fact]
    public void Credit_OneWayStream_NeverStops()
    {
        TcpNode[] nodes = TcpNode.Make(2, s_tight);
        using TcpNode a = nodes[0], b = nodes[1];
        byte[] payload = new byte[60_000];

        for (int i = 0; i < 100; i++)
            a.Send(1, default, payload, nodes);
        TcpNode.PollUntil(nodes, () => b.Messages.Count == 100, "all");

        Assert.All(b.Messages, m => Assert.Equal(payload.Length, m.Payload.Length));
    }

    /// <summary>Both sides stream at once and nobody reads until refused: the credit frames must pass all the same.</summary>
    [Fact]
    public void Credit_BothSidesFull_ComesThrough()
    {
        TcpNode[] nodes = TcpNode.Make(2, s_tight);
        using TcpNode a = nodes[0], b = nodes[1];
        byte[] payload = new byte[60_000];
        int[] sent = [0, 0];

        TcpNode.PollUntil(nodes, () =>
        {
            while (sent[0] < 200 && a.Agent.TrySend(1, default, payload))
                sent[0]++;
            while (sent[1] < 200 && b.Agent.TrySend(0, default, payload))
                sent[1]++;
            return a.Messages.Count == 200 && b.Messages.Count == 200;
        }, "both streams", 60);
    }

    /// <summary>A refused sender that sleeps on the descriptors wakes when there is room, and one that waits for arrivals when something arrives.</summary>
    [Fact]
    public async Task Sleep_OnSocketsFd_WakesForRoomAndForArrivals()
    {
        TcpNode[] nodes = TcpNode.Make(2, s_tight);
        using TcpNode a = nodes[0], b = nodes[1];
        a.Send(1, default, [], nodes);
        TcpNode.PollUntil(nodes, () => b.Messages.Count == 1, "the connection");
        const int Count = 3000;
        CancellationToken cancel = TestContext.Current.CancellationToken;

        Task receiver = Task.Run(() =>
        {
            while (b.Messages.Count <= Count)
            {
                if (b.Poll() == 0)
                    Sleep(b);
            }
        }, cancel);
        Task sender = Task.Run(() =>
        {
            for (int i = 0; i < Count; i++)
            {
                while (!a.Agent.TrySend(1, new FrameHeader { Word0 = (ulong)i }, new byte[i % 2000]))
                {
                    if (a.Poll() == 0)
                        Sleep(a);
                }
            }
            while (a.Agent.HasUnsent)
            {
                if (a.Poll() == 0)
                    Sleep(a);
            }
        }, cancel);
        await Task.WhenAll(receiver, sender).WaitAsync(TimeSpan.FromSeconds(60), cancel);

        Assert.Equal(Enumerable.Range(0, Count).Select(i => (ulong)i), b.Messages.Skip(1).Select(m => m.Header.Word0));

        static unsafe void Sleep(TcpNode node)
        {
            node.Agent.BeforeSleep();
            if (node.Poll() > 0)
                return;
            node.Agent.BeforeSleep();
            byte* events = stackalloc byte[64];
            int outer = Umps.Transport.Interop.Linux.CreateEpoll(out _);
            Umps.Transport.Interop.Linux.EpollAdd(outer, node.Agent.SocketsFd, Umps.Transport.Interop.EpollEvents.EPOLLIN, 0);
            int ready = Umps.Transport.Interop.Linux.EpollWait(outer, events, 1, 20_000);
            Umps.Transport.Interop.Linux.CloseSocket(outer);
            Assert.True(ready == 1, "slept for 20 s: a wake-up was lost");
        }
    }

    [Fact]
    public void TrySendAndPoll_SmallMessages_AllocateNothing()
    {
        TcpNode[] nodes = TcpNode.Make(2);
        using TcpNode a = nodes[0], b = nodes[1];
        byte[] payload = new byte[100];
        var count = new Count();
        a.Send(1, default, payload, nodes);
        TcpNode.PollUntil(nodes, () => b.Messages.Count == 1, "the connection");
        RoundTrips(500);

        Assert.Equal(0, Allocations.Least(() => RoundTrips(2000)));

        void RoundTrips(int rounds)
        {
            for (int i = 0; i < rounds; i++)
            {
                Assert.True(a.Agent.TrySend(1, default, payload));
                int target = count.Seen.Value + 1;
                while (count.Seen.Value < target)
                    b.Agent.Poll(ref count);
                Assert.True(b.Agent.TrySend(0, default, payload));
                while (count.Seen.Value < target + 1)
                    a.Agent.Poll(ref count);
            }
        }
    }

    private readonly struct Count() : IFrameHandler
    {
        public readonly StrongInt Seen = new();

        public void OnMessage(int peer, in FrameHeader header, scoped ref Arrival payload)
        {
            Span<byte> bytes = stackalloc byte[128];
            payload.CopyTo(bytes);
            Seen.Value++;
        }

        public NativeSpan OnFragmentBegin(int peer, in FrameHeader header, int lengthBytes) => default;

        public void OnFragmentEnd(int peer, in FrameHeader header, int lengthBytes)
        {
        }

        public void OnPeerLost(int peer, string reason)
        {
        }
    }

    private sealed class StrongInt
    {
        public int Value;
    }

    /// <summary>What one endpoint sends to another, and the comparison at the end.</summary>
    private sealed class Pair(TcpNode from, TcpNode to, int seed, TcpOptions options)
    {
        private readonly List<byte[]> _messages = MakeMessages(seed, options.EagerBytesMax);
        private readonly byte[] _transfer = Bytes(new Random(seed + 1), 300_000);
        private int _next, _moved;

        public bool IsComplete => to.Messages.Count(m => m.Peer == from.Id) == _messages.Count
            && to.Fragments.Where(f => f.Peer == from.Id).Sum(f => f.Payload.Length) == _transfer.Length;

        public bool Advance()
        {
            if (_next < _messages.Count && from.Agent.TrySend(to.Id, new FrameHeader { Kind = 1, Word0 = (ulong)_next }, _messages[_next]))
                _next++;
            if (_moved < _transfer.Length && _next > 3)
                _moved += from.Agent.TrySendFragment(to.Id, new FrameHeader { Kind = 2 }, _transfer.AsSpan(_moved));
            return _next == _messages.Count && _moved == _transfer.Length;
        }

        public void Check()
        {
            var messages = to.Messages.Where(m => m.Peer == from.Id).ToList();
            for (int i = 0; i < _messages.Count; i++)
            {
                Assert.Equal((ulong)i, messages[i].Header.Word0);
                Assert.True(_messages[i].AsSpan().SequenceEqual(messages[i].Payload), $"message {i} of {from.Id} to {to.Id}, {_messages[i].Length} bytes, arrived changed");
            }
            Assert.True(_transfer.AsSpan().SequenceEqual(to.Fragments.Where(f => f.Peer == from.Id).SelectMany(f => f.Payload).ToArray()), "the transfer arrived changed");
        }

        private static List<byte[]> MakeMessages(int seed, int eagerBytesMax)
        {
            var random = new Random(seed);
            int[] edges = [0, 1, 39, 40, 41, 63, 64, 2048, eagerBytesMax - 1, eagerBytesMax];
            return [.. Enumerable.Range(0, 120).Select(_ => Bytes(random, random.Next(3) switch
            {
                0 => edges[random.Next(edges.Length)],
                1 => random.Next(200),
                _ => random.Next(eagerBytesMax + 1),
            }))];
        }

        private static byte[] Bytes(Random random, int length)
        {
            byte[] bytes = new byte[length];
            random.NextBytes(bytes);
            return bytes;
        }
    }
}
