using System;
using System.Runtime.InteropServices;
using Umps.Testing;
using Umps.Transport.Agents.Link;
using Xunit;

namespace Umps.Tests.Agents.Link;

/// <summary>Frames that no member of the job has sent change nothing, and are counted.</summary>
public sealed unsafe class ForgedFrameTests
{
    [Fact]
    public void RandomBytes_AreCorrupt() => Seeds.Run(random =>
    {
        using LossyNet net = Connected();

        for (int i = 0; i < 100_000; i++)
        {
            byte[] bytes = new byte[random.Next(700)];
            random.NextBytes(bytes);
            net.Hub.Inject(0, 1, bytes);
            if (i % 50 == 0)
                net.PollAll();
        }

        AssertUnharmed(net);
        Assert.Equal(100_000, net.Counter(1, "corrupt"));
    });

    /// <summary>Real frames with one bit changed.</summary>
    [Fact]
    public void ChangedBits_AreCorrupt() => Seeds.Run(random =>
    {
        using LossyNet net = Connected();
        byte[]? last = null;
        net.Hub.Passes = (from, _, bytes) =>
        {
            if (from == 0)
                last = bytes;
            return true;
        };

        for (int i = 0; i < 5000; i++)
        {
            net.Send(0, 1, new byte[random.Next(500)]);
            byte[] changed = (byte[])last!.Clone();
            changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
            net.Hub.Inject(0, 1, changed);
            net.PollAll();
        }
        net.PollUntil(() => net.Recorders[1].Messages.Count == 5000, "the messages");
        net.Recorders[1].Messages.Clear();

        AssertUnharmed(net);
        Assert.Equal(5000, net.Counter(1, "corrupt"));
    });

    [Theory]
    [InlineData(LinkFrameType.Records)]
    [InlineData(LinkFrameType.Ack)]
    [InlineData(LinkFrameType.Hello)]
    [InlineData(LinkFrameType.Heartbeat)]
    internal void OtherJob_IsForged(LinkFrameType type)
    {
        using LossyNet net = Connected();

        foreach (uint sequence in (uint[])[0, 1, 2, 3, 1000, uint.MaxValue])
        {
            net.Hub.Inject(0, 1, Frame(type, [1, 2, 3], from: 0, to: 1, sequence));
            net.Hub.Inject(0, 1, Frame(type, [1, 2, 3], from: 2, to: 1, sequence));
        }
        net.PollAll();

        AssertUnharmed(net);
        Assert.Equal(12, net.Counter(1, "forged"));
    }

    [Fact]
    public void NoSuchEndpoint_IsForged()
    {
        using LossyNet net = Connected();

        foreach (int from in (int[])[1, 3, 4, 1000, LinkFrameHeader.PeersMax - 1])
            net.Hub.Inject(0, 1, Frame(LinkFrameType.Records, new byte[32], from, to: 1, sequence: 1));
        net.PollAll();

        AssertUnharmed(net);
        Assert.Equal(5, net.Counter(1, "forged"));
    }

    /// <summary>Somebody knows the token (it has read a frame), and neither sequence nor acknowledgement.</summary>
    [Fact]
    public void WrongSequence_DoesNotCount() => Seeds.Run(random =>
    {
        using LossyNet net = Connected();
        byte[] secret = new byte[32];

        for (int i = 0; i < 20_000; i++)
        {
            uint sequence = (uint)random.Next(10_000, int.MaxValue), ack = (uint)random.Next(10_000, int.MaxValue);
            net.Hub.Inject(0, 1, Frame(LinkFrameType.Records, secret, 0, 1, sequence, ack: 1));
            net.Hub.Inject(0, 1, Frame(LinkFrameType.Ack, secret, 0, 1, sequence: 0, ack));
            net.Hub.Inject(0, 1, Frame(LinkFrameType.Heartbeat, secret, 0, 1, sequence, ack));
            if (i % 20 == 0)
                net.PollAll();
        }
        net.Settle();

        AssertUnharmed(net);
        Assert.Equal(40_000, net.Counter(1, "outside the window"));
    });

    /// <summary>Somebody knows token and sequence: what is inside is no run of records. The peer that is believed to have sent it is given up, and nothing is read beyond the frame.</summary>
    [Fact]
    public void Records_AreNone_PeerIsLost() => Seeds.Run(200, seed =>
    {
        var random = new Random(seed);
        using LossyNet net = Connected();
        byte[] frame = new byte[LinkFrameHeader.FrameBytesMin + random.Next(500)];
        random.NextBytes(frame);
        byte[] real = Frame(LinkFrameType.Records, new byte[32], 0, 1, sequence: 1, ack: 1);
        real.AsSpan(0, LinkFrameHeader.SizeBytes).CopyTo(frame);
        if (seed % 2 == 0)
            frame[LinkFrameHeader.SizeBytes] = (byte)random.Next(1, 5);     // a type that there is
        fixed (byte* bytes = frame)
            LinkFrameHeader.Seal(bytes, frame.Length);

        net.Hub.Inject(0, 1, frame);
        for (int i = 0; i < 100; i++)
            net.Poll(1);

        Assert.All(net.Recorders[1].Messages, m => Assert.InRange(m.Bytes!.Length, 0, frame.Length));
        Assert.InRange(net.Recorders[1].Lost.Count, 0, 1);
    });

    /// <summary>Frames that were read are sent again later.</summary>
    [Fact]
    public void Replayed_AreDuplicates()
    {
        using LossyNet net = Connected();
        var seen = new System.Collections.Generic.List<byte[]>();
        net.Hub.Passes = (from, to, bytes) =>
        {
            if (from == 0)
                seen.Add(bytes);
            return true;
        };
        for (int i = 0; i < 100; i++)
            net.Send(0, 1, new byte[i]);
        net.PollUntil(() => net.Recorders[1].Messages.Count == 100, "the messages");
        net.Settle();
        net.Hub.Passes = (_, _, _) => true;
        net.Recorders[1].Messages.Clear();

        foreach (byte[] bytes in seen)
            net.Hub.Inject(0, 1, bytes);
        net.Settle();

        AssertUnharmed(net);
        Assert.InRange(net.Counter(1, "duplicates"), 20, 200);      // those that waited share frames
    }

    [Fact]
    public void SecretsDiffer_NothingIsDelivered()
    {
        using var net = new LossyNet(2, 1, Weather.Fine, LossyNet.Patient with { FlushSecondsMax = 0 }, id => [.. new byte[31], (byte)id]);

        Assert.True(net.Agents[0].TrySend(1, default, new byte[10]));
        for (int i = 0; i < 100_000; i++)
            net.PollAll();

        Assert.Empty(net.Recorders[1].Messages);
        Assert.True(net.Counter(1, "forged") > 3, net.Describe());
    }

    private static LossyNet Connected()
    {
        var net = new LossyNet(3, 1, Weather.Fine);
        net.Connect();
        return net;
    }

    /// <summary>Nothing was delivered, nobody is lost, and the next message arrives both ways.</summary>
    private static void AssertUnharmed(LossyNet net)
    {
        for (int i = 0; i < 100; i++)
            net.PollAll();
        Assert.Empty(net.Recorders[0].Messages);
        Assert.Empty(net.Recorders[1].Messages);
        Assert.All(net.Recorders, r => Assert.Empty(r.Lost));
        net.Send(0, 1, [1, 2, 3]);
        net.Send(1, 0, [4, 5]);
        net.PollUntil(() => net.Recorders[1].Messages.Count == 1 && net.Recorders[0].Messages.Count == 1, "the next messages");
        Assert.Equal([1, 2, 3], net.Recorders[1].Messages[0].Bytes!);
        Assert.Equal([4, 5], net.Recorders[0].Messages[0].Bytes!);
        net.Settle();
        net.AssertNothingHeld();
    }

    private static byte[] Frame(LinkFrameType type, byte[] secret, int from, int to, uint sequence, uint ack = 0)
    {
        byte[] bytes = new byte[LinkFrameHeader.SizeBytes + LinkRecordHeader.SizeBytes + 16];
        var header = new LinkFrameHeader
        {
            Magic = LinkFrameHeader.MagicValue,
            Version = LinkFrameHeader.LayoutVersion,
            TypeAndFlags = (byte)type,
            Token = LinkToken.Of(secret, from, to),
            FromAndRoom = (uint)from,
            Sequence = sequence,
        };
        header.Tell(ack, roomFrames: 100, consumed: 0);
        var record = new LinkRecordHeader { TypeAndFlags = (byte)LinkRecordType.Message, LengthBytes = 10 };
        MemoryMarshal.Write(bytes.AsSpan(LinkFrameHeader.SizeBytes), in record);
        MemoryMarshal.Write(bytes, in header);
        fixed (byte* frame = bytes)
            LinkFrameHeader.Seal(frame, bytes.Length);
        return bytes;
    }
}
