using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Threading;
using Umps.Transport;
using Umps.Transport.Agents.Tcp;
using Xunit;

namespace Umps.Tests.Agents.Tcp;

/// <summary>One tcp endpoint under test: the agent, and a handler that records what arrives.</summary>
internal sealed unsafe class TcpNode : IDisposable
{
    public static readonly byte[] Secret = RandomNumberGenerator.GetBytes(32);

    private readonly List<nint> _blocks = [];

    public TcpNode(TcpAgent agent, int id)
    {
        Agent = agent;
        Id = id;
    }

    public TcpAgent Agent { get; }

    public int Id { get; }

    /// <summary>Messages in the order of their arrival.</summary>
    public List<(int Peer, FrameHeader Header, byte[] Payload)> Messages { get; } = [];

    /// <summary>Fragments that have arrived whole.</summary>
    public List<(int Peer, FrameHeader Header, byte[] Payload)> Fragments { get; } = [];

    public List<(int Peer, string Reason)> Lost { get; } = [];

    /// <summary>Payloads held instead of read, while <see cref="HoldsArrivals"/>.</summary>
    public Queue<HeldPayload> HeldPayloads { get; } = [];

    public bool HoldsArrivals { get; set; }

    /// <summary>Fragments are refused a place.</summary>
    public bool DropsFragments { get; set; }

    public nint FragmentTarget { get; private set; }

    public int FragmentsBegun { get; private set; }

    public long Counter(string name) => Agent.ShowState().Counters.First(c => c.Key == name).Value;

    public int Poll()
    {
        var handler = new Recorder(this);
        return Agent.Poll(ref handler);
    }

    public void Dispose()
    {
        Agent.Dispose();
        foreach (nint block in _blocks)
            NativeMemory.Free((void*)block);
    }

    /// <summary>Endpoints that know each other's addresses; the lookup may be replaced.</summary>
    public static TcpNode[] Make(int count, TcpOptions? options = null, Func<int, int, string>? findAddress = null, Func<int, byte[]>? secretOf = null)
    {
        var nodes = new TcpNode[count];
        PeerPlace[] places = [.. Enumerable.Range(0, count).Select(id => new PeerPlace(id, id, 0))];
        for (int id = 0; id < count; id++)
        {
            int own = id;
            var directory = new PeerDirectory
            {
                OwnId = id,
                Peers = places,
                Secret = secretOf?.Invoke(id) ?? Secret,
                ListenAddresses = ["127.0.0.1"],
                FindAddress = (peer, _) => findAddress?.Invoke(own, peer) ?? nodes[peer].Agent.Address,
            };
            nodes[id] = new TcpNode(new TcpAgent(directory, new TransportOptions { Agents = [AgentKind.Tcp], Tcp = options ?? new TcpOptions() }), id);
        }
        return nodes;
    }

    /// <summary>Polls all of them until the condition holds.</summary>
    public static void PollUntil(IEnumerable<TcpNode> nodes, Func<bool> condition, string what, double seconds = 30)
    {
        long deadline = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
        while (!condition())
        {
            int done = 0;
            foreach (TcpNode node in nodes)
                done += node.Poll();
            if (done == 0)
                Thread.Yield();
            Assert.True(Stopwatch.GetTimestamp() < deadline, $"not in {seconds} s: {what}; {string.Join(" | ", nodes.Select(n => $"{n.Id}: " + string.Join(", ", n.Agent.ShowState().Counters.Where(c => c.Value != 0).Select(c => $"{c.Key} {c.Value}"))))}");
        }
    }

    /// <summary>Sends, polling all of them while it is refused.</summary>
    public void Send(int peer, FrameHeader header, byte[] payload, params TcpNode[] all) =>
        PollUntil(all, () => Agent.TrySend(peer, in header, payload), $"{Id} sends {payload.Length} bytes to {peer}");

    private readonly struct Recorder(TcpNode node) : IFrameHandler
    {
        public void OnMessage(int peer, in FrameHeader header, scoped ref Arrival payload)
        {
            if (node.HoldsArrivals)
            {
                node.HeldPayloads.Enqueue(payload.Hold());
                node.Messages.Add((peer, header, []));
                return;
            }
            byte[] bytes = new byte[payload.LengthBytes];
            payload.CopyTo(bytes);
            node.Messages.Add((peer, header, bytes));
        }

        public NativeSpan OnFragmentBegin(int peer, in FrameHeader header, int lengthBytes)
        {
            node.FragmentsBegun++;
            if (node.DropsFragments)
                return default;
            node.FragmentTarget = (nint)NativeMemory.Alloc((nuint)lengthBytes);
            node._blocks.Add(node.FragmentTarget);
            return new NativeSpan(node.FragmentTarget, lengthBytes);
        }

        public void OnFragmentEnd(int peer, in FrameHeader header, int lengthBytes)
        {
            if (!node.DropsFragments)
                node.Fragments.Add((peer, header, new ReadOnlySpan<byte>((void*)node.FragmentTarget, lengthBytes).ToArray()));
        }

        public void OnPeerLost(int peer, string reason) => node.Lost.Add((peer, reason));
    }
}
