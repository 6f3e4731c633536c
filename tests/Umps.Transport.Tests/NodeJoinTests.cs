using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using Umps.Testing;
using Umps.Tests.Agents;
using Umps.Transport;
using Umps.Transport.Agents.Ethernet;
using Umps.Transport.Interop;
using Xunit;

namespace Umps.Tests;

/// <summary>The node's descriptors over a Unix socket, and traffic between two mappings of one memory.</summary>
public sealed class NodeJoinTests
{
    /// <summary>So many ranks that their descriptors take two messages; what follows on the socket is left alone.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(300)]
    public void Receive_WhatSendDescriptorsSent_IsTheSameMemory(int ranks)
    {
        using KernelAgent agent = KernelAgent.Create(ranks, new TransportOptions());
        (Socket here, Socket there) = Connect();
        using (here)
        using (there)
        {
            agent.SendDescriptors(here);
            here.Send("rest"u8);
            using NodeMemory received = NodeMemory.Receive(there);
            var rest = new byte[4];
            Assert.Equal(4, there.Receive(rest));
            Assert.Equal("rest"u8, rest);

            using NodeMemory own = agent.Share();
            Assert.Equal(ranks, received.LocalRanks);
            Exchange(own, received, ranks - 1);
        }
    }

    /// <summary>A rank gets the sockets that are its own, with what is known of them; its memory keeps them open as long as it lives itself.</summary>
    [Fact]
    public void Receive_Ports_AreTheRanksOwn()
    {
        using KernelAgent agent = KernelAgent.Create(3, new TransportOptions());
        agent.Add(new OpenFiles(AgentKind.Packet, 3));
        agent.Add(new OpenFiles(AgentKind.Xdp, 3));
        (Socket here, Socket there) = Connect();
        using (here)
        using (there)
        {
            agent.SendDescriptors((int)here.Handle, localIndex: 2);
            here.Send("rest"u8);
            NodeMemory received = NodeMemory.Receive(there);
            using NodeMemory own = agent.Share();

            Assert.Equal(4, there.Receive(new byte[4]));
            Assert.Null(own.PortOf(AgentKind.Tcp, 2));
            Assert.Null(received.PortOf(AgentKind.Tcp, 2));
            string[] opened = [.. ((AgentKind[])[AgentKind.Packet, AgentKind.Xdp]).Select(kind =>
            {
                LinkPort port = received.PortOf(kind, 2)!.Value, original = own.PortOf(kind, 2)!.Value;
                Assert.NotEqual(original.Descriptor, port.Descriptor);
                Assert.Equal(original.Facts, port.Facts);
                Assert.Equal(FileOf(original.Descriptor), FileOf(port.Descriptor));
                return $"/proc/self/fd/{port.Descriptor}";
            })];
            received.Dispose();
            Assert.All(opened, path => Assert.False(new FileInfo(path).LinkTarget?.EndsWith("/limits", StringComparison.Ordinal) ?? false, path));
        }

        static string? FileOf(int descriptor) => new FileInfo($"/proc/self/fd/{descriptor}").LinkTarget;
    }

    /// <summary>Packet and xdp carry nothing within a node, and are not there where no interface was opened: shm and what comes next do.</summary>
    [Theory]
    [InlineData(new[] { AgentKind.Xdp }, AgentKind.Shm, AgentKind.None)]
    [InlineData(new[] { AgentKind.Xdp, AgentKind.Packet, AgentKind.Shm }, AgentKind.Shm, AgentKind.None)]
    [InlineData(new[] { AgentKind.Shm, AgentKind.Xdp, AgentKind.Tcp }, AgentKind.Shm, AgentKind.Tcp)]
    [InlineData(new[] { AgentKind.Packet, AgentKind.Udp }, AgentKind.Udp, AgentKind.Udp)]
    public void AgentOf_NoInterface_IsTheNext(AgentKind[] agents, AgentKind within, AgentKind between)
    {
        var options = new TransportOptions { Agents = agents };
        using KernelAgent agent = KernelAgent.Create(2, options);
        using NodeMemory memory = agent.Share();
        PeerPlace[] peers = [new PeerPlace(0, 0, 0), new PeerPlace(1, 0, 1), new PeerPlace(2, 1, 0)];
        var asked = new List<int>();
        using Endpoint endpoint = Endpoint.Attach(memory, new PeerDirectory
        {
            OwnId = 0,
            Peers = peers,
            Secret = new byte[32],
            ListenAddresses = ["127.0.0.1"],
            FindAddress = (peer, _) =>
            {
                asked.Add(peer);
                return "";
            },
        }, options);

        Assert.Equal((AgentKind.None, within, between), (endpoint.AgentOf(0), endpoint.AgentOf(1), endpoint.AgentOf(2)));
        Assert.Empty(asked);
        Assert.Equal("", endpoint.AddressOf(AgentKind.Xdp));
        if (between != AgentKind.None)
            Assert.NotEqual("", endpoint.AddressOf(between));
        else
            Assert.Equal(1006, Assert.Throws<UmpsException>(() => endpoint.TrySend(2, default, default)).ErrorId);
    }

    [Fact]
    public void Receive_AgentHasGone_SaysSo()
    {
        (Socket here, Socket there) = Connect();
        here.Dispose();
        using (there)
            Assert.Equal(1005, Assert.Throws<UmpsException>(() => NodeMemory.Receive(there)).ErrorId);
    }

    [Fact]
    public void Receive_OtherVersion_SaysSoAndClosesWhatCame()
    {
        (Socket here, Socket there) = Connect();
        using (here)
        using (there)
        {
            int before = Directory.GetFiles("/proc/self/fd").Length;
            byte[] record = new byte[32];
            BitConverter.TryWriteBytes(record, 0x65646f6e53504d55ul);
            record[8] = 99;
            Assert.Equal(32, Linux.SendWithDescriptors((int)here.Handle, record, [0], out _));

            var error = Assert.Throws<UmpsException>(() => NodeMemory.Receive(there));

            Assert.Equal(1004, error.ErrorId);
            Assert.Contains("99", error.Message, StringComparison.Ordinal);
            Assert.True(Directory.GetFiles("/proc/self/fd").Length <= before + 1);
        }
    }

    /// <summary>Other tests make shared memory at the same time: the least of some counts.</summary>
    [Fact]
    public void Create_ManyRanks_CostsLittleMemory()
    {
        long least = long.MaxValue;
        for (int i = 0; i < 20 && least is < 0 or > 64 << 10; i++)
        {
            long before = SharedKib();
            using KernelAgent agent = KernelAgent.Create(256, new TransportOptions());
            least = SharedKib() - before;
        }

        Assert.InRange(least, 0, 64 << 10);
    }

    [Fact]
    public void Create_RanksOutOfRange_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => KernelAgent.Create(0, new TransportOptions()));
        Assert.Throws<ArgumentOutOfRangeException>(() => KernelAgent.Create(5000, new TransportOptions()));
    }

    /// <summary>Stands in for an interface: a file instead of each socket.</summary>
    private sealed class OpenFiles(AgentKind kind, int ranks) : INodeDevice
    {
        private const string Path = "/proc/self/limits";

        private readonly FileStream[] _files = [.. Enumerable.Range(0, ranks).Select(_ => File.OpenRead(Path))];

        public AgentKind Kind => kind;

        public LinkPort PortOf(int localIndex) =>
            new((int)_files[localIndex].SafeFileHandle.DangerousGetHandle(), new PortFacts { Kind = kind, Slot = localIndex, Mtu = 1500, Word4 = ulong.MaxValue - (ulong)localIndex });

        public void Dispose() => Array.ForEach(_files, file => file.Dispose());
    }

    private static unsafe void Exchange(NodeMemory first, NodeMemory second, int local)
    {
        var options = new TransportOptions { Agents = [AgentKind.Shm] };
        PeerPlace[] peers = [new PeerPlace(0, 0, 0), new PeerPlace(1, 0, local)];
        using Endpoint a = Endpoint.Attach(first, new PeerDirectory { OwnId = 0, Peers = peers, Secret = new byte[32] }, options);
        using Endpoint b = Endpoint.Attach(second, new PeerDirectory { OwnId = 1, Peers = peers, Secret = new byte[32] }, options);
        var recorder = new Recorder();
        var handler = new RecordingHandler(recorder);
        byte[] payload = [.. Enumerable.Range(0, 9000).Select(i => (byte)(i * 7))];
        byte[] target = new byte[payload.Length];

        Assert.True(a.TrySend(1, default, payload));
        Deadline deadline = Deadline.After(20);
        while (recorder.Messages.Count == 0)
        {
            b.Poll(ref handler);
            Assert.False(deadline.HasPassed);
        }

        Assert.Equal(payload, recorder.Messages[0].Bytes);
        if (a.CanCopyAcross(1))         // by process_vm_readv: the two do not know that they live in one process
        {
            fixed (byte* from = payload)
            fixed (byte* to = target)
                Assert.Equal(Errno.None, a.CopyFrom(1, (nint)from, new NativeSpan((nint)to, target.Length)));
            Assert.Equal(payload, target);
        }
    }

    private static (Socket Here, Socket There) Connect()
    {
        string name = "\0umps-test-" + Guid.NewGuid().ToString("N");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(name));
        listener.Listen(1);
        var here = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        here.Connect(new UnixDomainSocketEndPoint(name));
        return (here, listener.Accept());
    }

    private static long SharedKib() => long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("RssShmem:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        System.Globalization.CultureInfo.InvariantCulture);
}
