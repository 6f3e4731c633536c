using System;
using System.Linq;
using Umps.Testing;
using Umps.Tests.Agents.Ethernet;
using Umps.Transport;
using Umps.Transport.Agents.Ethernet;
using Umps.Transport.Agents.Packet;
using Umps.Transport.Interop;
using Xunit;

namespace Umps.Tests.Agents.Packet;

/// <summary>What the kernel agent's packet sockets let through, and to whom.</summary>
public sealed unsafe class PacketDeviceTests(EthernetHub hub) : IClassFixture<EthernetHub>
{
    private const int Ranks = 3;

    /// <summary>Each rank of a node gets the frames that name its slot, and nobody gets those that name none.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Frames_OfSeveralSlots_ReachTheirRankOnly(bool mapped)
    {
        NetworkNamespace.SkipUnlessPossible();
        using PacketDevice device = Open(hub.Nodes(2)[0], mapped);
        PacketSocket[] ranks = [.. Enumerable.Range(0, Ranks).Select(i => new PacketSocket(Directory(), device.PortOf(i)))];

        for (int slot = 0; slot <= Ranks; slot++)
        {
            using var stranger = new Stranger(hub.Nodes(2)[1], new EthernetAddress(device.PortOf(0).Facts.MacAddress, slot).ToString());
            for (int i = 0; i <= slot; i++)
                stranger.Send([(byte)slot, .. new byte[99]]);
        }

        for (int slot = 0; slot < Ranks; slot++)
        {
            int count = Await(ranks[slot], slot + 1);
            Assert.Equal(slot + 1, count);
            for (int i = 0; i < count; i++)
            {
                byte* frame = ranks[slot].Frame(i, out int length);
                Assert.Equal((slot, 100), (frame[0], length));
                Assert.Equal(0, (nint)frame % 64);
            }
            Assert.Equal(0, ranks[slot].Receive());
        }
        foreach (PacketSocket rank in ranks)
            rank.Dispose();
    }

    /// <summary>A frame for another machine, which an interface that listens to all sees too, and one of another EtherType.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Frames_OfOthers_DoNotPass(bool mapped)
    {
        NetworkNamespace.SkipUnlessPossible();
        NetworkNamespace node = hub.Nodes(2)[0];
        using PacketDevice device = Open(node, mapped);
        using var rank = new PacketSocket(Directory(), device.PortOf(0));
        ulong own = device.PortOf(0).Facts.MacAddress;
        Shell.Run("ip", "-n", node.Name, "link", "set", node.Interface, "promisc", "on");

        try
        {
            using (var forAnother = new Stranger(hub.Nodes(2)[1], new EthernetAddress(own ^ (1ul << 40), 0).ToString()))
                forAnother.Send(new byte[100]);
            using (var otherType = new Stranger(hub.Nodes(2)[1], new EthernetAddress(own, 0).ToString(), etherType: 0x88B6))
                otherType.Send(new byte[100]);
            using (var own1 = new Stranger(hub.Nodes(2)[1], new EthernetAddress(own, 0).ToString()))
                own1.Send([7, .. new byte[99]]);

            Assert.Equal(1, Await(rank, 1));
            Assert.Equal(7, rank.Frame(0, out _)[0]);
        }
        finally
        {
            Shell.Run("ip", "-n", node.Name, "link", "set", node.Interface, "promisc", "off");
        }
    }

    /// <summary>A rank has the socket, and can neither widen its filter nor take it off.</summary>
    [Fact]
    public void Filter_CannotBeChanged()
    {
        NetworkNamespace.SkipUnlessPossible();
        using PacketDevice device = Open(hub.Nodes(1)[0], mapped: true);

        Errno error = Linux.LockFilter(device.PortOf(0).Descriptor, [new FilterStep(FilterStep.Return, 0x40000)]);

        Assert.Equal(Errno.EPERM, error);
    }

    /// <summary>Kept frames stay as they are while the ring goes round several times.</summary>
    [Fact]
    public void TryKeep_RingGoesRound_FrameStays()
    {
        NetworkNamespace.SkipUnlessPossible();
        using PacketDevice device = Open(hub.Nodes(2)[0], mapped: true, bufferBytes: 65536);
        using var rank = new PacketSocket(Directory(), device.PortOf(0));
        using var stranger = new Stranger(hub.Nodes(2)[1], rank.Routes.Own.ToString());
        stranger.Send([1, .. new byte[99]]);
        Assert.Equal(1, Await(rank, 1));
        Assert.True(rank.TryKeep(0, out int token));
        byte* kept = rank.Frame(0, out int length);

        for (int i = 0; i < 500; i++)
        {
            stranger.Send([2, .. new byte[99]]);
            Assert.Equal(1, Await(rank, 1));
            Assert.Equal(2, rank.Frame(0, out _)[0]);
        }

        Assert.Equal((1, 100), (kept[0], length));
        rank.ReturnKept(token);
    }

    [Fact]
    public void Mtu_IsJumbo_FramesAreAsLong()
    {
        NetworkNamespace.SkipUnlessPossible();
        (NetworkNamespace first, NetworkNamespace second) = NetworkNamespace.MakePair();
        using (first)
        using (second)
        {
            first.SetMtu(9000);
            second.SetMtu(9000);
            using var group = new EndpointGroup(AgentKind.Packet, EthernetContract.Options, [first, second]);
            byte[] payload = [.. Enumerable.Range(0, 16_000).Select(i => (byte)i)];

            group.Send(0, 1, payload);
            group.PollUntil(() => group.Of(1).Messages.Count == 1, "the message");

            Assert.Equal(payload, group.Of(1).Messages[0].Bytes);
            Assert.Equal(2, group[0].ShowState().Agents.SelectMany(a => a.Counters).First(c => c.Key == "frames sent").Value);
        }
    }

    [Fact]
    public void Find_NoName_TakesTheOneWithAnAddress()
    {
        NetworkNamespace.SkipUnlessPossible();
        NetworkNamespace node = hub.Nodes(1)[0];
        EthernetInterface? found = null;

        NamespaceThread.Run(node, () => found = EthernetInterface.Find(""));

        Assert.Equal((node.Interface, 1500), (found!.Name, found.Mtu));
        Assert.NotEqual(0ul, found.MacAddress);
    }

    private static PacketDevice Open(NetworkNamespace node, bool mapped, int bufferBytes = 1 << 20)
    {
        PacketDevice? device = null;
        var options = new TransportOptions { Packet = new PacketOptions { Mapped = mapped, BufferBytes = bufferBytes }, Ethernet = new EthernetOptions { Interface = node.Interface } };
        NamespaceThread.Run(node, () => device = PacketDevice.Open(Ranks, options));
        return device!;
    }

    private static int Await(PacketSocket socket, int atLeast)
    {
        Deadline deadline = Deadline.After(10);
        int count;
        while ((count = socket.Receive()) < atLeast)
            Assert.False(count > 0 || deadline.HasPassed, $"{count} frames came, not {atLeast}");
        return count;
    }

    private static PeerDirectory Directory() => new() { OwnId = 0, Peers = [new PeerPlace(0, 0, 0)], Secret = new byte[32] };
}
