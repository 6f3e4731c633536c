using System;
using System.Collections.Generic;
using System.Linq;
using Umps.Testing;
using Umps.Transport;
using Xunit;

namespace Umps.Tests.Agents;

/// <summary>Some endpoints in this process, of one node or each of its own, and what each has received.</summary>
public sealed class EndpointGroup : IDisposable
{
    private readonly KernelAgent[] _agents;
    private readonly NodeMemory[] _memories;
    private readonly Endpoint[] _endpoints;
    private readonly Recorder[] _recorders;

    private readonly IDisposable? _beside;

    public EndpointGroup(int count, AgentKind agent, TransportOptions? options = null, Func<Endpoint, Endpoint, string>? findUdpAddress = null, IDisposable? beside = null)
        : this(count, [agent], options, findUdpAddress, beside)
    {
    }

    /// <param name="count">How many endpoints.</param>
    /// <param name="agents">Their agents, in order of preference.</param>
    /// <param name="options">Other options.</param>
    /// <param name="findUdpAddress">Where one endpoint finds another; null: at its own address.</param>
    /// <param name="beside">What ends with the group.</param>
    public EndpointGroup(int count, AgentKind[] agents, TransportOptions? options = null, Func<Endpoint, Endpoint, string>? findUdpAddress = null, IDisposable? beside = null)
    {
        _beside = beside;
        options = (options ?? new TransportOptions()) with { Agents = agents };
        _agents = [KernelAgent.Create(count, options)];
        _memories = [_agents[0].Share()];
        _endpoints = new Endpoint[count];
        _recorders = [.. Enumerable.Range(0, count).Select(_ => new Recorder())];
        PeerPlace[] peers = [.. Enumerable.Range(0, count).Select(i => new PeerPlace(i, 0, i))];
        for (int i = 0; i < count; i++)
        {
            int own = i;
            _endpoints[i] = Endpoint.Attach(_memories[0], new PeerDirectory
            {
                OwnId = i,
                Peers = peers,
                Secret = new byte[32],
                ListenAddresses = ["127.0.0.1"],
                FindAddress = (peer, kind) => kind == AgentKind.Udp && findUdpAddress is not null ? findUdpAddress(_endpoints[own], _endpoints[peer]) : _endpoints[peer].AddressOf(kind),
            }, options);
        }
    }

    /// <summary>Endpoints that are each the only one of a node in a network namespace.</summary>
    /// <param name="agent">An agent that needs an interface.</param>
    /// <param name="options">Other options.</param>
    /// <param name="nodes">The namespaces.</param>
    public EndpointGroup(AgentKind agent, TransportOptions options, IReadOnlyList<NetworkNamespace> nodes)
    {
        int count = nodes.Count;
        _agents = new KernelAgent[count];
        _memories = new NodeMemory[count];
        _endpoints = new Endpoint[count];
        _recorders = [.. Enumerable.Range(0, count).Select(_ => new Recorder())];
        PeerPlace[] peers = [.. Enumerable.Range(0, count).Select(i => new PeerPlace(i, i, 0))];
        try
        {
            for (int i = 0; i < count; i++)
            {
                TransportOptions own = options with { Agents = [agent], Ethernet = options.Ethernet with { Interface = nodes[i].Interface } };
                KernelAgent kernel = _agents[i] = KernelAgent.Create(1, own, [agent]);
                int self = i;
                NamespaceThread.Run(nodes[i], () =>
                {
                    kernel.OpenInterface(agent);
                    _memories[self] = kernel.Share();
                    _endpoints[self] = Endpoint.Attach(
                        _memories[self],
                        new PeerDirectory { OwnId = self, Peers = peers, Secret = new byte[32], FindAddress = (peer, kind) => _endpoints[peer].AddressOf(kind) },
                        own);
                });
            }
            for (int i = 0; i < count; i++)
            {
                Endpoint own = _endpoints[i];
                NamespaceThread.Run(nodes[i], () => Array.ForEach(peers, peer => own.AgentOf(peer.Id)));       // ways are asked for where the interface is
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public Endpoint this[int endpoint] => _endpoints[endpoint];

    /// <summary>Of the first node.</summary>
    public KernelAgent Agent => _agents[0];

    /// <summary>Ends the job, on every node.</summary>
    public void Abort(int reason)
    {
        foreach (KernelAgent agent in _agents)
            agent.Abort(reason);
    }

    public Recorder Of(int endpoint) => _recorders[endpoint];

    /// <summary>One pass of one endpoint.</summary>
    public int Poll(int endpoint)
    {
        var handler = new RecordingHandler(_recorders[endpoint]);
        return _endpoints[endpoint].Poll(ref handler);
    }

    /// <summary>A pass of each.</summary>
    public int PollAll() => Enumerable.Range(0, _endpoints.Length).Where(i => !Gone.Contains(i)).Sum(Poll);

    /// <summary>Polls all until the condition holds.</summary>
    public void PollUntil(Func<bool> condition, string what)
    {
        Deadline deadline = Deadline.After(30);
        while (!condition())
        {
            PollAll();
            Assert.False(deadline.HasPassed, $"{what} did not happen\n{string.Join('\n', _endpoints.Select(e => e.ShowState()))}");
        }
    }

    /// <summary>Sends, polling all where there is no room.</summary>
    public void Send(int from, int to, ReadOnlySpan<byte> payload, byte kind = 1, ulong word0 = 0, uint word1 = 0, uint word2 = 0)
    {
        var header = new FrameHeader { Kind = kind, Word0 = word0, Word1 = word1, Word2 = word2 };
        Deadline deadline = Deadline.After(30);
        while (!_endpoints[from].TrySend(to, in header, payload))
        {
            PollAll();
            Assert.False(deadline.HasPassed, $"endpoint {from} cannot send\n{_endpoints[from].ShowState()}");
        }
    }

    /// <summary>Endpoints that have been disposed.</summary>
    public HashSet<int> Gone { get; } = [];

    /// <summary>An endpoint leaves.</summary>
    public void Leave(int endpoint)
    {
        Gone.Add(endpoint);
        _endpoints[endpoint].Dispose();
    }

    public void Dispose()
    {
        foreach (Endpoint? endpoint in _endpoints)
            endpoint?.Dispose();
        foreach (NodeMemory? memory in _memories)
            memory?.Dispose();
        foreach (KernelAgent? agent in _agents)
            agent?.Dispose();
        _beside?.Dispose();
    }
}
