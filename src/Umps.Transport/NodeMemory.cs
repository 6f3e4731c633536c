using System;
using System.Net.Sockets;
using System.Threading;
using Umps.Transport.Pool;

namespace Umps.Transport;

/// <summary>The node's memory as a rank sees it: one sealed, sparse memfd mapped whole, and the eventfds of the node's ranks.</summary>
public sealed class NodeMemory : IDisposable
{
    private int _disposed;

    internal NodeMemory(NodeMapping mapping) => Mapping = mapping;

    /// <summary>Ranks that the memory was made for.</summary>
    public int LocalRanks => Mapping.Layout.Ranks;

    internal NodeMapping Mapping { get; }

    /// <summary>Receives the descriptors over a connected Unix socket (SCM_RIGHTS) and maps the memory. The mirror of KernelAgent.SendDescriptors.</summary>
    /// <param name="joinSocket">A connected Unix stream socket; exactly what the kernel agent sent is read from it.</param>
    /// <returns>The memory.</returns>
    /// <exception cref="UmpsException">UMPS1004: made by another version. UMPS1005: the descriptors did not come. UMPS1001: it cannot be mapped.</exception>
    public static NodeMemory Receive(Socket joinSocket) => Receive((int)joinSocket.Handle);

    /// <summary>The same over a descriptor, without .NET's sockets: they take long to set up.</summary>
    internal static NodeMemory Receive(int joinSocket) => new(NodeJoin.Receive(joinSocket));

    /// <summary>Unmaps, once the endpoints that stand on it are disposed too.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            Mapping.Release();
    }
}
