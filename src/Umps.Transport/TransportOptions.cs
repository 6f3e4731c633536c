using System.Collections.Generic;

namespace Umps.Transport;

/// <summary>Options of the transport; section <c>Umps:Transport</c>.</summary>
/// <remarks>Every option states its unit in its name, its default with the reason, and its range. docs/configuration.md is made from this.</remarks>
public sealed record TransportOptions
{
    /// <summary>NIC agents that may be used, in order of preference. Default shm, tcp.</summary>
    public IReadOnlyList<AgentKind> Agents { get; init; } = [AgentKind.Shm, AgentKind.Tcp];

    /// <summary>Options of the tcp agent; section <c>Umps:Transport:Tcp</c>.</summary>
    public TcpOptions Tcp { get; init; } = new();
}
