using System;

namespace Umps.Transport;

/// <summary>The node's memory as a rank sees it: one sealed, sparse memfd mapped whole, and the eventfds of the node's ranks.</summary>
public sealed class NodeMemory : IDisposable
{
    /// <summary>Receives the descriptors over a connected Unix socket (SCM_RIGHTS) and maps the memory. The mirror of KernelAgent.SendDescriptors.</summary>
    public static NodeMemory Receive(System.Net.Sockets.Socket joinSocket) => throw new NotImplementedException();

    /// <summary>Unmaps.</summary>
    public void Dispose() => throw new NotImplementedException();
}
