using System;
using System.Collections.Generic;
using System.Linq;
using Umps.Testing;
using Umps.Transport;
using Umps.Transport.Agents.Link;
using Xunit;

namespace Umps.Tests.Agents.Link;

/// <summary>Messages over a network that loses, doubles, overtakes and damages: all arrive, once, in order, whole.</summary>
public sealed class LinkTrafficTests
{
    public static readonly TheoryData<string> Weathers = ["fine", "bad", "storm", "half lost"];

    private static Weather WeatherOf(string name) => name switch
    {
        "fine" => Weather.Fine,
        "bad" => Weather.Bad,
        "storm" => Weather.Storm,
        _ => new Weather { Loss = 0.5 },
    };

    [Theory]
    [MemberData(nameof(Weathers))]
    public void Traffic_MessagesAndFragmentsBothWays_ArriveWhole(string weather) => Seeds.Run(3, seed =>
    {
        var random = new Random(seed);
        using var net = new LossyNet(3, seed, WeatherOf(weather));
        int messages = weather is "fine" or "bad" ? 2000 : 200;
        Flow[] flows = [new(net, 0, 1, messages, random), new(net, 1, 0, messages, random), new(net, 2, 1, messages, random), new(net, 1, 2, messages, random)];

        while (!Array.TrueForAll(flows, f => f.IsSent))
        {
            flows[random.Next(flows.Length)].Advance(random.Next(1, 20));
            if (random.Next(3) == 0)
                net.PollAll();
        }
        net.PollUntil(() => net.Recorders.Sum(r => r.Messages.Count) == flows.Length * messages && flows.All(f => f.HasArrived), "the end of the traffic");

        Assert.All(flows, f => f.Check());
        net.Settle();
        net.AssertNothingHeld();
        Assert.All(net.Recorders, r => Assert.Empty(r.Lost));
    });

    /// <summary>In fine weather nothing is sent twice.</summary>
    /// <summary>A program that computes after each receive: some acknowledgements are late, then they leave with the end of the call, until an answer shows that they might have ridden.</summary>
    [Fact]
    public void EndCall_AcknowledgementsWereLate_LeaveAtOnceUntilOneMightHaveRidden()
    {
        using var net = new LossyNet(2, 1, Weather.Fine);
        net.Connect();

        bool first = AcksAtTheEndOfACall();
        for (int i = 0; i < 3; i++)
        {
            AcksAtTheEndOfACall();
            net.Hub.Now += 300_000;
            net.Poll(1);                // late
            net.Settle();
        }
        bool afterLateOnes = AcksAtTheEndOfACall();
        net.Send(1, 0, new byte[8]);    // the answer comes soon after all
        net.Settle();
        bool afterAnAnswer = AcksAtTheEndOfACall();

        Assert.Equal((false, true, false), (first, afterLateOnes, afterAnAnswer));

        bool AcksAtTheEndOfACall()
        {
            int had = net.Recorders[1].Messages.Count;
            net.Send(0, 1, new byte[8]);
            for (; net.Recorders[1].Messages.Count == had; net.Hub.Now += 1000)
                net.Poll(1);
            long before = net.Counter(1, "acks sent");
            net.Agents[1].EndCall();
            return net.Counter(1, "acks sent") > before;
        }
    }

    [Fact]
    public void Traffic_NothingIsLost_NothingIsRepeated()
    {
        using var net = new LossyNet(2, 1, Weather.Fine);
        net.Connect();

        for (int i = 0; i < 2000; i++)
        {
            net.Send(0, 1, new byte[i % 3000]);
            net.PollAll();
        }
        net.PollUntil(() => net.Recorders[1].Messages.Count == 2000, "the messages");

        Assert.Equal(0, net.Counter(0, "retransmissions"));
        Assert.Equal(0, net.Counter(1, "duplicates"));
        Assert.InRange(net.Counter(1, "acks sent"), 100, 2500);
    }

    /// <summary>A frame that is missing among many is sent again because others have overtaken it, not because time has passed.</summary>
    [Fact]
    public void Traffic_OneFrameOfManyIsLost_NoTimeoutIsNeeded()
    {
        using var net = new LossyNet(2, 1, Weather.Fine);
        net.Connect();
        int seen = 0;
        net.Hub.Passes = (from, _, bytes) => from != 0 || TypeOf(bytes) != LinkFrameType.Records || ++seen != 10;

        for (uint i = 0; i < 30; i++)
            Assert.True(net.Agents[0].TrySend(1, new FrameHeader { Word1 = i }, new byte[100]));
        net.PollUntil(() => net.Recorders[1].Messages.Count == 30, "the messages");

        Assert.Equal(0, net.Counter(0, "timeouts"));
        Assert.Equal(1, net.Counter(0, "retransmissions"));
        Assert.Equal(Enumerable.Range(0, 30).Select(i => (uint)i), net.Recorders[1].Messages.Select(m => m.Word1));
    }

    /// <summary>The last frame has none behind it: time tells.</summary>
    [Fact]
    public void Traffic_LastFrameIsLost_IsSentAgainInTime()
    {
        using var net = new LossyNet(2, 1, Weather.Fine);
        net.Connect();
        int seen = 0;
        net.Hub.Passes = (from, _, bytes) => from != 0 || TypeOf(bytes) != LinkFrameType.Records || ++seen > 3;

        net.Send(0, 1, new byte[10]);
        net.PollUntil(() => net.Recorders[1].Messages.Count == 1, "the message");

        Assert.Equal((1, 2), (net.Counter(0, "probes"), net.Counter(0, "timeouts")));
    }

    /// <summary>A receiver that does not look: its peer sends no more than its window, and repeats with growing pauses.</summary>
    [Fact]
    public void Traffic_ReceiverDoesNotLook_SenderStopsAndFindsRoomLater()
    {
        using var net = new LossyNet(2, 1, Weather.Fine);
        net.Connect();
        long before = net.Hub.Carried;

        int taken = 0;
        while (net.Agents[0].TrySend(1, new FrameHeader { Word1 = (uint)taken }, new byte[40]))
            taken++;
        for (int i = 0; i < 1_000_000; i++)
            net.Poll(0);                    // a second of the hub's clock

        Assert.InRange(net.Hub.Carried - before, 32, 80);
        Assert.InRange(net.Counter(0, "timeouts"), 5, 16);
        net.PollUntil(() => net.Recorders[1].Messages.Count == taken, "what was taken");
        Assert.Equal(Enumerable.Range(0, taken).Select(i => (uint)i), net.Recorders[1].Messages.Select(m => m.Word1));
        net.Send(0, 1, new byte[40]);
    }

    /// <summary>The word that credit has come back is lost: the sender asks.</summary>
    [Fact]
    public void Credit_WordIsLost_IsAskedFor()
    {
        using var net = new LossyNet(2, 1, Weather.Fine);
        net.Connect();
        net.Recorders[1].Holds = true;
        int sent = 0;
        for (int refused = 0; refused < 3000;)
        {
            if (net.Agents[0].TrySend(1, default, new byte[3000]))
                sent++;
            else
                refused++;
            net.PollAll();
        }
        Assert.Equal(64 * 1024 / 3000, sent);
        net.Settle();

        net.Hub.Passes = (from, _, _) => from != 1;
        foreach (Recorder.Received message in net.Recorders[1].Messages)
            message.Held.Release(null!);
        net.Recorders[1].Messages.Clear();
        net.Recorders[1].Holds = false;
        net.Poll(1);
        net.Hub.Passes = (_, _, _) => true;

        net.Send(0, 1, new byte[3000]);
        net.PollUntil(() => net.Recorders[1].Messages.Count == 1, "the message");
    }

    /// <summary>Whoever leaves waits until its peers have all of it; they learn that it left, after what it had sent.</summary>
    [Theory]
    [MemberData(nameof(Weathers))]
    public void Dispose_InAnyWeather_PeerHasAllAndLearns(string weather) => Seeds.Run(3, seed =>
    {
        using var net = new LossyNet(2, seed, WeatherOf(weather));
        net.Connect();
        for (uint i = 0; i < 20; i++)
            net.Send(0, 1, new byte[500], i);
        net.Settle();

        net.Leave(0);
        net.Hub.Now += 1_000_000;
        for (int i = 0; i < 1000; i++)
            net.Poll(1);

        Assert.Equal(20, net.Recorders[1].Messages.Count);
        if (weather == "fine")
            Assert.Contains("UMPS1308", Assert.Single(net.Recorders[1].Lost).Reason, StringComparison.Ordinal);
        else
            Assert.InRange(net.Recorders[1].Lost.Count, 0, 1);
    });

    [Fact]
    public void Peer_IsUnpluggedForAWhile_TrafficGoesOn()
    {
        using var net = new LossyNet(2, 1, Weather.Fine, LossyNet.Patient with { PeerTimeoutSeconds = 20 });
        net.Connect();

        net.Hub.Unplugged.Add(1);
        net.Send(0, 1, new byte[10], 7);
        for (int i = 0; i < 1000; i++)
        {
            net.Hub.Now += 5_000_000;       // five seconds in all
            net.PollAll();
        }
        net.Hub.Unplugged.Clear();
        net.PollUntil(() => net.Recorders[1].Messages.Count == 1, "the message");

        Assert.Empty(net.Recorders[0].Lost);
        Assert.Empty(net.Recorders[1].Lost);
    }

    [Fact]
    public void Peer_IsUnpluggedForGood_IsLostOnce()
    {
        using var net = new LossyNet(3, 1, Weather.Fine, LossyNet.Patient with { PeerTimeoutSeconds = 20 });
        net.Connect();
        net.Connect(0, 2);

        net.Hub.Unplugged.Add(1);
        net.Send(0, 1, new byte[1000]);
        for (int i = 0; i < 3000 && net.Recorders[0].Lost.Count == 0; i++)
        {
            net.Hub.Now += 10_000_000;
            net.Send(2, 0, new byte[1]);
            net.Send(0, 2, new byte[1]);
            net.PollAll();
        }

        Assert.Contains("UMPS1307", Assert.Single(net.Recorders[0].Lost).Reason, StringComparison.Ordinal);
        Assert.Equal(1, net.Recorders[0].Lost[0].Peer);
        Assert.False(net.Agents[0].TrySend(1, default, default));
        net.Send(0, 2, new byte[10]);
        net.PollUntil(() => !net.Agents[0].HasUnsent, "the other peer's acknowledgement");
        Assert.Single(net.Recorders[0].Lost);
    }

    /// <summary>A side that has not looked for long does not blame its peers for silence.</summary>
    [Fact]
    public void Peer_ThisSideHasNotLooked_IsNotLost()
    {
        using var net = new LossyNet(2, 1, Weather.Fine, LossyNet.Patient with { PeerTimeoutSeconds = 20 });
        net.Connect();

        net.Hub.Now += 100_000_000_000;
        net.PollAll();
        net.PollAll();

        Assert.Empty(net.Recorders[0].Lost);
        net.Send(0, 1, new byte[10]);
        net.PollUntil(() => net.Recorders[1].Messages.Count == 1, "the message");
    }

    [Fact]
    public void TrySendAndPoll_AllocateNothing()
    {
        using EndpointGroup group = new(2, AgentKind.Udp, Udp.UdpContract.Options);
        byte[] payload = new byte[100];
        var count = new Count();
        RoundTrips(500);

        Assert.Equal(0, Allocations.Least(() => RoundTrips(2000)));

        void RoundTrips(int rounds)
        {
            for (int i = 0; i < rounds; i++)
            {
                int target = count.Seen.Value + 2;
                while (!group[0].TrySend(1, default, payload))
                    group[0].Poll(ref count);
                while (count.Seen.Value < target - 1)
                {
                    group[1].Poll(ref count);
                    group[0].Poll(ref count);
                }
                while (!group[1].TrySend(0, default, payload))
                    group[1].Poll(ref count);
                while (count.Seen.Value < target)
                {
                    group[0].Poll(ref count);
                    group[1].Poll(ref count);
                }
            }
        }
    }

    private static LinkFrameType TypeOf(byte[] frame) => (LinkFrameType)(frame[7] & ~LinkFrameHeader.AnswerWanted);

    /// <summary>What one agent sends to another, and the comparison at the end.</summary>
    private sealed class Flow
    {
        private readonly LossyNet _net;
        private readonly int _from, _to;
        private readonly List<byte[]> _messages;
        private readonly byte[] _transfer;
        private int _next, _moved;

        public Flow(LossyNet net, int from, int to, int messages, Random random)
        {
            _net = net;
            _from = from;
            _to = to;
            int[] edges = [0, 1, 40, 41, 543, 544, 545, 1104, 1105, 5999, 6000];
            _messages = [.. Enumerable.Range(0, messages).Select(_ => Bytes(random, random.Next(3) switch { 0 => edges[random.Next(edges.Length)], 1 => random.Next(100), _ => random.Next(6001) }))];
            _transfer = Bytes(random, messages * 100);
        }

        private ulong Id => (ulong)(_from * 10 + _to);

        public bool IsSent => _next == _messages.Count && _moved == _transfer.Length;

        public bool HasArrived => IsSent && _net.Recorders[_to].Messages.Count(m => m.Peer == _from) == _messages.Count
            && _net.Recorders[_to].Transfers.GetValueOrDefault(Id)?.Count == _transfer.Length;

        public void Advance(int steps)
        {
            for (; steps > 0; steps--)
            {
                if (_next < _messages.Count && _net.Agents[_from].TrySend(_to, new FrameHeader { Kind = 1, Word0 = Id, Word1 = (uint)_next }, _messages[_next]))
                    _next++;
                if (_moved < _transfer.Length && steps % 4 == 0)
                    _moved += _net.Agents[_from].TrySendFragment(_to, new FrameHeader { Kind = 2, Word0 = Id }, _transfer.AsSpan(_moved, Math.Min(3000, _transfer.Length - _moved)));
            }
        }

        public void Check()
        {
            List<Recorder.Received> arrived = [.. _net.Recorders[_to].Messages.Where(m => m.Peer == _from)];
            for (int i = 0; i < arrived.Count; i++)
            {
                Assert.Equal((Id, (uint)i), (arrived[i].Word0, arrived[i].Word1));
                Assert.True(_messages[i].AsSpan().SequenceEqual(arrived[i].Bytes), $"message {i} of {_from} to {_to}, {_messages[i].Length} bytes, arrived changed");
            }
            Assert.True(_transfer.AsSpan().SequenceEqual(_net.Recorders[_to].Transfers[Id].ToArray()), $"the transfer of {_from} to {_to} arrived changed");
        }

        private static byte[] Bytes(Random random, int length)
        {
            byte[] bytes = new byte[length];
            random.NextBytes(bytes);
            return bytes;
        }
    }

    private readonly struct Count() : IFrameHandler
    {
        public readonly StrongInt Seen = new();

        public void OnMessage(int peer, in FrameHeader header, scoped ref Arrival payload) => Seen.Value++;

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
}
