using System;
using System.Net.Sockets;
using System.Threading;
using Umps.Transport.Agents.Ethernet;
using Umps.Transport.Pool;

namespace Umps.Transport;

/// <summary>The node's memory as a rank sees it: one sealed, sparse memfd mapped whole, and the eventfds of the node's ranks.</summary>
public sealed class NodeMemory : IDisposable
{
    private readonly LinkPort[] _ports;         // this rank's, where the memory came over a socket
    private readonly KernelAgent? _agent;       // in the kernel agent's own process: its devices' are used as they are
    private int _disposed;

    internal NodeMemory(NodeMapping mapping, KernelAgent agent)
    {
        Mapping = mapping;
        _agent = agent;
        _ports = [];
    }

    private NodeMemory(NodeMapping mapping, LinkPort[] ports)
    {
        Mapping = mapping;
        _ports = ports;
    }

    /// <summary>Ranks that the memory was made for.</summary>
    public int LocalRanks => Mapping.Layout.Ranks;

    internal NodeMapping Mapping { get; }

    /// <summary>Receives the descriptors over a connected Unix socket (SCM_RIGHTS) and maps the memory. The mirror of KernelAgent.SendDescriptors.</summary>
    /// <param name="joinSocket">A connected Unix stream socket; exactly what the kernel agent sent is read from it.</param>
    /// <returns>The memory.</returns>
    /// <exception cref="UmpsException">UMPS1004: made by another version. UMPS1005: the descriptors did not come. UMPS1001: it cannot be mapped.</exception>
    public static NodeMemory Receive(Socket joinSocket) => Receive((int)joinSocket.Handle);

    /// <summary>The same over a descriptor, without .NET's sockets: they take long to set up.</summary>
    internal static NodeMemory Receive(int joinSocket) => new(NodeJoin.Receive(joinSocket, out LinkPort[] ports), ports);

    /// <summary>A rank's socket on an interface; it stays open until this is disposed.</summary>
    /// <returns>Null where the kernel agent has opened no interface for this agent.</returns>
    internal LinkPort? PortOf(AgentKind agent, int localIndex)
    {
        foreach (LinkPort port in _ports)
        {
            if (port.Facts.Kind == agent)
                return port;
        }
        return _agent?.PortOf(agent, localIndex);
    }

    /// <summary>Unmaps, once the endpoints that stand on it are disposed too. Where they use an interface, they must be already.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        NodeJoin.Close(_ports);
        Mapping.Release();
    }
}
