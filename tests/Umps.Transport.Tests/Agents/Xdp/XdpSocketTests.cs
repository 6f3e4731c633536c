using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Umps.Testing;
using Umps.Transport;
using Umps.Transport.Agents.Xdp;
using Xunit;

namespace Umps.Tests.Agents.Xdp;

/// <summary>The carrier without a link above it: units, states, and frames that leave at once from another thread.</summary>
public sealed unsafe class XdpSocketTests
{
    private const int Short = 64;

    /// <summary>The owner's thread sends as fast as it can while another says that the process lives: every frame is whole, and none of the owner's is missing or out of order.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void SendAtOnce_WhileTheOwnerSends_NoFrameIsSpoilt(bool byDatagrams)
    {
        const int Frames = 100_000;
        XdpNode.SkipUnlessPossible();
        using var pair = new Pair(byDatagrams);
        long shorts = 0, shortsSeen = 0;
        bool stop = false;
        var beside = new Thread(() =>
        {
            Span<byte> frame = stackalloc byte[Short];
            while (!Volatile.Read(ref stop))
            {
                frame.Fill((byte)(0x80 | (++shorts & 0x7f)));
                pair[0].SendAtOnce(1, frame);
            }
        });
        beside.Start();

        uint expected = 0;
        try
        {
            Deadline deadline = Deadline.After(60);
            for (uint next = 0; expected < Frames && !deadline.HasPassed;)
            {
                for (int i = 0; i < 20 && next < Frames && pair[0].FreeUnits > 0; i++)
                {
                    int unit = pair[0].TakeUnit();
                    int length = 100 + (int)(next % 900);
                    byte* bytes = pair[0].UnitBytes(unit);
                    new Span<byte>(bytes, length).Fill((byte)(next & 0x7f));
                    *(uint*)(bytes + 4) = next;
                    while (!pair[0].TryEnqueue(1, unit, length))
                        Assert.False(deadline.HasPassed, "no room for a frame");      // the other thread may have lost its processor while it sends
                    pair[0].ReturnUnit(unit);
                    next++;
                }
                pair[0].Flush();
                for (int count; (count = pair[1].Receive()) > 0;)
                {
                    for (int i = 0; i < count; i++)
                    {
                        byte* bytes = pair[1].Frame(i, out int length);
                        if ((bytes[0] & 0x80) != 0)
                        {
                            shortsSeen++;
                            Assert.Equal(Short, length);
                            Assert.Equal(-1, new Span<byte>(bytes, length).IndexOfAnyExcept(bytes[0]));
                            continue;
                        }
                        Assert.Equal(expected, *(uint*)(bytes + 4));
                        Assert.Equal(100 + (int)(expected % 900), length);
                        Assert.Equal(-1, new Span<byte>(bytes + 8, length - 8).IndexOfAnyExcept((byte)(expected & 0x7f)));
                        expected++;
                    }
                }
            }
        }
        finally
        {
            Volatile.Write(ref stop, true);
            beside.Join();
        }

        Assert.Equal((uint)Frames, expected);
        Assert.True(shortsSeen > 0, "no frame left at once");
    }

    /// <summary>Nobody owns the sender any more: it computes. The word that it lives leaves all the same.</summary>
    [Fact]
    public void SendAtOnce_TheOwnerIsAway_Leaves()
    {
        XdpNode.SkipUnlessPossible();
        using var pair = new Pair();

        for (int i = 0; i < 100; i++)
        {
            var thread = new Thread(() => pair[0].SendAtOnce(1, new byte[Short]));
            thread.Start();
            thread.Join();
            Deadline deadline = Deadline.After(10);
            while (pair[1].Receive() == 0)
                Assert.False(deadline.HasPassed, $"frame {i} did not leave");
            if (i % 8 == 7)
                pair[0].BeforeSleep();      // the owner looks now and then: what was sent is marked so
        }
    }

    /// <summary>Whatever order units are returned in, each comes back once, after it has been sent.</summary>
    [Fact]
    public void Units_TakenSentAndReturned_AllComeBackOnce() => Seeds.Run(3, seed =>
    {
        XdpNode.SkipUnlessPossible();
        var random = new Random(seed);
        using var pair = new Pair();
        var taken = new List<int>();

        for (int step = 0; step < 20_000; step++)
        {
            if (pair[0].FreeUnits > 0 && random.Next(2) == 0)
            {
                int unit = pair[0].TakeUnit();
                Assert.DoesNotContain(unit, taken);
                Assert.False(pair[0].IsBusy(unit));
                if (random.Next(4) > 0)
                    pair[0].TryEnqueue(1, unit, Short);
                taken.Add(unit);
            }
            else if (taken.Count > 0)
            {
                int at = random.Next(taken.Count);
                pair[0].ReturnUnit(taken[at]);
                taken.RemoveAt(at);
            }
            if (random.Next(10) == 0)
                pair[0].Flush();
            if (random.Next(3) == 0)
                pair[1].Receive();
        }
        foreach (int unit in taken)
            pair[0].ReturnUnit(unit);
        pair[0].Flush();
        pair[0].BeforeSleep();

        Assert.Equal(pair[0].Units, pair[0].FreeUnits);
    });

    /// <summary>Frames that are kept stay as they are while others come; no more are kept than leave FILL enough.</summary>
    [Fact]
    public void TryKeep_UntilItRefuses_KeptFramesStayWhole()
    {
        XdpNode.SkipUnlessPossible();
        using var pair = new Pair();
        var kept = new List<(int Token, byte Value, nint Bytes)>();

        for (int i = 0; i < 5000; i++)
        {
            SendOne(pair, (byte)i, 500);
            Deadline deadline = Deadline.After(10);
            while (pair[1].Receive() == 0)
                Assert.False(deadline.HasPassed, $"frame {i} did not come");
            byte* bytes = pair[1].Frame(0, out _);
            Assert.Equal((byte)i, *bytes);
            if (pair[1].TryKeep(0, out int token))
                kept.Add((token, *bytes, (nint)bytes));
        }

        Assert.InRange(kept.Count, 16, 1024);
        foreach ((int token, byte value, nint bytes) in kept)
        {
            Assert.Equal(-1, new Span<byte>((void*)bytes, 500).IndexOfAnyExcept(value));
            pair[1].ReturnKept(token);
        }
        SendOne(pair, 1, 500);
        pair[1].Receive();
        Assert.True(pair[1].TryKeep(0, out _));
    }

    private static void SendOne(Pair pair, byte value, int length)
    {
        Deadline deadline = Deadline.After(10);
        while (pair[0].FreeUnits == 0)
            Assert.False(deadline.HasPassed, "no unit comes back");
        int unit = pair[0].TakeUnit();
        new Span<byte>(pair[0].UnitBytes(unit), length).Fill(value);
        pair[0].TryEnqueue(1, unit, length);
        pair[0].ReturnUnit(unit);
        pair[0].Flush();
    }

    /// <summary>Two sockets that know each other.</summary>
    private sealed class Pair : IDisposable
    {
        private readonly NetworkNamespace[] _places;
        private readonly XdpNode[] _nodes;
        private readonly XdpSocket[] _sockets;

        public Pair(bool byDatagrams = false)
        {
            (NetworkNamespace first, NetworkNamespace second) = NetworkNamespace.MakePair();
            _places = [first, second];
            _nodes = [.. _places.Select(place => new XdpNode(place, 1, new TransportOptions()))];
            PeerPlace[] peers = [new(0, 0, 0), new(1, 1, 0)];
            _sockets = [.. Enumerable.Range(0, 2).Select(i => new XdpSocket(new PeerDirectory { OwnId = i, Peers = peers, Secret = new byte[32] }, _nodes[i].Device.PortOf(0), _nodes[i].Area))];
            for (int i = 0; i < 2; i++)
                Assert.True(_sockets[i].TryAddPeer(1 - i, byDatagrams ? _sockets[1 - i].Address : _sockets[1 - i].Address.Split('@')[0]));
        }

        public XdpSocket this[int index] => _sockets[index];

        public void Dispose()
        {
            foreach (IDisposable one in (IDisposable[])[.. _sockets, .. _nodes, .. _places])
                one.Dispose();
        }
    }
}
