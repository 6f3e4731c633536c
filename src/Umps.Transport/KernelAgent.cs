using System;
using System.Net.Sockets;

namespace Umps.Transport;

/// <summary>UMPS's kernel agent: makes the node's memory and hands its descriptors out. Lives in the node agent, or in the first local rank where there is none.</summary>
public sealed class KernelAgent : IDisposable
{
    /// <summary>Makes the memory of a node: memfd (sealed against resizing), header, slices, an eventfd a rank.</summary>
    public static KernelAgent Create(int localRanks, TransportOptions options) => throw new NotImplementedException();

    /// <summary>Hands memfd and eventfds to a rank over a connected Unix socket.</summary>
    public void SendDescriptors(Socket joinSocket) => throw new NotImplementedException();

    /// <summary>The memory for ranks that live in this process (MpiHost, singleton): a second mapping is not made.</summary>
    public NodeMemory Share() => throw new NotImplementedException();

    /// <summary>Sets the abort word and wakes every rank of the node.</summary>
    public void Abort(int reason) => throw new NotImplementedException();

    /// <summary>Closes the descriptors; the kernel frees the memory when the last rank has gone.</summary>
    public void Dispose() => throw new NotImplementedException();
}
