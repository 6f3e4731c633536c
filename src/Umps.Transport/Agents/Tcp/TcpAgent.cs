using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Runtime.InteropServices;
using Umps.Transport.Interop;
using Umps.Transport.Polling;

namespace Umps.Transport.Agents.Tcp;

/// <summary>TCP between endpoints: lazy connections, authenticated by the job's secret, framed.</summary>
/// <remarks>
/// Sockets never block. With one or two connections a pass reads them directly, which is one system call each; with more it asks epoll. All descriptors are in one
/// level-triggered epoll set, and so is a timer for every deadline: who sleeps on <see cref="SleepFd"/> misses neither.
/// Work per message does not grow with the number of peers: a pass touches what epoll names, and peers that wait for room.
/// TcpAgent.Gathering.cs: bursts of small messages. TcpAgent.Connecting.cs: listening, dialing, handshakes. TcpAgent.Timers.cs: deadlines, dead hosts. TcpAgent.Leaving.cs: the end.
/// </remarks>
internal sealed unsafe partial class TcpAgent : ISocketAgent, ICreditOwner
{
    private const int DirectReadsMax = 2;
    private const int DirectPassesMax = 16;     // passes that only read, between two looks at the listener
    private const int EventsMax = 64;

    private readonly PeerDirectory _directory;
    private readonly TcpPeer?[] _peers;
    private readonly List<TcpPeer> _open = [];
    private readonly List<TcpPeer> _waiting = [];       // for room: something unsent, or a send was refused
    private readonly List<TcpPeer> _lost = [];          // to be told
    private readonly byte* _events;
    private int _directPasses;
    private bool _mustLook;     // somebody has slept on the descriptors
    private bool _wakesSleeper; // SleepFd is switched on
    private bool _sleepIsNear;  // until the next pass: what begins to wait for room is watched at once
    private bool _disposed;

    /// <summary>Opens the listening socket.</summary>
    /// <param name="directory">Peers, secret, addresses to listen on.</param>
    /// <param name="options">Buffer sizes, credits, time limits.</param>
    /// <exception cref="UmpsException">1101: an address cannot be listened on. 1105: options are out of range. 1106: the kernel gives no descriptor.</exception>
    public TcpAgent(PeerDirectory directory, TransportOptions options)
    {
        Options = options.Tcp;
        string[] faults = [.. Options.Faults()];
        if (faults.Length > 0)
            throw new UmpsException(ErrorId.TcpOptions, $"UMPS{ErrorId.TcpOptions} endpoint {directory.OwnId} TcpAgent: {string.Join("; ", faults)}.");
        _directory = directory;
        _peers = new TcpPeer?[directory.Places.Length];
        Held = new HeldPayloads(this);

        _events = (byte*)NativeMemory.Alloc((nuint)(EventsMax * Linux.EpollEventBytes));
        try
        {
            SocketsFd = Own(Linux.CreateEpoll(out Errno error), "epoll_create1", error);
            SleepFd = Own(Linux.CreateEpoll(out error), "epoll_create1", error);
            _timer = Own(Linux.CreateTimer(out error), "timerfd_create", error);
            error = Linux.EpollAdd(SleepFd, SocketsFd, EpollEvents.None, 0);
            Own(error == Errno.None ? 0 : -1, "epoll_ctl", error);
            Watch(_timer, EpollEvents.EPOLLIN, TimerMark);
            Address = OpenListeners();
        }
        catch
        {
            CloseAll();
            throw;
        }
    }

    /// <summary>The epoll descriptor that covers the listener and all connections: polls readable when there is something to do.</summary>
    public int SocketsFd { get; private set; } = -1;

    /// <summary>An epoll descriptor over <see cref="SocketsFd"/>, switched on from <see cref="BeforeSleep"/> to <see cref="AfterSleep"/>. A sleeper waits on it: a helper that
    /// still sleeps while another thread polls is not woken by what that one reads.</summary>
    public int SleepFd { get; private set; } = -1;

    /// <inheritdoc/>
    /// <remarks>The time for which it sleeps is in there: a timer.</remarks>
    public void SleepBy(SleepSet sleepers) => sleepers.Add(SleepFd);

    /// <inheritdoc/>
    public string Address { get; } = "";

    /// <inheritdoc/>
    public AgentKind Kind => AgentKind.Tcp;

    /// <inheritdoc/>
    public bool HasUnsent
    {
        get
        {
            foreach (TcpPeer peer in _waiting)
            {
                if (peer.UnsentBytes > 0)
                    return true;
            }
            return false;
        }
    }

    internal TcpOptions Options { get; }

    internal TcpCounters Counters { get; } = new();

    internal HeldPayloads Held { get; }

    /// <inheritdoc/>
    public bool Reaches(int peer) => (uint)peer < (uint)_peers.Length && peer != _directory.OwnId;

    /// <inheritdoc/>
    public int EagerBytesMax(int peer) => Options.EagerBytesMax;

    /// <inheritdoc/>
    public bool TrySend(int peer, in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        if (payload.Length > Options.EagerBytesMax)
            throw Throw.PayloadTooLong(peer, payload.Length, Options.EagerBytesMax);
        return (_peers[peer] ?? Contact(peer)).TrySend(in header, payload);
    }

    /// <inheritdoc/>
    public int TrySendFragment(int peer, in FrameHeader header, ReadOnlySpan<byte> payload) => (_peers[peer] ?? Contact(peer)).TrySendFragment(in header, payload);

    /// <inheritdoc/>
    public int Poll<THandler>(ref THandler handler) where THandler : struct, IFrameHandler
    {
        _sleepIsNear = false;
        Passes++;
        int done = _waiting.Count > 0 ? FlushWaiting() : 0;
        bool direct = !_mustLook && _open.Count is > 0 and <= DirectReadsMax && _handshakes.Count == 0 && ++_directPasses < DirectPassesMax;
        done += direct ? ReadDirectly(ref handler) : LookAtAll(ref handler);
        if (_lost.Count > 0)
            done += TellLost(ref handler);
        return done;
    }

    /// <summary>The caller goes to sleep: what must be watched (room to write, where something waits) is told to epoll. With the gate held.</summary>
    public void BeforeSleep()
    {
        FlushGathered();
        foreach (TcpPeer peer in _waiting)
        {
            if (peer.NeedsRoom)
                WatchForRoom(peer);
        }
        _sleepIsNear = true;
        _mustLook = true;
        if (_wakesSleeper)
            return;
        _wakesSleeper = true;
        Linux.EpollModify(SleepFd, SocketsFd, EpollEvents.EPOLLIN, 0);
    }

    /// <summary>The caller looks itself from now on; whoever sleeps on <see cref="SleepFd"/> is not needed. With the gate held.</summary>
    public void AfterSleep()
    {
        if (!_wakesSleeper)
            return;
        _wakesSleeper = false;
        Linux.EpollModify(SleepFd, SocketsFd, EpollEvents.None, 0);
    }

    /// <inheritdoc/>
    public AgentState ShowState()
    {
        long unsent = 0, credit = 0;
        foreach (TcpPeer? peer in _peers)
        {
            if (peer is null || peer.State == TcpPeerState.Lost)
                continue;
            unsent += peer.UnsentBytes;
            credit += peer.CreditLeft;
        }
        return new AgentState(AgentKind.Tcp, Counters.Show(_open.Count, _handshakes.Count, Held.Count, unsent, credit));
    }

    /// <summary>Memory that <see cref="IFrameHandler.OnFragmentBegin"/> gave is not touched any more; what still arrives of those fragments is dropped.</summary>
    public void DropFragments()
    {
        foreach (TcpPeer peer in _open)
            peer.DropFragment();
    }

    /// <summary>Payload that was held has been released.</summary>
    public void ReturnCredit(int peer, int bytes) => _peers[peer]?.ReturnCredit(bytes);

    /// <summary>The peer waits for room in its socket.</summary>
    internal void AddWaiting(TcpPeer peer)
    {
        if (peer.IsWaiting)
            return;
        peer.IsWaiting = true;
        _waiting.Add(peer);
        if (_sleepIsNear)
            WatchForRoom(peer);
    }

    /// <summary>The peer is gone: told at the end of the pass.</summary>
    internal void OnLost(TcpPeer peer)
    {
        Counters.PeersLost++;
        _open.Remove(peer);
        _lost.Add(peer);
    }

    private int ReadDirectly<THandler>(ref THandler handler) where THandler : struct, IFrameHandler
    {
        int done = 0;
        for (int i = _open.Count - 1; i >= 0; i--)
        {
            if (!_open[i].IsResting)
                done += _open[i].Receive(ref handler);
        }
        return done;
    }

    private int LookAtAll<THandler>(ref THandler handler) where THandler : struct, IFrameHandler
    {
        int done = 0;
        _directPasses = 0;
        _mustLook = false;
        Counters.EpollCalls++;
        int count = Linux.EpollWait(SocketsFd, _events, EventsMax, 0);
        for (int i = 0; i < count; i++)
        {
            EpollEvents events = Linux.EpollEvent(_events, i, out int slot);
            switch (_slots[slot])
            {
                case TcpPeer peer:
                    if ((events & EpollEvents.EPOLLOUT) != 0)
                        done += OnRoom(peer);
                    if ((events & ~EpollEvents.EPOLLOUT) != 0)
                        done += peer.Receive(ref handler);
                    break;
                case Handshake handshake:
                    OnHandshake(handshake);
                    done++;
                    break;
                case Listener listener:
                    done += AcceptFrom(listener);
                    break;
                case TimerSlot:
                    RunTimers();
                    break;
            }
        }
        RecycleSlots();
        return done;
    }

    private int FlushWaiting()
    {
        int done = 0;
        for (int i = _waiting.Count - 1; i >= 0; i--)
        {
            TcpPeer peer = _waiting[i];
            if (peer.IsBroken)
                _mustLook = true;       // its end stands behind what it had sent
            else if (peer.UnsentBytes > 0 && peer.Flush() > 0)
            {
                peer.ForgetRefusal();
                done++;
            }
            if (peer.State == TcpPeerState.Lost || !peer.NeedsRoom)
                StopWaiting(peer, i);
        }
        return done;
    }

    private int OnRoom(TcpPeer peer)
    {
        peer.ForgetRefusal();
        peer.Flush();
        if (!peer.NeedsRoom && peer.IsWaiting)
            StopWaiting(peer, _waiting.IndexOf(peer));
        else
            Unwatch(peer);
        return 1;
    }

    private void StopWaiting(TcpPeer peer, int index)
    {
        _waiting.RemoveAt(index);
        peer.IsWaiting = false;
        Unwatch(peer);
    }

    private void WatchForRoom(TcpPeer peer)
    {
        if (peer.State != TcpPeerState.Open || peer.IsWatchedForRoom)
            return;
        peer.IsWatchedForRoom = true;
        Linux.EpollModify(SocketsFd, peer.Descriptor, EpollEvents.EPOLLIN | EpollEvents.EPOLLOUT, peer.Slot);
    }

    private void Unwatch(TcpPeer peer)
    {
        if (peer.IsWatchedForRoom && peer.State == TcpPeerState.Open)
            Linux.EpollModify(SocketsFd, peer.Descriptor, EpollEvents.EPOLLIN, peer.Slot);
        peer.IsWatchedForRoom = false;
    }

    private int TellLost<THandler>(ref THandler handler) where THandler : struct, IFrameHandler
    {
        int done = 0;
        while (_lost.Count > 0)
        {
            TcpPeer peer = _lost[0];
            _lost.RemoveAt(0);
            handler.OnPeerLost(peer.Id, peer.LostReason);
            done++;
        }
        return done;
    }

    private int Own(int descriptor, string call, Errno error) => descriptor >= 0
        ? descriptor
        : throw new UmpsException(ErrorId.TcpResource, string.Create(CultureInfo.InvariantCulture,
            $"UMPS{ErrorId.TcpResource} endpoint {_directory.OwnId} TcpAgent: {call}: {Words.Text(error)}. The process may have too many descriptors open (ulimit -n)."));
}
