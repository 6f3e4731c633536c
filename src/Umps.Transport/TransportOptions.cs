using System.Collections.Generic;

namespace Umps.Transport;

/// <summary>Options of the transport; section <c>Umps:Transport</c>.</summary>
/// <remarks>Every option states its unit in its name, its default with the reason, and its range. docs/configuration.md is made from this.</remarks>
public sealed record TransportOptions : IOptionGroup
{
    /// <summary>NIC agents that may be used, in order of preference. Default shm, tcp.</summary>
    [OptionRange((int)AgentKind.Shm, (int)AgentKind.Tcp)]
    public IReadOnlyList<AgentKind> Agents { get; init; } = [AgentKind.Shm, AgentKind.Tcp];

    /// <summary>How blocked calls wait.</summary>
    public PollingOptions Polling { get; init; } = new();
}
