using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using Umps.Transport.Agents;
using Umps.Transport.Agents.Ethernet;
using Umps.Transport.Agents.Link;
using Umps.Transport.Agents.Packet;
using Umps.Transport.Agents.Udp;
using Umps.Transport.Agents.Xdp;
using Umps.Transport.Polling;

namespace Umps.Transport;

/// <summary>The agents beside shm: which of them there are, which carries a pair, and what is behind shm's way of a message.</summary>
public sealed unsafe partial class Endpoint
{
    private readonly LinkAgent<UdpCarrier>? _udp;
    private readonly LinkAgent<PacketCarrier>? _packet;
    private readonly LinkAgent<XdpCarrier>? _xdp;
    private readonly ISocketAgent[] _sockets = [];      // all of them but shm, for what is not on a message's way
    private readonly EthernetReach? _packetReach, _xdpReach;
    private readonly SleepSet _sleepSet;

    /// <summary>Where peers reach an agent of this endpoint: what a rank puts into the wire-up. Of tcp and udp it is "address:port" separated by ';'.</summary>
    /// <param name="agent">Which agent.</param>
    /// <returns>Empty where this endpoint does not have the agent: its peers use the next in the order.</returns>
    /// <remarks>Of packet and xdp it is the address on the Ethernet, and the IP networks of the interface.</remarks>
    public string AddressOf(AgentKind agent)
    {
        foreach (ISocketAgent socket in _sockets)
        {
            if (socket.Kind == agent)
                return ReachOf(agent) is { } reach ? EthernetNetworks.Join(socket.Address, reach.Networks) : socket.Address;
        }
        return "";
    }

    /// <summary>Some peers are reached by other agents than shm.</summary>
    internal bool HasSockets { get; }

    private bool SocketsHaveUnsent =>
        (_tcp is not null && _tcp.HasUnsent) || (_udp is not null && _udp.HasUnsent) || (_xdp is not null && _xdp.HasUnsent) || (_packet is not null && _packet.HasUnsent);

    private LinkAgent<UdpCarrier> OpenUdp() =>
        new(_directory, _options.Link, new UdpCarrier(new UdpSocket(_directory, _options.Udp)), peer => Find(peer, AgentKind.Udp)) { MayRest = LinksMayRest };

    private LinkAgent<PacketCarrier> OpenPacket(LinkPort port) =>
        new(_directory, _options.Link, new PacketCarrier(_directory, in port), peer => Find(peer, AgentKind.Packet)) { MayRest = LinksMayRest };

    private LinkAgent<XdpCarrier> OpenXdp(LinkPort port) =>
        new(_directory, _options.Link, new XdpCarrier(_directory, in port, _mapping.At(_mapping.Layout.Links)), peer => Find(peer, AgentKind.Xdp)) { MayRest = LinksMayRest };

    private bool LinksMayRest => _options.Polling.Mode != PollingMode.InterruptOnly;

    private ISocketAgent[] OpenSockets()
    {
        var all = new List<ISocketAgent>();
        Add(_tcp);
        Add(_udp);
        Add(_packet);
        Add(_xdp);
        return all.Count == 0 ? [] : all.ToArray();

        void Add(ISocketAgent? agent)
        {
            if (agent is not null)
                all.Add(agent);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TrySendLink(int peer, AgentKind agent, in FrameHeader header, ReadOnlySpan<byte> payload) => agent switch
    {
        AgentKind.Xdp => _xdp!.TrySend(peer, in header, payload),
        AgentKind.Packet => _packet!.TrySend(peer, in header, payload),
        _ => _udp!.TrySend(peer, in header, payload),
    };

    private int TrySendLinkFragment(int peer, AgentKind agent, in FrameHeader header, ReadOnlySpan<byte> payload) => agent switch
    {
        AgentKind.Xdp => _xdp!.TrySendFragment(peer, in header, payload),
        AgentKind.Packet => _packet!.TrySendFragment(peer, in header, payload),
        _ => _udp!.TrySendFragment(peer, in header, payload),
    };

    private int PollSockets<THandler>(ref THandler handler)
        where THandler : struct, IFrameHandler
    {
        // Xdp and the mapped form of packet look at rings, as shm does: a system call only where something is to be done.
        int done = _xdp is null ? 0 : _xdp.Poll(ref handler);
        if (_packet is not null && _options.Packet.Mapped)
            done += _packet.Poll(ref handler);
        if (--_passesToSockets <= 0 || _isArmed)
        {
            _passesToSockets = _passesOfSockets;
            if (_tcp is not null)
                done += _tcp.Poll(ref handler);
            if (_udp is not null)
                done += _udp.Poll(ref handler);
            if (_packet is not null && !_options.Packet.Mapped)
                done += _packet.Poll(ref handler);
        }
        if (_isArmed)
            BeforeSleep();
        return done;
    }

    private void BeforeSleep()
    {
        foreach (ISocketAgent agent in _sockets)
            agent.BeforeSleep();
    }

    // ── which agent ─────────────────────────────────────────────────────────────────────────────────────────────────

    private AgentKind ChooseAgent(int peer)
    {
        if (peer == Id)
            return AgentKind.None;
        for (int i = 0; i < _agents.Count; i++)
        {
            AgentKind kind = _agents[i];
            bool reaches = kind switch
            {
                AgentKind.Shm => _shm is not null && _shm.Reaches(peer),
                AgentKind.Tcp => _tcp is not null,
                AgentKind.Udp => _udp is not null,
                AgentKind.Packet => _packet is not null && ReachesByInterface(peer, kind),
                AgentKind.Xdp => _xdp is not null && ReachesByInterface(peer, kind),
                _ => false,
            };
            if (reaches)
            {
                _agentOf[peer] = (byte)kind;
                if (kind == AgentKind.Xdp)
                    _xdp!.BeginSending(peer);
                return kind;
            }
        }
        return AgentKind.None;
    }

    /// <summary>Frames to an interface of the own node do not come back from the cable; and the peer's node may not have been able to open its interface, or be where this one's frames do not come: tcp and udp every rank has that lists
    /// them.</summary>
    private bool ReachesByInterface(int peer, AgentKind kind) => !IsOnThisNode(peer) && Find(peer, kind).Length > 0;

    private static bool IsByInterface(AgentKind kind) => kind is AgentKind.Packet or AgentKind.Xdp;

    private EthernetReach? ReachOf(AgentKind kind) => kind == AgentKind.Xdp ? _xdpReach : kind == AgentKind.Packet ? _packetReach : null;

    private string Find(int peer, AgentKind kind) => ReachOf(kind) is { } reach ? reach.Find(FindText(peer, kind)) : FindText(peer, kind);

    private string FindText(int peer, AgentKind kind) => _directory.FindAddress?.Invoke(peer, kind) ?? "";

    private bool IsOnThisNode(int peer) => _directory.Places[peer].Node == _self.Node;

    /// <summary>Shm carries the traffic with this peer. Asks no wire-up.</summary>
    private bool IsByShm(int peer) => _agentOf[peer] == (byte)AgentKind.Shm || (_agentOf[peer] == 0 && IsOnThisNode(peer) && ChooseAgent(peer) == AgentKind.Shm);

    private string WhyNone(int peer) => peer == Id
        ? "it is the endpoint itself; what is for oneself never enters the transport"
        : $"it is on node {_directory.Places[peer].Node}, this one on node {_self.Node}, and Umps:Transport:Agents is [{string.Join(", ", _options.Agents)}]"
            + $"{Missing(AgentKind.Packet, _packet is null)}{Missing(AgentKind.Xdp, _xdp is null)}. Add Tcp to the agents for peers on other nodes";

    private string Missing(AgentKind kind, bool isMissing) => !Contains(_agents, kind) ? ""
        : isMissing ? $"; the node agent has opened no interface for {kind} here (only umpsrun's own options, the ranks' environment and umps.json tell it to)"
        : $"; the peer's node has no interface for {kind}, or one on another network{(ReachOf(kind) is { WhyNot: { Length: > 0 } why } ? $": {why}" : "")}";

    private bool Needs(AgentKind agent)
    {
        if (!Contains(_agents, agent))
            return false;
        bool onlyElsewhere = IsByInterface(agent) || Contains(_agents, AgentKind.Shm);
        foreach (PeerPlace place in _directory.Places)
        {
            if (place.Id != _self.Id && (!onlyElsewhere || place.Node != _self.Node))
                return true;
        }
        return false;
    }

    /// <summary>Packet and xdp reach only other nodes: where nothing else is listed, shm carries what stays on the node.</summary>
    private static IReadOnlyList<AgentKind> WithinNodeToo(IReadOnlyList<AgentKind> agents) =>
        Contains(agents, AgentKind.Shm) || Contains(agents, AgentKind.Tcp) || Contains(agents, AgentKind.Udp) ? agents : (AgentKind[])[.. agents, AgentKind.Shm];

    private static bool Contains(IReadOnlyList<AgentKind> agents, AgentKind kind)
    {
        for (int i = 0; i < agents.Count; i++)      // by place: an array's enumerator over a type of ours is compiled at each start
        {
            if (agents[i] == kind)
                return true;
        }
        return false;
    }
}
