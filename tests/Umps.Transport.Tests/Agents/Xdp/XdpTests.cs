using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using Umps.Testing;
using Umps.Transport;
using Umps.Transport.Agents.Xdp;
using Xunit;

namespace Umps.Tests.Agents.Xdp;

/// <summary>What is xdp's own: ranks of a node that share a queue and its units, and the modes of an interface.</summary>
public sealed class XdpTests
{
    private static readonly TransportOptions s_defaults = new() { Link = new LinkOptions { FlushSecondsMax = 0.2 } };

    [Theory]
    [InlineData(XdpAttach.Generic, EthernetEncapsulation.Auto)]
    [InlineData(XdpAttach.Native, EthernetEncapsulation.Auto)]
    [InlineData(XdpAttach.Generic, EthernetEncapsulation.Always)]
    [InlineData(XdpAttach.Native, EthernetEncapsulation.Always)]
    public void Frames_BothModesAndForms_Cross(XdpAttach attach, EthernetEncapsulation encapsulation)
    {
        XdpNode.SkipUnlessPossible();
        using var net = new XdpNet(1, s_defaults with { Xdp = new XdpOptions { Attach = attach }, Ethernet = new EthernetOptions { Encapsulation = encapsulation } });

        net.Send(0, 1, [1, 2, 3]);
        net.PollUntil(() => net.Recorders[1].Messages.Count == 1, "the message");
        net.Send(1, 0, [4, 5]);
        net.PollUntil(() => net.Recorders[0].Messages.Count == 1, "the answer");

        Assert.Equal([1, 2, 3], net.Recorders[1].Messages[0].Bytes);
        Assert.Equal([4, 5], net.Recorders[0].Messages[0].Bytes);
        Assert.Equal(attach == XdpAttach.Native ? 1 : 0, net.Counter(0, "native"));
        Assert.Equal(encapsulation == EthernetEncapsulation.Always ? 1 : 0, net.Counter(0, "peers by datagrams"));
    }

    /// <summary>Three ranks a node on one queue: each message is given to the rank that it is for, and comes from the one that sent it.</summary>
    [Theory]
    [InlineData(EthernetEncapsulation.Auto)]
    [InlineData(EthernetEncapsulation.Always)]
    public void Frames_SeveralRanksANode_AreSteeredBySlot(EthernetEncapsulation encapsulation)
    {
        const int Messages = 2000;
        XdpNode.SkipUnlessPossible();
        using var net = new XdpNet(3, s_defaults with { Ethernet = new EthernetOptions { Encapsulation = encapsulation } });

        for (uint i = 0; i < Messages; i++)
        {
            for (int from = 0; from < 6; from++)
            {
                for (int to = 1 - (from % 2); to < 6; to += 2)
                    net.Send(from, to, Pattern(from, to, i), i);
            }
            if (i % 7 == 0)
                net.PollAll();
        }
        net.PollUntil(() => net.Recorders.All(r => r.Messages.Count == 3 * Messages), "all messages");

        for (int to = 0; to < 6; to++)
        {
            for (int from = 1 - (to % 2); from < 6; from += 2)
            {
                List<Recorder.Received> arrived = [.. net.Recorders[to].Messages.Where(m => m.Peer == from)];
                Assert.Equal(Messages, arrived.Count);
                for (int i = 0; i < Messages; i++)
                    Assert.Equal(Pattern(from, to, (uint)i), arrived[i].Bytes);
            }
        }
        AssertNothingDropped(net, 6);
    }

    /// <summary>Frames longer than a unit: they go in runs of units and come in runs of others, cut elsewhere.</summary>
    [Theory]
    [InlineData(XdpAttach.Generic, 9000)]
    [InlineData(XdpAttach.Native, 9000)]
    [InlineData(XdpAttach.Generic, 1780)]
    [InlineData(XdpAttach.Generic, 4000)]
    [InlineData(XdpAttach.Generic, 9000, EthernetEncapsulation.Always)]
    [InlineData(XdpAttach.Native, 9000, EthernetEncapsulation.Always)]
    [InlineData(XdpAttach.Generic, 1810, EthernetEncapsulation.Always)]
    public void Frames_LongerThanAUnit_ArriveWhole(XdpAttach attach, int mtu, EthernetEncapsulation encapsulation = EthernetEncapsulation.Auto)
    {
        const int Messages = 3000;
        XdpNode.SkipUnlessPossible();
        using var net = new XdpNet(1, s_defaults with { Xdp = new XdpOptions { Attach = attach }, Ethernet = new EthernetOptions { Encapsulation = encapsulation } }, mtu);
        var random = new Random(mtu);
        var sent = new List<byte[]>();

        for (uint i = 0; i < Messages; i++)
        {
            var payload = new byte[random.Next(16 * 1024)];
            random.NextBytes(payload);
            sent.Add(payload);
            net.Send(0, 1, payload, i);
            if (i % 3 == 0)
                net.PollAll();
        }
        net.PollUntil(() => net.Recorders[1].Messages.Count == Messages, "all messages");

        for (int i = 0; i < Messages; i++)
            Assert.True(sent[i].AsSpan().SequenceEqual(net.Recorders[1].Messages[i].Bytes), $"message {i} of {sent[i].Length} bytes is damaged");
        Assert.Equal(0, net.Counter(1, "corrupt"));
        Assert.Equal(0, net.Counter(1, "rx dropped"));
    }

    /// <summary>Both ends send as fast as they can, on a thread each: windows and units are such that the kernel never lacks one.</summary>
    [Fact]
    public void Flood_BothDirections_TheKernelDropsNothing()
    {
        const int Messages = 200_000;
        XdpNode.SkipUnlessPossible();
        using var net = new XdpNet(1, s_defaults);
        net.Send(0, 1, default);
        net.PollUntil(() => net.Recorders[1].Messages.Count == 1, "the first message");
        net.Recorders[1].Messages.Clear();
        int running = 2;
        Exception? error = null;

        Thread[] threads = [.. Enumerable.Range(0, 2).Select(me => new Thread(() =>
        {
            try
            {
                var payload = new byte[200];
                Deadline deadline = Deadline.After(60);
                for (uint sent = 0; sent < Messages;)
                {
                    if (net.Agent(me).TrySend(1 - me, new FrameHeader { Kind = 1, Word1 = sent }, payload))
                        sent++;
                    else
                        net.Poll(me);
                    Assert.False(deadline.HasPassed, "the flood does not end");
                }
                while (net.Recorders[me].Messages.Count < Messages && !deadline.HasPassed)
                    net.Poll(me);
                Interlocked.Decrement(ref running);
                while (Volatile.Read(ref running) > 0 && !deadline.HasPassed)
                    net.Poll(me);
            }
            catch (Exception caught)
            {
                error = caught;
                Volatile.Write(ref running, 0);
            }
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();

        Assert.Null(error);
        for (int me = 0; me < 2; me++)
            Assert.Equal(Enumerable.Range(0, Messages).Select(i => (uint)i), net.Recorders[me].Messages.Select(m => m.Word1));
        AssertNothingDropped(net, 2);
    }

    /// <summary>A rank that does not look takes units until its ring is full, and no more: the other rank of its node has its own.</summary>
    [Fact]
    public void Flood_OneRankDoesNotLook_TheOtherLacksNothing()
    {
        const int Messages = 20_000;
        XdpNode.SkipUnlessPossible();
        using var net = new XdpNet(2, s_defaults with { Xdp = new XdpOptions { RingEntries = 64, UnitsARank = 256 } });
        foreach (int to in new[] { 1, 3 })
            net.Send(0, to, default);
        net.PollUntil(() => net.Recorders[1].Messages.Count == 1 && net.Recorders[3].Messages.Count == 1, "the first messages");

        int sent = 0;
        while (net.Agent(2).TrySend(3, new FrameHeader { Kind = 1 }, new byte[1000]) || sent == 0)
        {
            sent++;
            net.Poll(2);
        }
        for (uint i = 0; i < Messages; i++)
        {
            while (!net.Agent(0).TrySend(1, new FrameHeader { Kind = 1, Word1 = i }, new byte[100]))
            {
                net.Poll(0);
                net.Poll(1);
            }
        }
        Deadline deadline = Deadline.After(30);
        while (net.Recorders[1].Messages.Count <= Messages && !deadline.HasPassed)
        {
            net.Poll(0);
            net.Poll(1);
        }

        Assert.Equal(Messages + 1, net.Recorders[1].Messages.Count);
        Assert.Equal(0, net.Counter(1, "fill ring empty"));
        Assert.Equal(0, net.Counter(1, "rx ring full"));
    }

    [Fact]
    public void Open_VethAndZeroCopyAlways_IsAnErrorThatSaysSo()
    {
        XdpNode.SkipUnlessPossible();

        var error = Assert.Throws<UmpsException>(() => new XdpNet(1, s_defaults with { Xdp = new XdpOptions { ZeroCopy = XdpZeroCopy.Always } }));

        Assert.Equal(1310, error.ErrorId);
        Assert.Contains("EOPNOTSUPP", error.Message, StringComparison.Ordinal);
        Assert.Contains("ZeroCopy=Auto", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The host may need the port for itself: then frames come without datagrams alone, or not at all, if they should come in them.</summary>
    [Fact]
    public void Open_UdpPortIsAnothers_TakesNoDatagrams_UnlessItMust()
    {
        XdpNode.SkipUnlessPossible();
        (NetworkNamespace first, NetworkNamespace second) = NetworkNamespace.MakePair();
        using (first)
        using (second)
        {
            var options = new TransportOptions();
            Socket? holder = null;
            NamespaceThread.Run(first, () =>
            {
                holder = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
                holder.Bind(new IPEndPoint(IPAddress.Any, options.Ethernet.UdpPort));
            });
            using (holder)
            {
                using (var node = new XdpNode(first, 1, options))
                    Assert.Equal(0u, node.Device.PortOf(0).Facts.Ipv4);
                var error = Assert.Throws<UmpsException>(() => new XdpNode(first, 1, options with { Ethernet = new EthernetOptions { Encapsulation = EthernetEncapsulation.Always } }));
                Assert.Equal(1310, error.ErrorId);
                Assert.Contains("17600", error.Message, StringComparison.Ordinal);
            }
            using var free = new XdpNode(first, 1, options);
            Assert.NotEqual(0u, free.Device.PortOf(0).Facts.Ipv4);
        }
    }

    [Fact]
    public void Open_NoSuchQueue_IsAnErrorThatSaysSo()
    {
        XdpNode.SkipUnlessPossible();

        var error = Assert.Throws<UmpsException>(() => new XdpNet(1, s_defaults with { Xdp = new XdpOptions { Queue = 17 } }));

        Assert.Equal(1310, error.ErrorId);
        Assert.Contains("queue", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_OptionsOutOfRange_AreListed()
    {
        XdpNode.SkipUnlessPossible();

        var error = Assert.Throws<UmpsException>(() => new XdpNet(1, s_defaults with { Xdp = new XdpOptions { RingEntries = 100, UnitsARank = 1 } }));

        Assert.Equal(1305, error.ErrorId);
        Assert.Contains("RingEntries", error.Message, StringComparison.Ordinal);
        Assert.Contains("UnitsARank", error.Message, StringComparison.Ordinal);
    }

    private static byte[] Pattern(int from, int to, uint number)
    {
        var bytes = new byte[number % 1200];
        new Random((from << 24) + (to << 16) + (int)number).NextBytes(bytes);
        return bytes;
    }

    private static void AssertNothingDropped(XdpNet net, int endpoints)
    {
        foreach (string counter in new[] { "rx dropped", "rx ring full", "fill ring empty", "invalid descriptors", "corrupt", "forged" })
            Assert.Equal((counter, 0), (counter, Enumerable.Range(0, endpoints).Sum(i => net.Counter(i, counter))));
    }
}
