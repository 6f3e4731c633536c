using System;
using System.Collections.Generic;
using System.Globalization;
using System.Runtime.InteropServices;
using Umps.Testing;
using Umps.Tests.Agents.Link;
using Umps.Transport;
using Umps.Transport.Agents.Ethernet;
using Umps.Transport.Agents.Link;
using Xunit;

namespace Umps.Tests.Agents.Hub;

/// <summary>Real faults on real wires, over every agent that makes a link reliable. benchmarks/soak-hub runs the first for as long as you like.</summary>
public sealed class HubTests(ITestOutputHelper output)
{
    /// <summary>More than a collection or a late thread's stack, far less than a leak of a byte a message.</summary>
    private const long GrowthBytesMax = 24 << 20;

    public static readonly TheoryData<AgentKind> Agents = [.. Chosen()];

    /// <summary>Seconds of the long tests; UMPS_SOAK_SECONDS for more.</summary>
    private static double Seconds => double.TryParse(Environment.GetEnvironmentVariable("UMPS_SOAK_SECONDS"), CultureInfo.InvariantCulture, out double seconds) ? seconds : 4;

    [Theory]
    [MemberData(nameof(Agents))]
    public void Traffic_LossDoublesReordering_AllArriveOnceAndWhole(AgentKind agent) => Seeds.Run(1, seed =>
    {
        using var net = new HubNet(agent, seed);
        using var traffic = new Traffic(net);
        traffic.RunFor(0.2);        // in fine weather they meet
        net.Hub.Weather = new Weather { Loss = 0.05, Duplication = 0.05, Reordering = 0.05, Corruption = 0.01 };

        traffic.RunFor(Seconds * 0.2);
        long memory = Used();
        (double began, long before) = (traffic.Elapsed, traffic.Received);
        traffic.RunFor(Seconds * 0.8);
        double rate = (traffic.Received - before) / (traffic.Elapsed - began);
        traffic.Settle(30);

        long growth = Used() - memory;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{agent}: {rate / 1000:f0} k messages/s, {traffic.BytesReceived / 1e9:f2} GB, memory grew by {growth / 1048576.0:f1} MiB; {net.Hub}"));
        output.WriteLine(net.Describe());
        if (Seconds > 4)        // beside other tests of this process it says nothing
            Assert.True(growth < GrowthBytesMax, $"memory grew by {growth} bytes");
        Assert.True(net.Hub.Lost > 100 && net.Counter(0, "retransmissions") > 100, $"nothing was lost: {net.Describe()}");
    });

    /// <summary>The other node's interface goes down, and comes up again after five seconds.</summary>
    [Theory]
    [MemberData(nameof(Agents))]
    public void Interface_DownForFiveSeconds_TrafficGoesOn(AgentKind agent)
    {
        using var net = new HubNet(agent, 1);
        using var traffic = new Traffic(net);
        traffic.RunFor(0.5);

        net.Hub.Places[1].Unplug();
        traffic.RunFor(5);
        long before = traffic.Received;
        net.Hub.Places[1].Plug();
        traffic.RunFor(1);
        traffic.Settle(20);

        Assert.True(traffic.Received > before, net.Describe());
    }

    /// <summary>It stays down: each side loses the other, once, and says why.</summary>
    [Theory]
    [MemberData(nameof(Agents))]
    public void Interface_DownForGood_PeersAreLostOnce(AgentKind agent)
    {
        using var net = new HubNet(agent, 1, new LinkOptions { PeerTimeoutSeconds = 2, FlushSecondsMax = 0.2 });
        using var traffic = new Traffic(net);
        traffic.RunFor(0.2);

        net.Hub.Places[1].Unplug();
        Deadline deadline = Deadline.After(20);
        while (traffic.Lost[0].Count == 0 || traffic.Lost[1].Count == 0)
        {
            traffic.Step();
            Assert.False(deadline.HasPassed, net.Describe());
        }
        traffic.RunFor(0.2);

        Assert.All(traffic.Lost, one => Assert.Contains("UMPS1307", Assert.Single(one), StringComparison.Ordinal));
        Assert.False(net[0].TrySend(1, default, default));
    }

    /// <summary>A machine on the wire writes frames of its own between the real ones: bytes at random, another job's, with a token that it has read and a sequence that it has not.</summary>
    [Theory]
    [MemberData(nameof(Agents))]
    public void Forgeries_ChangeNothingAndAreCounted(AgentKind agent) => Seeds.Run(1, seed =>
    {
        int forgeries = Seconds > 4 ? 1_000_000 : 60_000;
        var random = new Random(seed);
        using var net = new HubNet(agent, seed);
        using var traffic = new Traffic(net);
        traffic.RunFor(0.2);
        long had = Refused(net);
        byte[] pattern = Pattern(net, traffic);
        int start = StartOf(agent);
        ulong token = MemoryMarshal.Read<LinkFrameHeader>(pattern.AsSpan(start)).Token;

        for (int i = 0; i < forgeries; i++)
        {
            Forge(pattern.AsSpan(start), i % 3, token, random);
            while (!net.Hub.TryInject(1, pattern))
                traffic.Step();
            if (i % 32 == 31)
                traffic.Step();
        }
        traffic.Settle(20);

        output.WriteLine(net.Describe());
        Assert.Equal(forgeries, Refused(net) - had);
        Assert.InRange(net.Counter(1, "corrupt"), forgeries / 3, forgeries / 3 + 1);
        Assert.InRange(net.Counter(1, "forged"), forgeries / 3, forgeries / 3 + 1);
    });

    /// <summary>All of them, or the one that UMPS_SOAK_AGENT names.</summary>
    private static IEnumerable<AgentKind> Chosen() =>
        Enum.TryParse(Environment.GetEnvironmentVariable("UMPS_SOAK_AGENT"), ignoreCase: true, out AgentKind one) ? [one] : [AgentKind.Udp, AgentKind.Packet, AgentKind.Xdp];

    private static long Used()
    {
        using var self = System.Diagnostics.Process.GetCurrentProcess();
        GC.Collect();
        return self.PrivateMemorySize64;
    }

    private static long Refused(HubNet net) => net.Counter(1, "corrupt") + net.Counter(1, "forged") + net.Counter(1, "outside the window");

    /// <summary>A frame of the first endpoint with records in it, as the switch has seen it.</summary>
    private static byte[] Pattern(HubNet net, Traffic traffic)
    {
        Deadline deadline = Deadline.After(10);
        while (true)
        {
            net.Hub.ForgetSeen(0);
            while (net.Hub.Seen(0) is null)
            {
                traffic.Step();
                Assert.False(deadline.HasPassed, net.Describe());
            }
            byte[] seen = net.Hub.Seen(0)!;
            int start = StartOf(net.Agent);
            if (seen.Length < start + LinkFrameHeader.FrameBytesMin || seen[start + 7] != (byte)LinkFrameType.Records)
                continue;
            if (net.Agent == AgentKind.Udp)
                seen[start - 2] = seen[start - 1] = 0;      // no checksum: IPv4 allows it
            return seen;
        }
    }

    /// <summary>Where the link's own header begins.</summary>
    private static int StartOf(AgentKind agent) => agent == AgentKind.Udp ? FrameHub.UdpHeadersBytes : EthernetHeader.SizeBytes;

    private static unsafe void Forge(Span<byte> link, int kind, ulong token, Random random)
    {
        if (kind == 0)
        {
            random.NextBytes(link);
            return;
        }
        var header = new LinkFrameHeader
        {
            Magic = LinkFrameHeader.MagicValue,
            Version = LinkFrameHeader.LayoutVersion,
            TypeAndFlags = (byte)LinkFrameType.Records,
            Token = kind == 1 ? (ulong)random.NextInt64() : token,
            Sequence = (uint)random.Next() | 0x40000000,
        };
        header.Tell((uint)random.Next() | 0x40000000, 100, 0);
        MemoryMarshal.Write(link, in header);
        fixed (byte* bytes = link)
            LinkFrameHeader.Seal(bytes, link.Length);
    }

    /// <summary>Checked streams both ways; one thread polls both endpoints.</summary>
    private sealed class Traffic : IDisposable
    {
        private readonly HubNet _net;
        private readonly CheckedStream[] _streams;
        private readonly System.Diagnostics.Stopwatch _clock = System.Diagnostics.Stopwatch.StartNew();

        public Traffic(HubNet net)
        {
            _net = net;
            _streams = [new CheckedStream(net[0], 1), new CheckedStream(net[1], 0)];
            net[0].AllowGathering();
            net[1].AllowGathering();
        }

        public List<string>[] Lost { get; } = [[], []];

        public double Elapsed => _clock.Elapsed.TotalSeconds;

        public long Received => _streams[0].Received + _streams[1].Received;

        public long BytesReceived => _streams[0].BytesReceived + _streams[1].BytesReceived;

        public void Step(bool sends = true)
        {
            for (int i = 0; i < 2; i++)
            {
                if (sends)
                    _streams[i].Advance(32);
                var sink = new StreamSink(_streams[1 - i], Lost[i]);
                _net[i].Poll(ref sink);
            }
        }

        public void RunFor(double seconds)
        {
            double end = Elapsed + seconds;
            while (Elapsed < end)
                Step();
            Check();
        }

        /// <summary>Until all that was sent has arrived.</summary>
        public void Settle(double secondsMax)
        {
            double end = Elapsed + secondsMax;
            while (!_streams[0].IsComplete || !_streams[1].IsComplete || _net[0].HasUnsent || _net[1].HasUnsent)
            {
                Step(sends: false);
                Assert.True(Elapsed < end, _net.Describe());
            }
            Check();
            Assert.All(Lost, Assert.Empty);
        }

        public void Dispose()
        {
            foreach (CheckedStream stream in _streams)
                stream.Dispose();
        }

        private void Check()
        {
            foreach (CheckedStream stream in _streams)
                Assert.Null(stream.Fault);
        }
    }
}
