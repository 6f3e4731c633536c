using System;
using System.Collections.Generic;
using System.Linq;
using Umps.Testing;
using Umps.Tests.Agents.Xdp;
using Umps.Transport;
using Xunit;

namespace Umps.Tests.Agents.Hub;

/// <summary>Two endpoints, each the only rank of its node, with a <see cref="FrameHub"/> between them; whatever the agent.</summary>
internal sealed class HubNet : IDisposable
{
    private readonly KernelAgent[] _kernels = new KernelAgent[2];
    private readonly NodeMemory[] _memories = new NodeMemory[2];
    private readonly Endpoint[] _endpoints = new Endpoint[2];

    /// <summary>Makes it, or skips the test with what is missing.</summary>
    public HubNet(AgentKind agent, int seed, LinkOptions? link = null)
    {
        FrameHub.SkipUnlessPossible();
        if (agent == AgentKind.Xdp)
            XdpNode.SkipUnlessPossible();
        Agent = agent;
        Hub = FrameHub.Make(seed);
        try
        {
            for (int i = 0; i < 2; i++)
                Open(i, agent, new TransportOptions { Agents = [agent], Link = link ?? new LinkOptions { FlushSecondsMax = 0.2 } });
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public AgentKind Agent { get; }

    public FrameHub Hub { get; }

    public Endpoint this[int endpoint] => _endpoints[endpoint];

    public long Counter(int endpoint, string name) => _endpoints[endpoint].ShowState().Agents.Single(a => a.Kind == Agent).Counters.First(c => c.Key == name).Value;

    public string Describe() => $"{Hub}\n{string.Join('\n', _endpoints.Select(e => e.ShowState()))}";

    public void Dispose()
    {
        foreach (Endpoint? endpoint in _endpoints)
            endpoint?.Dispose();
        foreach (NodeMemory? memory in _memories)
            memory?.Dispose();
        foreach (KernelAgent? kernel in _kernels)
            kernel?.Dispose();
        Hub.Dispose();
    }

    private void Open(int node, AgentKind agent, TransportOptions options)
    {
        NetworkNamespace place = Hub.Places[node];
        options = options with { Ethernet = options.Ethernet with { Interface = place.Interface } };
        PeerPlace[] peers = [new PeerPlace(0, 0, 0), new PeerPlace(1, 1, 0)];
        _endpoints[node] = InNamespace.Run(place.Name, () =>
        {
            _kernels[node] = KernelAgent.Create(1, options, agent == AgentKind.Udp ? [] : [agent]);
            if (agent != AgentKind.Udp)
                _kernels[node].OpenInterface(agent);
            _memories[node] = _kernels[node].Share();
            return Endpoint.Attach(_memories[node], new PeerDirectory
            {
                OwnId = node,
                Peers = peers,
                Secret = new byte[32],
                ListenAddresses = [place.Address],
                FindAddress = FindAddress,
            }, options);
        });
    }

    private string FindAddress(int peer, AgentKind agent) => _endpoints[peer].AddressOf(agent);
}
