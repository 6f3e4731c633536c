using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Umps.Testing;
using Umps.Transport;
using Umps.Transport.Agents;
using Umps.Transport.Agents.Tcp;
using Xunit;

namespace Umps.Tests.Agents.Tcp;

/// <summary>Handshakes of the tcp agent: strangers, other versions, double connects, and how connections end.</summary>
public sealed class TcpConnectingTests
{
    [Fact]
    public void Connect_OtherSecret_IsRefusedOnBothSides()
    {
        TcpNode[] nodes = TcpNode.Make(2, secretOf: id => id == 0 ? TcpNode.Secret : RandomNumberGenerator.GetBytes(32));
        using TcpNode a = nodes[0], b = nodes[1];

        Assert.True(a.Agent.TrySend(1, default, "secret"u8));
        TcpNode.PollUntil(nodes, () => a.Lost.Count == 1, "the loss");

        Assert.Empty(b.Messages);
        Assert.Empty(b.Lost);
        Assert.StartsWith("UMPS1104", a.Lost[0].Reason, StringComparison.Ordinal);
        Assert.True(b.Counter("strangers dropped") >= 1);
        Assert.False(a.Agent.TrySend(1, default, "secret"u8));
    }

    /// <summary>One that listens on the right port and greets rightly, but does not know the secret, gets no frame.</summary>
    [Fact]
    public async Task Connect_ImpostorListens_GetsNoFrame()
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        List<int> received = [];
        Task impostor = Task.Run(async () =>
        {
            for (int round = 0; round < 3; round++)
            {
                using Socket socket = await listener.AcceptSocketAsync(cancel);
                byte[] greeting = new byte[TcpHandshake.GreetingBytes];
                TcpHandshake.WriteGreeting(greeting, RandomNumberGenerator.GetBytes(32));
                await socket.SendAsync(greeting, cancel);
                byte[] bytes = new byte[4096];
                int got = await socket.ReceiveAsync(bytes, cancel);
                byte[] verdict = new byte[TcpHandshake.VerdictBytes];
                TcpHandshake.WriteVerdict(verdict, RandomNumberGenerator.GetBytes(32), 0, 1, 1 << 20, RandomNumberGenerator.GetBytes(32), RandomNumberGenerator.GetBytes(32));
                await socket.SendAsync(verdict, cancel);
                int more = await socket.ReceiveAsync(bytes, cancel);
                received.Add(got + more);
            }
        }, cancel);
        TcpNode[] nodes = TcpNode.Make(2, findAddress: (_, _) => listener.LocalEndpoint.ToString()!);
        using TcpNode a = nodes[0], b = nodes[1];

        Assert.True(a.Agent.TrySend(1, default, "secret"u8));
        TcpNode.PollUntil([a], () => a.Lost.Count == 1, "the loss");
        await impostor.WaitAsync(TimeSpan.FromSeconds(10), cancel);

        Assert.All(received, bytes => Assert.Equal(TcpHandshake.ClaimBytes, bytes));
        Assert.Contains("secret", a.Lost[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Connect_OtherVersion_SaysBothVersions()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        TcpNode[] nodes = TcpNode.Make(2, findAddress: (_, _) => listener.LocalEndpoint.ToString()!);
        using TcpNode a = nodes[0], b = nodes[1];

        a.Agent.TrySend(1, default, []);
        using Socket socket = listener.AcceptSocket();
        byte[] greeting = new byte[TcpHandshake.GreetingBytes];
        TcpHandshake.WriteGreeting(greeting, RandomNumberGenerator.GetBytes(32));
        greeting[8] = 77;
        socket.Send(greeting);
        TcpNode.PollUntil([a], () => a.Lost.Count == 1, "the loss");

        Assert.StartsWith("UMPS1103", a.Lost[0].Reason, StringComparison.Ordinal);
        Assert.Contains("version 77", a.Lost[0].Reason, StringComparison.Ordinal);
    }

    /// <summary>Garbage, silence, floods and half-done handshakes on the port: dropped in bounded time, and the job goes on.</summary>
    [Fact]
    public void Strangers_OnThePort_AreDroppedAndTheJobGoesOn()
    {
        var options = new TcpOptions { HandshakeSecondsMax = 0.3, HandshakesMax = 8 };
        TcpNode[] nodes = TcpNode.Make(2, options);
        using TcpNode a = nodes[0], b = nodes[1];
        IPEndPoint port = IPEndPoint.Parse(b.Agent.Address);
        List<Socket> strangers = [];
        for (int i = 0; i < 40; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(port);
            strangers.Add(socket);
            switch (i % 4)
            {
                case 0:
                    socket.Send(Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" + new string('x', 500)));
                    break;
                case 1:
                    socket.Send(RandomNumberGenerator.GetBytes(TcpHandshake.ClaimBytes));
                    break;
                case 2:
                    socket.Send(RandomNumberGenerator.GetBytes(20));
                    break;
            }
        }

        Assert.True(a.Agent.TrySend(1, default, "through"u8));
        TcpNode.PollUntil(nodes, () => b.Messages.Count == 1, "the message behind the strangers");
        TcpNode.PollUntil(nodes, () => b.Counter("strangers dropped") == 40, "all strangers dropped");

        Assert.Empty(b.Lost);
        Assert.Equal("through"u8.ToArray(), b.Messages[0].Payload);
        strangers.ForEach(s => s.Dispose());
    }

    /// <summary>A claim that was recorded from another connection proves nothing: the nonce is another.</summary>
    [Fact]
    public void Claim_Replayed_IsRefused()
    {
        byte[] nonceA = RandomNumberGenerator.GetBytes(32), nonceC = RandomNumberGenerator.GetBytes(32);
        byte[] claim = new byte[TcpHandshake.ClaimBytes];
        TcpHandshake.WriteClaim(claim, TcpNode.Secret, 3, 5, 1000, nonceA, nonceC);

        Assert.True(TcpHandshake.TryReadClaim(claim, TcpNode.Secret, 5, nonceA, out int from, out int credit));
        Assert.Equal((3, 1000), (from, credit));
        Assert.False(TcpHandshake.TryReadClaim(claim, TcpNode.Secret, 5, RandomNumberGenerator.GetBytes(32), out _, out _));
        Assert.False(TcpHandshake.TryReadClaim(claim, TcpNode.Secret, 4, nonceA, out _, out _));
        for (int i = 12; i < claim.Length; i++)
        {
            claim[i] ^= 1;
            Assert.False(TcpHandshake.TryReadClaim(claim, TcpNode.Secret, 5, nonceA, out _, out _), $"byte {i} is not covered");
            claim[i] ^= 1;
        }
    }

    /// <summary>Both sides connect at once, the polls between them in random order: one connection is left, and all arrives once and in order.</summary>
    [Fact]
    public void DoubleConnect_ManyTimes_LosesNothing() => Seeds.Run(1, seed =>
    {
        var random = new Random(seed);
        long doubles = 0;
        for (int round = 0; round < 200; round++)
        {
            TcpNode[] nodes = TcpNode.Make(2);
            int[] sent = [0, 0];
            TcpNode.PollUntil([], () =>
            {
                int side = random.Next(2);
                if (sent[side] < 20 && random.Next(3) == 0 && nodes[side].Agent.TrySend(1 - side, new FrameHeader { Word0 = (ulong)sent[side] }, new byte[random.Next(100)]))
                    sent[side]++;
                else
                    nodes[side].Poll();
                return nodes.All(n => n.Messages.Count == 20);
            }, $"round {round}");

            foreach (TcpNode node in nodes)
            {
                Assert.Equal(Enumerable.Range(0, 20).Select(i => (ulong)i), node.Messages.Select(m => m.Header.Word0));
                Assert.Equal(1, node.Counter("connections"));
                Assert.Empty(node.Lost);
                doubles += node.Counter("double connects");
            }
            Parallel.ForEach(nodes, node => node.Dispose());
        }
        Assert.True(doubles > 20, $"only {doubles} double connects in 200 rounds: the test tests nothing");
    });

    /// <summary>The same between two threads.</summary>
    [Fact]
    public async Task DoubleConnect_TwoThreads_LosesNothing()
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        for (int round = 0; round < 50; round++)
        {
            TcpNode[] nodes = TcpNode.Make(2);
            using var barrier = new Barrier(2);
            await Task.WhenAll(nodes.Select(node => Task.Run(() =>
            {
                barrier.SignalAndWait(cancel);
                for (int i = 0; i < 50; i++)
                    node.Send(1 - node.Id, new FrameHeader { Word0 = (ulong)i }, [], node);
                TcpNode.PollUntil([node], () => node.Messages.Count == 50 && !node.Agent.HasUnsent, "all");
                barrier.SignalAndWait(cancel);
                node.Dispose();
            }, cancel))).WaitAsync(TimeSpan.FromSeconds(60), cancel);

            foreach (TcpNode node in nodes)
                Assert.Equal(Enumerable.Range(0, 50).Select(i => (ulong)i), node.Messages.Select(m => m.Header.Word0));
        }
    }

    [Fact]
    public void Connect_FirstAddressesAreDead_TakesTheOneThatAnswers()
    {
        TcpNode[]? nodes = null;
        nodes = TcpNode.Make(2, new TcpOptions { ConnectSecondsMax = 0.3 }, (_, peer) => $"127.0.0.1:1;192.0.2.1:9;{nodes![peer].Agent.Address}");
        using TcpNode a = nodes[0], b = nodes[1];

        Assert.True(a.Agent.TrySend(1, default, "late"u8));
        TcpNode.PollUntil(nodes, () => b.Messages.Count == 1, "the message");

        Assert.Empty(a.Lost);
    }

    [Fact]
    public void Connect_NobodyListens_IsToldOnceWithTheErrno()
    {
        TcpNode[] nodes = TcpNode.Make(2, findAddress: (_, _) => "127.0.0.1:1");
        using TcpNode a = nodes[0], b = nodes[1];

        a.Agent.TrySend(1, default, []);
        TcpNode.PollUntil([a], () => a.Lost.Count > 0, "the loss");
        for (int i = 0; i < 100; i++)
            a.Poll();

        (int peer, string reason) = Assert.Single(a.Lost);
        Assert.Equal(1, peer);
        Assert.Contains("ECONNREFUSED", reason, StringComparison.Ordinal);
        Assert.Contains("127.0.0.1:1", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Connect_PeerComputesMeanwhile_WaitsForIt()
    {
        TcpNode[]? nodes = null;
        nodes = TcpNode.Make(2, new TcpOptions { ConnectSecondsMax = 0.1, HandshakeSecondsMax = 0.1 }, (_, peer) => $"{nodes![peer].Agent.Address};{nodes![peer].Agent.Address}");
        using TcpNode a = nodes[0], b = nodes[1];
        Assert.True(a.Agent.TrySend(1, default, "patience"u8));

        long end = Environment.TickCount64 + 2500;
        TcpNode.PollUntil([a], () => Environment.TickCount64 > end, "2.5 s without the peer");
        TcpNode.PollUntil(nodes, () => b.Messages.Count == 1, "the message");

        Assert.Empty(a.Lost);
    }

    [Fact]
    public async Task Dispose_QueuedMessages_ArriveAndTheLeaveIsNamed()
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        var options = new TcpOptions { SocketBufferBytes = 4096 };
        TcpNode[] nodes = TcpNode.Make(2, options);
        using TcpNode b = nodes[1];
        TcpNode a = nodes[0];
        int sent = 0;
        while (sent < 500 && a.Agent.TrySend(1, new FrameHeader { Word0 = (ulong)sent }, new byte[400]))
            sent++;
        Assert.True(b.Agent.TrySend(0, default, "unread"u8), "what a leaving peer has not read must not break the rest");

        Task leaving = Task.Run(a.Dispose, cancel);
        TcpNode.PollUntil([b], () => b.Lost.Count > 0, "the leave");
        await leaving.WaitAsync(TimeSpan.FromSeconds(20), cancel);

        Assert.Equal(Enumerable.Range(0, sent).Select(i => (ulong)i), b.Messages.Select(m => m.Header.Word0));
        Assert.StartsWith("UMPS1108", Assert.Single(b.Lost).Reason, StringComparison.Ordinal);
    }

    /// <summary>The one that leaves has everything with the peer's kernel and need not wait for the peer, which reads it later, although it has written meanwhile.</summary>
    [Fact]
    public void Dispose_PeerComputes_DoesNotWaitAndLosesNothing()
    {
        TcpNode[] nodes = TcpNode.Make(2, new TcpOptions { FlushSecondsMax = 60 });
        using TcpNode b = nodes[1];
        TcpNode a = nodes[0];
        a.Send(1, default, [], nodes);
        TcpNode.PollUntil(nodes, () => b.Messages.Count == 1, "the connection");
        for (int i = 1; i < 100; i++)
            a.Send(1, new FrameHeader { Word0 = (ulong)i }, new byte[300], a);

        a.Dispose();
        for (int i = 0; i < 10; i++)
            b.Agent.TrySend(0, default, new byte[100]);      // the first brings a reset, the next find it
        TcpNode.PollUntil([b], () => b.Lost.Count > 0, "the leave");

        Assert.Equal(100, b.Messages.Count);
        Assert.StartsWith("UMPS1108", Assert.Single(b.Lost).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Connection_Cut_DeliversWhatCameBeforeAndIsToldOnce()
    {
        TcpNode[] nodes = TcpNode.Make(2);
        using TcpNode a = nodes[0];
        IPEndPoint port = IPEndPoint.Parse(a.Agent.Address);
        using Socket socket = Join(a, port, 1);
        byte[] frames = new byte[2 * TcpFrameHeader.SizeBytes + 5];
        frames[0] = TcpFrameHeader.LayoutVersion;
        frames[1] = (byte)TcpFrameType.Message;
        frames[TcpFrameHeader.SizeBytes] = TcpFrameHeader.LayoutVersion;
        frames[TcpFrameHeader.SizeBytes + 1] = (byte)TcpFrameType.Message;
        frames[TcpFrameHeader.SizeBytes + 8] = 100;     // of which five come
        socket.Send(frames);
        socket.Close();

        TcpNode.PollUntil([a], () => a.Lost.Count > 0, "the loss");
        for (int i = 0; i < 100; i++)
            a.Poll();

        Assert.Single(a.Messages);
        Assert.StartsWith("UMPS1107", Assert.Single(a.Lost).Reason, StringComparison.Ordinal);
        Assert.False(a.Agent.TrySend(1, default, []));
        nodes[1].Dispose();
    }

    [Fact]
    public void Connection_Reset_IsToldWithTheErrno()
    {
        TcpNode[] nodes = TcpNode.Make(2);
        using TcpNode a = nodes[0];
        using Socket socket = Join(a, IPEndPoint.Parse(a.Agent.Address), 1);
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();

        TcpNode.PollUntil([a], () => a.Lost.Count > 0, "the loss");

        Assert.Contains("ECONNRESET", Assert.Single(a.Lost).Reason, StringComparison.Ordinal);
        nodes[1].Dispose();
    }

    [Theory]
    [InlineData(0, 99, 0)]      // version
    [InlineData(1, 9, 0)]       // type
    [InlineData(15, 1, 0)]      // 2^56 bytes
    public void Frame_Malformed_LosesThePeerOnly(int at, byte value, int _)
    {
        TcpNode[] nodes = TcpNode.Make(3);
        TcpNode a = nodes[0];
        using Socket socket = Join(a, IPEndPoint.Parse(a.Agent.Address), 1);
        byte[] frame = new byte[TcpFrameHeader.SizeBytes];
        frame[0] = TcpFrameHeader.LayoutVersion;
        frame[1] = (byte)TcpFrameType.Message;
        frame[at] = value;
        socket.Send(frame);
        TcpNode.PollUntil([a], () => a.Lost.Count > 0, "the loss");
        nodes[2].Send(0, default, [1], a, nodes[2]);
        TcpNode.PollUntil([a, nodes[2]], () => a.Messages.Count == 1, "another peer's message");

        Assert.StartsWith("UMPS1109", Assert.Single(a.Lost).Reason, StringComparison.Ordinal);
        foreach (TcpNode node in nodes)
            node.Dispose();
    }

    [Fact]
    public void Agent_OptionsOutOfRange_NamesEach()
    {
        UmpsException error = Assert.Throws<UmpsException>(() => TcpNode.Make(1, new TcpOptions { EagerBytesMax = 1, PeerTimeoutSeconds = 0 }));

        Assert.Equal(1105, error.ErrorId);
        Assert.Contains("EagerBytesMax", error.Message, StringComparison.Ordinal);
        Assert.Contains("PeerTimeoutSeconds", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Agent_ListensOnAForeignAddress_SaysWhich()
    {
        var directory = new PeerDirectory { OwnId = 0, Peers = [new PeerPlace(0, 0, 0)], Secret = TcpNode.Secret, ListenAddresses = ["192.0.2.7"] };

        UmpsException error = Assert.Throws<UmpsException>(() => new TcpAgent(directory, new TransportOptions()));

        Assert.Equal(1101, error.ErrorId);
        Assert.Contains("192.0.2.7", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Address_NoListenAddresses_NamesReachableOnes()
    {
        var directory = new PeerDirectory { OwnId = 0, Peers = [new PeerPlace(0, 0, 0), new PeerPlace(1, 1, 0)], Secret = TcpNode.Secret };
        using var agent = new TcpAgent(directory, new TransportOptions());

        IReadOnlyList<IPEndPoint> addresses = HostAddresses.Parse(agent.Address);

        Assert.NotEmpty(addresses);
        Assert.Single(addresses.Select(a => a.Port).Distinct());
        foreach (IPEndPoint address in addresses)
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(address);
        }
    }

    /// <summary>Many peers on one endpoint: all are served, and a pass costs one call.</summary>
    [Fact]
    public void ManyPeers_AllToOne_AllArrive()
    {
        TcpNode[] nodes = TcpNode.Make(100, new TcpOptions { HandshakesMax = 10 });
        foreach (TcpNode node in nodes[1..])
            Assert.True(node.Agent.TrySend(0, new FrameHeader { Word0 = (ulong)node.Id }, new byte[100]));

        TcpNode.PollUntil(nodes, () => nodes[0].Messages.Count == 99, "one message of each");

        Assert.Equal(Enumerable.Range(1, 99).Select(i => (ulong)i), nodes[0].Messages.Select(m => m.Header.Word0).Order());
        Assert.Equal(0, nodes[0].Counter("strangers dropped"));
        Parallel.ForEach(nodes, node => node.Dispose());
    }

    /// <summary>Plays the handshake of an endpoint by hand.</summary>
    private static Socket Join(TcpNode node, IPEndPoint port, int from)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(port);
        TcpNode.PollUntil([node], () => socket.Available == TcpHandshake.GreetingBytes, "the greeting");
        byte[] greeting = new byte[TcpHandshake.GreetingBytes], claim = new byte[TcpHandshake.ClaimBytes], verdict = new byte[TcpHandshake.VerdictBytes];
        socket.Receive(greeting);
        byte[] nonce = RandomNumberGenerator.GetBytes(32);
        TcpHandshake.WriteClaim(claim, TcpNode.Secret, from, node.Id, 1 << 20, TcpHandshake.NonceOfGreeting(greeting), nonce);
        socket.Send(claim);
        TcpNode.PollUntil([node], () => socket.Available == TcpHandshake.VerdictBytes, "the verdict");
        socket.Receive(verdict);
        Assert.True(TcpHandshake.TryReadVerdict(verdict, TcpNode.Secret, from, node.Id, TcpHandshake.NonceOfGreeting(greeting), nonce, out _));
        return socket;
    }
}
