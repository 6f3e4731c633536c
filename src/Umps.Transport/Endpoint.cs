using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading;
using Umps.Transport.Agents;
using Umps.Transport.Agents.Ethernet;
using Umps.Transport.Agents.Shm;
using Umps.Transport.Agents.Tcp;
using Umps.Transport.Polling;
using Umps.Transport.Pool;
using Umps.Transport.Rings;

namespace Umps.Transport;

/// <summary>One rank's end of the transport: what the User Agent and Comm both stand on.</summary>
/// <remarks>
/// Not thread-safe: the caller lets one thread in at a time (Comm's progress gate); only <see cref="RingOwnDoorbell"/>,
/// <see cref="Abort"/> and the reading of counters may be called from any thread, and <see cref="Sleep"/> is entered with the gate left.
/// The agents are called by their sealed types: one look into a table by peer says which, and there is no interface call on a message's way.
/// </remarks>
public sealed unsafe partial class Endpoint : IDisposable
{
    /// <summary>Messages that a pass takes from one peer: the others have their turn, too. A pass that has done less has seen every ring of the node empty.</summary>
    internal const int MessagesAPass = 64;

    private readonly NodeMapping _mapping;
    private readonly PeerDirectory _directory;
    private readonly TransportOptions _options;
    private readonly PeerPlace _self;
    private readonly DoorbellLine* _doorbell;
    private readonly SemiPoller _poller;
    private readonly ShmAgent? _shm;
    private readonly TcpAgent? _tcp;
    private readonly IReadOnlyList<AgentKind> _agents;      // in order of preference
    private readonly byte[] _agentOf;           // AgentKind by peer; None: not talked to yet
    private readonly int _passesOfSockets;      // passes for one over the sockets
    private int _passesToSockets;
    private bool _isArmed;
    private volatile bool _isDisposed;

    private Endpoint(NodeMemory memory, PeerDirectory directory, TransportOptions options)
    {
        NodeMapping mapping = _mapping = memory.Mapping;
        _directory = directory;
        _options = options;
        _self = directory.Places[directory.OwnId];
        _agents = WithinNodeToo(options.Agents);
        _agentOf = new byte[directory.Places.Length];
        _doorbell = (DoorbellLine*)mapping.At(mapping.Layout.Control(_self.LocalIndex));
        NodeHeader* header = mapping.Header;
        try
        {
            if (Needs(AgentKind.Tcp))
                _tcp = new TcpAgent(directory, options);
            if (Needs(AgentKind.Udp))
                _udp = OpenUdp();
            if (Needs(AgentKind.Packet) && memory.PortOf(AgentKind.Packet, _self.LocalIndex) is { } packet)
            {
                _packet = OpenPacket(packet);
                _packetReach = new EthernetReach(packet.Facts);
            }
            if (Needs(AgentKind.Xdp) && memory.PortOf(AgentKind.Xdp, _self.LocalIndex) is { } xdp)
            {
                _xdp = OpenXdp(xdp);
                _xdpReach = new EthernetReach(xdp.Facts);
            }
            _sockets = OpenSockets();
            HasSockets = _sockets.Length > 0;
            _passesOfSockets = Contains(_agents, AgentKind.Shm) || _xdp is not null || (_packet is not null && options.Packet.Mapped) ? options.PassesASocketPoll : 1;
            _sleepSet = new SleepSet(_doorbell, OwnEventDescriptor);
            foreach (ISocketAgent agent in _sockets)
                agent.SleepBy(_sleepSet);
            _poller = new SemiPoller(_doorbell, &header->Awake, &header->Abort, _sleepSet, header->Processors, mapping.Layout.Ranks, options);
            if (Contains(_agents, AgentKind.Shm))
                _shm = new ShmAgent(mapping, directory, _poller, options);
        }
        catch
        {
            foreach (ISocketAgent agent in OpenSockets())
                agent.Dispose();
            _sleepSet?.Dispose();
            throw;
        }
    }

    /// <summary>Joins the job's transport.</summary>
    /// <param name="memory">The node's memory, made by the kernel agent.</param>
    /// <param name="directory">Who the peers are and where.</param>
    /// <param name="options">Options of the layer.</param>
    /// <returns>The endpoint. Peers find its memory readable (<see cref="CanCopyAcross"/>) from now on.</returns>
    /// <exception cref="UmpsException">UMPS1002: a resource is missing. UMPS1003: an option is out of its range. UMPS1009: the slice of the node's memory is taken. Those of the agents.</exception>
    public static Endpoint Attach(NodeMemory memory, PeerDirectory directory, TransportOptions options)
    {
        options.Shm.Check();
        if (options.Polling.Mode is < PollingMode.SemiPolling or > PollingMode.PollingOnly)
            throw Throw.OptionOutOfRange("Polling:Mode", (int)options.Polling.Mode, (int)PollingMode.SemiPolling, (int)PollingMode.PollingOnly);
        if (options.PassesASocketPoll is < 1 or > 1000)
            throw Throw.OptionOutOfRange("PassesASocketPoll", options.PassesASocketPoll, 1, 1000);
        NodeMapping mapping = memory.Mapping;
        foreach (PeerPlace place in directory.Places)
        {
            if (place.Node == directory.Places[directory.OwnId].Node && (uint)place.LocalIndex >= (uint)mapping.Layout.Ranks)
                throw Throw.SliceTaken(place.LocalIndex, $"the memory was made for {mapping.Layout.Ranks} ranks");
        }
        int own = directory.Places[directory.OwnId].LocalIndex;
        IdentityLine* line = mapping.Identity(own);
        if (Interlocked.CompareExchange(ref line->State, IdentityLine.Attaching, IdentityLine.NotAttached) != IdentityLine.NotAttached)
            throw Throw.SliceTaken(own, "another endpoint has attached to it");

        if (mapping.Layout.Ranks > 1)
            Doorbell.BeFencedByOthers();
        if (options.Shm.HugePages)
            HugePages.AdviseOnce();
        mapping.Share();
        Interlocked.Increment(ref mapping.Header->Awake);
        try
        {
            var endpoint = new Endpoint(memory, directory, options);
            line->Endpoint = directory.OwnId;
            CrossCopy.Publish(line);
            mapping.SetAttachedHere(own);
            Volatile.Write(ref line->State, IdentityLine.Attached);
            return endpoint;
        }
        catch
        {
            Interlocked.Decrement(ref mapping.Header->Awake);
            Volatile.Write(ref line->State, IdentityLine.NotAttached);
            mapping.Release();
            throw;
        }
    }

    /// <summary>This endpoint's id, given at wire-up.</summary>
    public int Id => _self.Id;

    /// <summary>Which agent carries the traffic with a peer: the first in the order of preference that both have and that reaches it. Chosen at first contact, and kept.</summary>
    /// <param name="peer">Endpoint id of the peer.</param>
    /// <returns>The agent; None when no agent reaches the peer, and for the endpoint itself.</returns>
    /// <remarks>Where packet or xdp may be it, the wire-up is asked what the peer has (<see cref="PeerDirectory.FindAddress"/>), which waits until it has joined.</remarks>
    public AgentKind AgentOf(int peer) => _agentOf[peer] != 0 ? (AgentKind)_agentOf[peer] : ChooseAgent(peer);

    /// <summary>The longest payload <see cref="TrySend"/> takes towards this peer.</summary>
    /// <exception cref="UmpsException">UMPS1006: no agent reaches the peer.</exception>
    public int EagerBytesMax(int peer) => RequireAgent(peer) switch
    {
        AgentKind.Shm => _shm!.EagerBytesMax(peer),
        AgentKind.Tcp => _tcp!.EagerBytesMax(peer),
        _ => _options.Link.EagerBytesMax,
    };

    /// <summary>Sends a message whole: inline in a ring slot, or copied into units, or written to a socket.</summary>
    /// <param name="peer">Endpoint id of the receiver.</param>
    /// <param name="header">Its header.</param>
    /// <param name="payload">At most <see cref="EagerBytesMax"/> bytes; they may be touched again when the call returns.</param>
    /// <returns>False when there is no slot, unit or credit now; nothing was sent. The caller polls and tries again, or sends a
    /// message without payload instead: those are refused only when the ring itself is full. After a refusal the doorbell of a caller armed for
    /// <see cref="ArmLevel.Anything"/> rings when there is room; it tries once more between arming and sleeping.</returns>
    /// <exception cref="UmpsException">UMPS1006: no agent reaches the peer. UMPS1007: the payload is too long.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TrySend(int peer, in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        byte agent = _agentOf[peer];
        if (agent == 0)
            agent = (byte)RequireAgent(peer);
        return agent == (byte)AgentKind.Shm ? _shm!.TrySend(peer, in header, payload)
            : agent == (byte)AgentKind.Tcp ? _tcp!.TrySend(peer, in header, payload)
            : TrySendLink(peer, (AgentKind)agent, in header, payload);
    }

    /// <summary>As <see cref="TrySend"/>, for at most 1,064 bytes to a peer of this node that has been sent to before, and only if there is nothing to it.</summary>
    /// <returns>False when nothing was sent; <see cref="TrySend"/> may send it.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool TrySendShort(int peer, byte kind, ulong word0, uint word1, uint word2, NativeSpan payload) =>
        _agentOf[peer] == (byte)AgentKind.Shm
        && _shm!.TrySendShort(peer, RingSlot.FirstWord(kind, 0, (int)payload.LengthBytes), word0, word1 | ((ulong)word2 << 32), (byte*)payload.Address);

    /// <summary>Sends as much of a long transfer as goes now: one fragment, or the continuation of the one begun before.</summary>
    /// <param name="peer">Endpoint id of the receiver.</param>
    /// <param name="header">The fragment's header.</param>
    /// <param name="payload">All bytes still to send of the transfer; the agent cuts fragments of its own size.</param>
    /// <returns>Bytes taken, 0 when none can go now. While a fragment is begun and not finished, <see cref="TrySend"/> to this peer
    /// is refused; the caller goes on with the same transfer.</returns>
    /// <exception cref="UmpsException">UMPS1006: no agent reaches the peer.</exception>
    public int TrySendFragment(int peer, in FrameHeader header, ReadOnlySpan<byte> payload) => RequireAgent(peer) switch
    {
        AgentKind.Shm => _shm!.TrySendFragment(peer, in header, payload),
        AgentKind.Tcp => _tcp!.TrySendFragment(peer, in header, payload),
        _ => TrySendLinkFragment(peer, (AgentKind)_agentOf[peer], in header, payload),
    };

    /// <summary>One pass over every active peer: delivers what arrived, sends what waits in the agents.</summary>
    /// <returns>How much was done: 0 tells the caller that the pass found nothing.</returns>
    /// <remarks>The node's memory is looked at in each pass, other agents' rings too; the sockets, where there is one of these, in every so many (an option), and in each pass from arming on.</remarks>
    public int Poll<THandler>(ref THandler handler)
        where THandler : struct, IFrameHandler
    {
        int done = _shm is null ? 0 : _shm.Poll(ref handler);
        if (HasSockets)
            done += PollSockets(ref handler);
        return done;
    }

    /// <summary>Delivers the next message of one peer of this node, if it has come. For a caller that waits for just that one, and makes a pass (<see cref="Poll"/>) now and then.</summary>
    internal bool TakeOne<THandler>(int peer, ref THandler handler)
        where THandler : struct, IFrameHandler => _agentOf[peer] == (byte)AgentKind.Shm && _shm!.TakeOne(peer, ref handler);

    /// <summary>Yields a few times for the next message of one peer of this node. For a caller that <see cref="TakeOne"/> has just given none.</summary>
    /// <returns>True when it has come. False also where somebody computes beside this rank, or the peer is seldom so quick: that is for semi-polling.</returns>
    internal bool YieldForOne(int peer) => !HasSockets && _agentOf[peer] == (byte)AgentKind.Shm && _shm!.YieldForOne(peer);

    /// <summary>True while messages that were taken have not left this process: somebody has to go on polling.</summary>
    public bool HasUnsent => HasSockets && SocketsHaveUnsent;

    /// <summary>Memory that <see cref="IFrameHandler.OnFragmentBegin"/> gave is not touched any more; what still arrives of those fragments is dropped, and their end not
    /// told. For a caller whose transfers have failed and whose buffers go back to the program. Also from inside a handler.</summary>
    public void DropFragments() => _tcp?.DropFragments();       // by the other agents a fragment arrives whole

    // ── the wait: semi-polling ──────────────────────────────────────────────────────────────────────────────────────
    //   var wait = endpoint.BeginWait();
    //   while (!done) {
    //       if (endpoint.Poll(ref handler) > 0) { endpoint.Arrived(ref wait); continue; }
    //       if (!endpoint.Pause(ref wait)) continue;               // polling: spun or yielded; false
    //       endpoint.Arm(ArmLevel.Anything);                       // window closed: Interrupt state
    //       if (endpoint.Poll(ref handler) == 0 && !done) { leave gate; endpoint.Sleep(FirstSleep); enter gate; }
    //       if (IsToBeRung && endpoint.Poll(ref handler) == 0) { leave gate; endpoint.Sleep(timeout); enter gate; }     // Doorbell says why
    //       endpoint.Disarm(ref wait);
    //   }

    /// <summary>More ranks of the node are awake than it has processors: who waits yields at once.</summary>
    internal bool IsCrowded => _poller.IsCrowded;

    /// <summary>Waits look once and sleep (<see cref="PollingMode.InterruptOnly"/>): who waits in a loop of its own first does not.</summary>
    internal bool NeverSpins => _poller.NeverSpins;

    /// <summary>Waits never arm (<see cref="PollingMode.PollingOnly"/>): <see cref="Pause"/> is always false.</summary>
    internal bool NeverSleeps => _poller.NeverSleeps;

    /// <summary>Begins a wait in the Polling state.</summary>
    public WaitState BeginWait() => _poller.BeginWait();

    /// <summary>Tells the state machine that a pass found something: the window is renewed.</summary>
    public void Arrived(ref WaitState wait) => _poller.Arrived(ref wait);

    /// <summary>An empty pass: spins or yields for the next one, or, when the window has closed, tells to arm.</summary>
    /// <returns>True when the caller should arm, look once more, and sleep.</returns>
    public bool Pause(ref WaitState wait) => _poller.Pause(ref wait);

    /// <summary>Interrupt state: senders ring from now on for what the level covers. Has a full fence; the caller polls once more after it.</summary>
    public void Arm(ArmLevel level)
    {
        _isArmed = true;
        BeforeSleep();              // here and after the polls that follow, not in Sleep: that is entered with the gate left
        _poller.Arm(level);
    }

    /// <summary>Sleeps in the kernel until a doorbell, a socket, or the timeout. Entered with the gate left; may return at any time.</summary>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="programRuns">True for a helper that watches while the program computes: the rank stays among those awake, for it wants its processor.</param>
    public void Sleep(TimeSpan timeout, bool programRuns = false) => _poller.Sleep(timeout, programRuns);

    /// <summary>Who has slept for so long looks once more, still armed, before it sleeps for good: a millisecond.</summary>
    internal static TimeSpan FirstSleep => TimeSpan.FromMilliseconds(1);

    /// <summary>True for a sleep that is cut in two for that. Not where the caller looks anyway soon, nor where nobody sends through the node's memory: a descriptor that has something ends a sleep whenever it begins.</summary>
    internal bool LooksAgain(TimeSpan sleepMax) => _mapping.Layout.Ranks > 1 && !(sleepMax >= TimeSpan.Zero && sleepMax <= 2 * FirstSleep);

    /// <summary>Armed, and nobody has rung since.</summary>
    internal bool IsToBeRung => Volatile.Read(ref _doorbell->Armed) != 0;

    /// <summary>Leaves the Interrupt state.</summary>
    public void Disarm(ref WaitState wait)
    {
        _isArmed = false;
        foreach (ISocketAgent agent in _sockets)
            agent.AfterSleep();
        _poller.Disarm(ref wait);
    }

    /// <summary>Wakes whoever sleeps on this endpoint; from any thread of this process.</summary>
    public void RingOwnDoorbell()
    {
        if (!_isDisposed)
            Doorbell.Ring(_doorbell, OwnEventDescriptor);
    }

    /// <summary>Non-zero once the job is being ended: the reason given to <see cref="Abort"/>. Looked at by every sleep.</summary>
    public int AbortWord => _isDisposed ? 0 : Volatile.Read(ref _mapping.Header->Abort);

    /// <summary>Sets the abort word of this node and wakes every rank of it.</summary>
    /// <param name="reason">What <see cref="AbortWord"/> says from now on; 0 counts as -1. The first reason stays.</param>
    public void Abort(int reason)
    {
        if (!_isDisposed)
            KernelAgent.Abort(_mapping, reason);
    }

    private TransportState ReadState()
    {
        var agents = new List<AgentState>();
        if (_shm is not null)
            agents.Add(_shm.ShowState());
        foreach (ISocketAgent agent in _sockets)
            agents.Add(agent.ShowState());
        return new TransportState(Id, _self.Node, ShowPool(), ShowPolling(), agents) { Mode = _options.Polling.Mode };
    }

    /// <summary>Leaves: closes connections after what is queued has gone (bounded by the option's time), gives units back.</summary>
    /// <remarks>What was sent within the node stays there until the peers have read it; after that they are told that this endpoint has left.</remarks>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        KeepState();
        bool hurries = AbortWord != 0;
        foreach (ISocketAgent agent in _sockets)
        {
            if (hurries)
                agent.Hurry();
            agent.Dispose();
        }
        _sleepSet.Dispose();
        _shm?.Dispose();
        _isDisposed = true;
        Volatile.Write(ref _mapping.Identity(_self.LocalIndex)->State, IdentityLine.Left);
        Interlocked.Decrement(ref _mapping.Header->Awake);
        Interlocked.Increment(ref _mapping.Header->Departures);
        KernelAgent.WakeAll(_mapping);
        _mapping.Release();
    }

    private int OwnEventDescriptor => _mapping.EventDescriptors[_self.LocalIndex];

    private AgentKind RequireAgent(int peer)
    {
        AgentKind agent = AgentOf(peer);
        return agent != AgentKind.None ? agent : throw Throw.NoAgent(Id, peer, WhyNone(peer));
    }
}
