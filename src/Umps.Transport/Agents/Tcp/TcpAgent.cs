using System;

namespace Umps.Transport.Agents.Tcp;

/// <summary>TCP between endpoints: lazy connections, authenticated by the job's secret, framed.</summary>
internal sealed class TcpAgent : INicAgent
{
    /// <summary>Opens the listening socket.</summary>
    /// <param name="directory">Peers, secret, addresses to listen on.</param>
    /// <param name="options">Buffer sizes, credits, time limits.</param>
    public TcpAgent(PeerDirectory directory, TransportOptions options) => throw new NotImplementedException();

    /// <summary>The epoll descriptor that covers the listener and all connections: polls readable when there is something to do. A sleeper waits on it.</summary>
    public int SocketsFd => throw new NotImplementedException();

    /// <inheritdoc cref="Endpoint.TcpAddress"/>
    public string Address => throw new NotImplementedException();

    /// <inheritdoc/>
    public AgentKind Kind => AgentKind.Tcp;

    /// <inheritdoc/>
    public bool HasUnsent => throw new NotImplementedException();

    /// <summary>The caller goes to sleep: what must be watched (room to write, where something waits) is told to epoll.</summary>
    public void BeforeSleep() => throw new NotImplementedException();

    /// <inheritdoc/>
    public bool Reaches(int peer) => throw new NotImplementedException();

    /// <inheritdoc/>
    public int EagerBytesMax(int peer) => throw new NotImplementedException();

    /// <inheritdoc/>
    public bool TrySend(int peer, in FrameHeader header, ReadOnlySpan<byte> payload) => throw new NotImplementedException();

    /// <inheritdoc/>
    public int TrySendFragment(int peer, in FrameHeader header, ReadOnlySpan<byte> payload) => throw new NotImplementedException();

    /// <inheritdoc/>
    public int Poll<THandler>(ref THandler handler) where THandler : struct, IFrameHandler => throw new NotImplementedException();

    /// <inheritdoc/>
    public AgentState ShowState() => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Dispose() => throw new NotImplementedException();
}
