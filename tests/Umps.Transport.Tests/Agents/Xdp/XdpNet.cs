using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Umps.Testing;
using Umps.Transport;
using Umps.Transport.Agents.Link;
using Umps.Transport.Agents.Xdp;
using Xunit;

namespace Umps.Tests.Agents.Xdp;

/// <summary>Link agents over AF_XDP, some ranks on each of two namespaces that a veth pair joins: endpoint i is rank i / 2 of node i % 2.</summary>
internal sealed unsafe class XdpNet : IDisposable
{
    private readonly NetworkNamespace[] _places;
    private readonly XdpNode[] _nodes = new XdpNode[2];
    private readonly LinkAgent<XdpCarrier>?[] _agents;

    /// <param name="ranksANode">Ranks on each side.</param>
    /// <param name="options">Other options. Agents know each other's Ethernet addresses alone where frames are not always put into datagrams.</param>
    /// <param name="mtu">Of the cable.</param>
    public XdpNet(int ranksANode, TransportOptions? options = null, int mtu = 1500)
    {
        options ??= new TransportOptions { Link = new LinkOptions { FlushSecondsMax = 0.2 } };
        bool always = options.Ethernet.Encapsulation == EthernetEncapsulation.Always;
        (NetworkNamespace first, NetworkNamespace second) = NetworkNamespace.MakePair();
        _places = [first, second];
        int endpoints = 2 * ranksANode;
        _agents = new LinkAgent<XdpCarrier>?[endpoints];
        Recorders = [.. Enumerable.Range(0, endpoints).Select(_ => new Recorder())];
        try
        {
            foreach (NetworkNamespace place in _places)
                Shell.Run("ip", "-n", place.Name, "link", "set", place.Interface, "mtu", mtu.ToString(CultureInfo.InvariantCulture));
            for (int i = 0; i < 2; i++)
                _nodes[i] = new XdpNode(_places[i], ranksANode, options);
            PeerPlace[] places = [.. Enumerable.Range(0, endpoints).Select(i => new PeerPlace(i, i % 2, i / 2))];
            for (int i = 0; i < endpoints; i++)
            {
                var directory = new PeerDirectory { OwnId = i, Peers = places, Secret = new byte[32] };
                _agents[i] = new LinkAgent<XdpCarrier>(directory, options.Link, new XdpCarrier(directory, _nodes[i % 2].Device.PortOf(i / 2), _nodes[i % 2].Area), peer => always ? Agent(peer).Address : Agent(peer).Address.Split('@')[0]);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public Recorder[] Recorders { get; }

    public IReadOnlyList<XdpNode> Nodes => _nodes;

    public IReadOnlyList<NetworkNamespace> Places => _places;

    public LinkAgent<XdpCarrier> Agent(int id) => _agents[id]!;

    public int Poll(int id)
    {
        var handler = new RecordingHandler(Recorders[id]);
        return Agent(id).Poll(ref handler);
    }

    public int PollAll() => Enumerable.Range(0, _agents.Length).Sum(Poll);

    public void PollUntil(Func<bool> condition, string what)
    {
        Deadline deadline = Deadline.After(30);
        while (!condition())
        {
            PollAll();
            Assert.False(deadline.HasPassed, $"{what} did not happen\n{Describe()}");
        }
    }

    public void Send(int from, int to, ReadOnlySpan<byte> payload, uint number = 0)
    {
        Deadline deadline = Deadline.After(30);
        while (!Agent(from).TrySend(to, new FrameHeader { Kind = 1, Word1 = number }, payload))
        {
            PollAll();
            Assert.False(deadline.HasPassed, $"agent {from} cannot send\n{Describe()}");
        }
    }

    public long Counter(int id, string name) => Agent(id).ShowState().Counters.First(c => c.Key == name).Value;

    public string Describe() =>
        string.Join('\n', _agents.Select((a, i) => $"{i}: " + string.Join(", ", a?.ShowState().Counters.Where(c => c.Value != 0).Select(c => $"{c.Key} {c.Value}") ?? [])));

    public void Dispose()
    {
        foreach (LinkAgent<XdpCarrier>? agent in _agents)
            agent?.Dispose();
        foreach (XdpNode? node in _nodes)
            node?.Dispose();
        foreach (NetworkNamespace place in _places)
            place.Dispose();
    }
}
