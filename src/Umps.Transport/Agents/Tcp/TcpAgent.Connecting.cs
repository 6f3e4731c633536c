using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using Umps.Transport.Interop;

namespace Umps.Transport.Agents.Tcp;

/// <summary>Listening, dialing, handshakes: everything before the first frame.</summary>
/// <remarks>
/// Double connect: the acceptor decides when a claim is proved. If its own attempt to that peer has not sent its claim, it is dropped and the peer's connection
/// taken: nobody can have accepted what was not claimed. If it has, both attempts are undecided, and the lower id's wins: the higher endpoint takes the lower's
/// connection and drops its own; the lower parks the higher's until its own is decided, and takes it only if its own fails. What was sent meanwhile waits in the
/// peer's send buffer, not in a socket: nothing is lost or overtaken.
/// </remarks>
internal sealed unsafe partial class TcpAgent
{
    private const int Backlog = 4096;

    private readonly List<Handshake> _handshakes = [];
    private readonly List<TcpPeer> _redialing = [];     // between two rounds
    private readonly List<Listener> _listeners = [];
    private readonly List<object?> _slots = [];         // what an event's number means
    private readonly Stack<int> _freeSlots = new();
    private readonly List<int> _slotsToFree = [];       // not before the events of a pass are done with: one of them may still name it
    private int _strangers;                             // accepted and not proved
    private bool _acceptPaused;

    private static object TimerMark { get; } = new TimerSlot();

    internal void FreeSlot(int slot)
    {
        _slots[slot] = null;
        _slotsToFree.Add(slot);
    }

    private void RecycleSlots()
    {
        foreach (int slot in _slotsToFree)
            _freeSlots.Push(slot);
        _slotsToFree.Clear();
    }

    private int Watch(int descriptor, EpollEvents events, object target)
    {
        int slot = _freeSlots.TryPop(out int free) ? free : _slots.Count;
        if (slot == _slots.Count)
            _slots.Add(null);
        _slots[slot] = target;
        Own(Linux.EpollAdd(SocketsFd, descriptor, events, slot) is var error && error == Errno.None ? 0 : -1, "epoll_ctl", error);
        return slot;
    }

    private string OpenListeners()
    {
        if (_directory.ListenAddresses.Count > 0)
            return string.Join(';', _directory.ListenAddresses.Select(text => IPAddress.TryParse(text, out IPAddress? address)
                ? OpenListener(address, out Errno error) is var listener && listener is not null ? TextOf(address, listener.Port) : throw CannotListen(text, Words.Text(error))
                : throw CannotListen(text, "it is no IP address")));

        // [::] takes IPv4 too; a host without IPv6 has 0.0.0.0 only.
        Listener any = OpenListener(IPAddress.IPv6Any, out _) ?? OpenListener(IPAddress.Any, out Errno why) ?? throw CannotListen("0.0.0.0", Words.Text(why));
        return TextOf(IPAddress.Any, any.Port);
    }

    private static string TextOf(IPAddress address, int port) =>
        address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)
            ? string.Join(';', HostAddresses.Usable().Select(usable => new IPEndPoint(usable, port)))
            : new IPEndPoint(address, port).ToString();

    private Listener? OpenListener(IPAddress address, out Errno error)
    {
        int descriptor = Linux.OpenTcpSocket(address.AddressFamily, out error);
        if (descriptor < 0)
            return null;
        Prepare(descriptor);
        error = Linux.Listen(descriptor, new IPEndPoint(address, 0), Backlog, out int port);
        if (error != Errno.None)
        {
            Linux.CloseSocket(descriptor);
            return null;
        }
        var listener = new Listener(descriptor, port);
        _listeners.Add(listener);
        listener.Slot = Watch(descriptor, EpollEvents.EPOLLIN, listener);
        return listener;
    }

    private UmpsException CannotListen(string address, string why) => new(ErrorId.TcpListen, string.Create(CultureInfo.InvariantCulture,
        $"UMPS{ErrorId.TcpListen} endpoint {_directory.OwnId} TcpAgent: cannot listen on {address}: {why}. Name addresses of this host, or none for all of them."));

    /// <summary>What every socket is set to before it connects or listens; accepted ones inherit it.</summary>
    private void Prepare(int descriptor)
    {
        Linux.SetNoDelay(descriptor);
        if (Options.SocketBufferBytes != 0)
            Linux.SetSocketBuffers(descriptor, Options.SocketBufferBytes);
        int seconds = (int)Options.PeerTimeoutSeconds, interval = Math.Max(1, seconds / 8);
        Linux.SetKeepAlive(descriptor, Math.Max(1, seconds / 2), interval, Math.Max(1, seconds / 2 / interval));
    }

    // ── incoming ────────────────────────────────────────────────────────────────────────────────────────────────────

    private int AcceptFrom(Listener listener)
    {
        int accepted = 0;
        while (_strangers < Options.HandshakesMax)
        {
            int descriptor = Linux.Accept(listener.Descriptor, out Errno error);
            if (descriptor >= 0)
            {
                accepted++;
                Greet(descriptor);
            }
            else if (error is Errno.EMFILE or Errno.ENFILE or Errno.ENOMEM or Errno.ENOBUFS)
            {
                break;
            }
            else if (error is not (Errno.ECONNABORTED or Errno.EINTR))
            {
                return accepted;
            }
        }
        PauseAccepting(true);       // the next ones wait in the kernel: until strangers have proved themselves or run out of time, or descriptors are free
        return accepted;
    }

    private void PauseAccepting(bool pause)
    {
        if (_acceptPaused == pause)
            return;
        _acceptPaused = pause;
        foreach (Listener listener in _listeners)
            Linux.EpollModify(SocketsFd, listener.Descriptor, pause ? EpollEvents.None : EpollEvents.EPOLLIN, listener.Slot);
        if (pause)
            Schedule(Environment.TickCount64 + 100);
    }

    private void Greet(int descriptor)
    {
        Counters.Accepts++;
        var handshake = new Handshake(descriptor, HandshakeStage.AwaitClaim) { Deadline = Environment.TickCount64 + (long)(1000 * Options.HandshakeSecondsMax) };
        Span<byte> greeting = stackalloc byte[TcpHandshake.GreetingBytes];
        TcpHandshake.WriteGreeting(greeting, handshake.OwnNonce);
        Linux.SetNoDelay(descriptor);
        if (!handshake.TryWrite(greeting))
        {
            Linux.CloseSocket(descriptor);
            return;
        }
        _strangers++;
        Add(handshake, EpollEvents.EPOLLIN);
    }

    private void OnClaim(Handshake handshake)
    {
        ReadOnlySpan<byte> claim = handshake.Read(TcpHandshake.ClaimBytes, out Errno error);
        if (claim.IsEmpty)
        {
            if (error != Errno.EAGAIN)
                Drop(handshake);        // gone before it claimed anything: an attempt that was given up, or a port scanner
            return;
        }
        if (!TcpHandshake.TryReadVersion(claim, out uint version) || version != TcpFrameHeader.LayoutVersion
            || !TcpHandshake.TryReadClaim(claim, _directory.Secret.Span, _directory.OwnId, handshake.OwnNonce, out int from, out int creditBytes)
            || !Reaches(from) || creditBytes < 0)
        {
            Counters.StrangersDropped++;
            Drop(handshake);
            return;
        }
        TcpHandshake.NonceOfClaim(claim).CopyTo(handshake.TheirNonce);
        handshake.CreditBytes = creditBytes;
        Decide(handshake, _peers[from] ??= new TcpPeer(this, from));
    }

    private void Decide(Handshake handshake, TcpPeer peer)
    {
        if (peer.State != TcpPeerState.Connecting)
        {
            Drop(handshake);        // decided already, for the other connection
            return;
        }
        Handshake? own = peer.Dialer?.Current;
        if (own is null)
        {
            Accept(handshake, peer);
            return;
        }
        Counters.DoubleConnects++;
        if (own.Stage == HandshakeStage.AwaitVerdict && _directory.OwnId < peer.Id)
        {
            if (peer.Parked is { } older)
                Drop(older);
            _strangers--;
            handshake.Stage = HandshakeStage.Parked;
            handshake.Deadline = long.MaxValue;
            handshake.Peer = peer;
            peer.Parked = handshake;
            return;
        }
        Accept(handshake, peer);
    }

    private void Accept(Handshake handshake, TcpPeer peer)
    {
        if (peer.Dialer?.Current is { } own)
            Drop(own);
        _redialing.Remove(peer);
        if (handshake.Stage == HandshakeStage.Parked)
            peer.Parked = null;
        else
            _strangers--;
        Span<byte> verdict = stackalloc byte[TcpHandshake.VerdictBytes];
        TcpHandshake.WriteVerdict(
            verdict, _directory.Secret.Span, peer.Id, _directory.OwnId, Options.EagerCreditBytes, handshake.OwnNonce, handshake.TheirNonce);
        handshake.TryWrite(verdict);        // if the connection broke meanwhile, the reader finds out
        Open(handshake, peer);
    }

    // ── outgoing ────────────────────────────────────────────────────────────────────────────────────────────────────

    private TcpPeer Contact(int id)
    {
        if (!Reaches(id))
            throw new ArgumentOutOfRangeException(nameof(id), id, "no such peer");
        string list = _directory.FindAddress?.Invoke(id, AgentKind.Tcp) ?? "";
        var peer = new TcpPeer(this, id);
        _peers[id] = peer;
        try
        {
            peer.Dialer = new Dialer(HostAddresses.Parse(list), Options);
        }
        catch (FormatException)
        {
            peer.Lose($"UMPS{ErrorId.TcpAddress}: the wire-up says of it \"{list}\", which is no list of address:port");
            return peer;
        }
        DialNext(peer);
        return peer;
    }

    private void DialNext(TcpPeer peer)
    {
        Dialer dialer = peer.Dialer!;
        dialer.Current = null;
        while (dialer.TryNext())
        {
            if (TryDial(peer, dialer))
                return;
        }
        if (peer.Parked is { } parked)
        {
            Accept(parked, peer);
        }
        else if (dialer.TryBeginRound())
        {
            _redialing.Add(peer);
            Schedule(dialer.RetryAt);
        }
        else
        {
            peer.Lose(Words.Unreachable(dialer.Failures.Length > 0 ? dialer.Failures : "the wire-up knows no address of it"));
        }
    }

    private bool TryDial(TcpPeer peer, Dialer dialer)
    {
        Counters.Connects++;
        int descriptor = Linux.OpenTcpSocket(dialer.Address.AddressFamily, out Errno error);
        if (descriptor < 0)
        {
            dialer.Note(Words.Text(error), timedOut: error != Errno.EAFNOSUPPORT);
            return false;
        }
        Prepare(descriptor);
        error = Linux.Connect(descriptor, dialer.Address);
        if (error is not (Errno.None or Errno.EINPROGRESS))
        {
            Linux.CloseSocket(descriptor);
            dialer.Note(Words.Text(error), timedOut: error != Errno.ECONNREFUSED);
            return false;
        }
        var handshake = new Handshake(descriptor, HandshakeStage.Connecting) { Peer = peer, Deadline = Environment.TickCount64 + (long)(1000 * Options.ConnectSecondsMax) };
        dialer.Current = handshake;
        Add(handshake, EpollEvents.EPOLLOUT);
        return true;
    }

    private void OnConnected(Handshake handshake)
    {
        Errno error = Linux.TakeSocketError(handshake.Descriptor);
        if (error != Errno.None)
        {
            Fail(handshake, Words.Text(error), timedOut: error != Errno.ECONNREFUSED);
            return;
        }
        handshake.Stage = HandshakeStage.AwaitGreeting;
        long patience = handshake.Peer!.Dialer!.GreetingMilliseconds;
        handshake.Deadline = patience == long.MaxValue ? patience : Environment.TickCount64 + patience;
        if (patience != long.MaxValue)
            Schedule(handshake.Deadline);
        Linux.EpollModify(SocketsFd, handshake.Descriptor, EpollEvents.EPOLLIN, handshake.Slot);
    }

    private void OnGreeting(Handshake handshake)
    {
        ReadOnlySpan<byte> greeting = handshake.Read(TcpHandshake.GreetingBytes, out Errno error);
        TcpPeer peer = handshake.Peer!;
        if (greeting.IsEmpty)
        {
            if (error != Errno.EAGAIN)
                Fail(handshake, error == Errno.None ? "closed before it greeted" : Words.Text(error), timedOut: true);
            return;
        }
        if (!TcpHandshake.TryReadVersion(greeting, out uint version))
        {
            Fail(handshake, "something else than an endpoint answers there");
            return;
        }
        if (version != TcpFrameHeader.LayoutVersion)
        {
            string address = peer.Dialer!.Address.ToString();
            Drop(handshake);
            peer.Lose(Words.Version(address, version));
            return;
        }
        TcpHandshake.NonceOfGreeting(greeting).CopyTo(handshake.TheirNonce);
        Span<byte> claim = stackalloc byte[TcpHandshake.ClaimBytes];
        TcpHandshake.WriteClaim(
            claim, _directory.Secret.Span, _directory.OwnId, peer.Id, Options.EagerCreditBytes, handshake.TheirNonce, handshake.OwnNonce);
        handshake.Stage = HandshakeStage.AwaitVerdict;
        handshake.Deadline = long.MaxValue;     // from here on the other side may have accepted: only its word, or the connection's end, decides
        if (!handshake.TryWrite(claim))
            Fail(handshake, "closed after its greeting", timedOut: true);
    }

    private void OnVerdict(Handshake handshake)
    {
        ReadOnlySpan<byte> verdict = handshake.Read(TcpHandshake.VerdictBytes, out Errno error);
        TcpPeer peer = handshake.Peer!;
        if (verdict.IsEmpty)
        {
            if (error != Errno.EAGAIN)
                Fail(handshake, "it does not take this process for a member of the job (another secret, or another endpoint listens there)");
            return;
        }
        if (!TcpHandshake.TryReadVersion(verdict, out _) || !TcpHandshake.TryReadVerdict(
            verdict, _directory.Secret.Span, _directory.OwnId, peer.Id, handshake.TheirNonce, handshake.OwnNonce, out int creditBytes))
        {
            Fail(handshake, "it does not prove that it knows the job's secret");
            return;
        }
        handshake.CreditBytes = creditBytes;
        if (peer.Parked is { } parked)
            Drop(parked);
        Open(handshake, peer);
    }

    private void Fail(Handshake handshake, string what, bool silent = false, bool timedOut = false)
    {
        TcpPeer peer = handshake.Peer!;
        peer.Dialer!.Note(what, silent, timedOut);
        Drop(handshake);
        DialNext(peer);
    }

    // ── both ────────────────────────────────────────────────────────────────────────────────────────────────────────

    private void OnHandshake(Handshake handshake)
    {
        if (handshake.Stage == HandshakeStage.Connecting)
        {
            OnConnected(handshake);
            return;     // if the greeting is there already, epoll tells so in the next pass
        }
        switch (handshake.Stage)
        {
            case HandshakeStage.AwaitGreeting:
                OnGreeting(handshake);
                break;
            case HandshakeStage.AwaitVerdict:
                OnVerdict(handshake);
                break;
            case HandshakeStage.AwaitClaim:
                OnClaim(handshake);
                break;
            case HandshakeStage.Parked:
                Drop(handshake);        // before the verdict only its end can come
                break;
        }
    }

    private void Add(Handshake handshake, EpollEvents events)
    {
        handshake.Slot = Watch(handshake.Descriptor, events, handshake);
        _handshakes.Add(handshake);
        if (handshake.Deadline != long.MaxValue)
            Schedule(handshake.Deadline);
    }

    /// <summary>Ends a connection that has not come to its first frame.</summary>
    private void Drop(Handshake handshake)
    {
        if (handshake.Stage == HandshakeStage.AwaitClaim)
            _strangers--;
        if (handshake.Peer is { } peer)
        {
            if (peer.Dialer?.Current == handshake)
                peer.Dialer.Current = null;
            if (peer.Parked == handshake)
                peer.Parked = null;
        }
        _handshakes.Remove(handshake);
        Linux.CloseSocket(handshake.Descriptor);
        FreeSlot(handshake.Slot);
        if (_acceptPaused && _strangers < Options.HandshakesMax)
            PauseAccepting(false);
    }

    private void Open(Handshake handshake, TcpPeer peer)
    {
        _handshakes.Remove(handshake);
        _slots[handshake.Slot] = peer;
        _open.Add(peer);
        peer.Open(handshake.Descriptor, handshake.Slot, handshake.CreditBytes);
        if (_acceptPaused && _strangers < Options.HandshakesMax)
            PauseAccepting(false);
        ScheduleHealthCheck();
    }

    private sealed class Listener(int descriptor, int port)
    {
        public int Descriptor { get; } = descriptor;

        public int Port { get; } = port;

        public int Slot { get; set; } = -1;
    }

    private sealed class TimerSlot;
}
