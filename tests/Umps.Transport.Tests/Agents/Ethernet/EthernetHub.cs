using System;
using System.Collections.Generic;
using System.Linq;
using Umps.Testing;

namespace Umps.Tests.Agents.Ethernet;

/// <summary>Nodes on a switch, made with the first test that needs them and kept for those of its class.</summary>
public class EthernetHub : IDisposable
{
    private const int NodesMax = 3;

    private NetworkNamespace[] _nodes = [];
    private NetworkNamespace? _hub;

    /// <summary>Some nodes, with their interfaces up.</summary>
    public IReadOnlyList<NetworkNamespace> Nodes(int count)
    {
        if (_hub is null)
            _nodes = Make(NodesMax, out _hub);
        return [.. _nodes.Take(count)];
    }

    /// <summary>Makes nodes, and what joins them.</summary>
    protected virtual NetworkNamespace[] Make(int count, out NetworkNamespace between) => NetworkNamespace.MakeStar(count, out between);

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        foreach (NetworkNamespace node in _nodes)
            node.Dispose();
        _hub?.Dispose();
    }
}

/// <summary>Nodes with a router between.</summary>
public sealed class EthernetRouter : EthernetHub
{
    protected override NetworkNamespace[] Make(int count, out NetworkNamespace between) => NetworkNamespace.MakeRouted(count, out between);
}
