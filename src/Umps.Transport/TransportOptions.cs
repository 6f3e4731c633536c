using System.Collections.Generic;

namespace Umps.Transport;

/// <summary>Options of the transport; section <c>Umps:Transport</c>.</summary>
/// <remarks>Every option states its unit in its name, its default with the reason, and its range. docs/configuration.md is made from this.</remarks>
public sealed record TransportOptions : IOptionGroup
{
    /// <summary>NIC agents that may be used, in order of preference. Default shm, tcp.</summary>
    [OptionRange((int)AgentKind.Shm, (int)AgentKind.Xdp)]
    public IReadOnlyList<AgentKind> Agents { get; init; } = [AgentKind.Shm, AgentKind.Tcp];

    /// <summary>Options of the node's memory and of the shm agent; section <c>Umps:Transport:Shm</c>.</summary>
    public ShmOptions Shm { get; init; } = new();

    /// <summary>Passes over memory (the node's, rings of xdp and packet) for one over the sockets, where both are in use; 1 to 1000. Default 8: a look at the sockets is a system call, some 0.2 µs,
    /// a pass over the rings 0.02 µs.</summary>
    [OptionRange(1, 1000)]
    public int PassesASocketPoll { get; init; } = 8;

    /// <summary>How blocked calls wait.</summary>
    public PollingOptions Polling { get; init; } = new();

    /// <summary>Options of the tcp agent; section <c>Umps:Transport:Tcp</c>.</summary>
    public TcpOptions Tcp { get; init; } = new();

    /// <summary>Options of the agents that carry messages by frames of their own (udp, packet, xdp); section <c>Umps:Transport:Link</c>.</summary>
    public LinkOptions Link { get; init; } = new();

    /// <summary>Options of the udp agent; section <c>Umps:Transport:Udp</c>.</summary>
    public UdpOptions Udp { get; init; } = new();

    /// <summary>Options of the agents that use an Ethernet interface themselves (packet, xdp); section <c>Umps:Transport:Ethernet</c>.</summary>
    public EthernetOptions Ethernet { get; init; } = new();

    /// <summary>Options of the packet agent; section <c>Umps:Transport:Packet</c>.</summary>
    public PacketOptions Packet { get; init; } = new();

    /// <summary>Options of the xdp agent; section <c>Umps:Transport:Xdp</c>.</summary>
    public XdpOptions Xdp { get; init; } = new();
}
