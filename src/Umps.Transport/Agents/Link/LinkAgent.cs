using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using Umps.Transport.Interop;
using Umps.Transport.Polling;
using Umps.Transport.Pool;

namespace Umps.Transport.Agents.Link;

/// <summary>Messages over a carrier of frames that promises nothing: in order, whole and once, with back-pressure. The same for every link, whatever carries it.</summary>
/// <remarks>
/// <code>
///  TrySend ─► unit ─► SendWindow ─► carrier ~~~~~~► carrier ─► ReceiveWindow ─► handler
///                        ▲                              │
///                        └────── Ack, Edge, Consumed ◄──┘    in every frame, and in frames of their own
/// </code>
/// A message is copied once, into the units that carry it, and stays there until the receiver has acknowledged them. The receiver delivers out of the carrier's memory. What is
/// acknowledged is what the layer above has been given, so there is no second queue: a receiver that does not look lets its peers wait at the edge of their windows.
/// Three bounds hold a sender: its window (frames not acknowledged), the edge (frames that the receiver has units for), credit (eager bytes that the receiver's upper layer has not
/// consumed). The frames under way are bounded once more by what the network seems to carry.
/// Acknowledgements ride on frames that go back; one of their own leaves when many are owed, or a pass finds nothing more, or before a sleep, or at once when a frame is missing.
/// LinkAgent.Send.cs, LinkAgent.Packing.cs, LinkAgent.Receive.cs: the two ways of a frame. LinkAgent.Timers.cs: hellos, patience, silence. LinkAgent.Leaving.cs: the end.
/// </remarks>
internal sealed unsafe partial class LinkAgent<TCarrier> : ISocketAgent, ICreditOwner
    where TCarrier : struct, IFrameCarrier
{
    private readonly PeerDirectory _directory;
    private readonly LinkPeer?[] _peers;
    private readonly List<LinkPeer> _contacted = [];    // connecting or open
    private readonly List<LinkPeer> _lost = [];         // to be told
    private readonly ulong[] _tokensIn;                 // by peer; 0: not computed yet
    private readonly int* _done;                        // units that an acknowledgement gives back
    private readonly PerMessageCost? _perMessage;       // of other designs, where asked for
    private TCarrier _carrier;
    private SleepSet? _sleepers;
    private int _sleepPlace;
    private int _open;
    private bool _wakesSleeper;     // somebody sleeps, or is about to: what changes is planned anew
    private bool _sleepIsNear;      // until the next pass
    private long _clock;            // as it was last read; to read it takes as long as a third of a pass
    private bool _disposed;

    /// <summary>Takes over a carrier.</summary>
    /// <param name="directory">Peers and secret.</param>
    /// <param name="options">Credits, windows, time limits.</param>
    /// <param name="carrier">Carries the frames; disposed by the agent, also when this fails.</param>
    /// <param name="findAddress">Asks the wire-up for what a peer's carrier said of itself.</param>
    /// <exception cref="UmpsException">1305: options are out of range. 1306: the kernel gives no descriptor.</exception>
    public LinkAgent(PeerDirectory directory, LinkOptions options, TCarrier carrier, Func<int, string>? findAddress)
    {
        _carrier = carrier;
        _directory = directory;
        Options = options;
        FindAddress = findAddress;
        _peers = new LinkPeer?[directory.Places.Length];
        _tokensIn = new ulong[directory.Places.Length];
        _lookedAt = carrier.Now;
        _perMessage = PerMessageCost.Of(options.PerMessage);
        Held = new HeldPayloads(this);
        _done = (int*)NativeMemory.Alloc(SendWindow.FramesMax, sizeof(int));
        _keeper = new LinkKeeper(SayAlive, Interval);
        try
        {
            string[] faults = [.. options.Faults()];
            if (faults.Length > 0)
                throw new UmpsException(ErrorId.LinkOptions, $"UMPS{ErrorId.LinkOptions} endpoint {directory.OwnId} LinkAgent: {string.Join("; ", faults)}.");
        }
        catch
        {
            CloseAll();
            throw;
        }
    }

    /// <summary>Where peers reach this endpoint.</summary>
    public string Address => _carrier.Address;

    /// <summary>False where who waits does not look again and again: a look that is left out would be a sleep too many.</summary>
    public bool MayRest { get; init; } = true;

    /// <inheritdoc/>
    public AgentKind Kind => _carrier.Kind;

    /// <inheritdoc/>
    /// <remarks>Until the peer has acknowledged them: if they get lost, somebody has to send them again.</remarks>
    public bool HasUnsent => _frames > 0 || _owed.Count > 0;

    internal LinkOptions Options { get; }

    internal LinkCounters Counters { get; } = new();

    internal HeldPayloads Held { get; }

    private Func<int, string>? FindAddress { get; }

    /// <inheritdoc/>
    public bool Reaches(int peer) => (uint)peer < (uint)_peers.Length && peer != _directory.OwnId;

    /// <inheritdoc/>
    public int EagerBytesMax(int peer) => Options.EagerBytesMax;

    /// <inheritdoc/>
    public int Poll<THandler>(ref THandler handler) where THandler : struct, IFrameHandler
    {
        _sleepIsNear = false;
        Passes++;
        FlushGathered();
        if (_restUntil != 0 && RestGoesOn())
            return 0;
        int done = ReceiveAll(ref handler);
        if (done == 0 && _restOf is null && (++_emptyPasses & (PassesAClock - 1)) != 0 && !_wakesSleeper)
            return 0;
        long now = _clock = _carrier.Now;
        NoteLook(now);
        if (_owed.Count > 0)
            SendAcksInTime(now - _owedSince, isQuiet: done == 0);
        if (_isBlocked)
            SendBlocked(now);
        if (now >= _dueAt)
            RunTimers(now);
        Flush();
        if (_lost.Count > 0)
            done += TellLost(ref handler);
        return done;
    }

    /// <inheritdoc/>
    /// <remarks>The carrier's descriptor itself: a sleep of one call, and while nobody sleeps no frame that comes, and none that leaves, looks for sleepers.</remarks>
    public void SleepBy(SleepSet sleepers)
    {
        _sleepers = sleepers;
        _sleepPlace = sleepers.Add(_carrier.Descriptor);
    }

    /// <summary>The caller goes to sleep: acknowledgements leave, and it is planned until when. With the gate held.</summary>
    public void BeforeSleep()
    {
        FlushGathered();
        SendAcks(all: true);
        Flush();
        _carrier.BeforeSleep(_sleepers is null || _sleepers.TakeError(_sleepPlace));
        if (_frames == 0)
            ForgetDeadlines();
        _sleepIsNear = true;
        _wakesSleeper = true;
        PlanSleep();
    }

    /// <summary>The caller looks itself from now on. With the gate held.</summary>
    public void AfterSleep()
    {
        if (!_wakesSleeper)
            return;
        _wakesSleeper = false;
        _lookedAt = _carrier.Now;       // while it slept every arrival would have woken it
    }

    /// <inheritdoc/>
    public AgentState ShowState()
    {
        int underWay = 0;
        long credit = 0;
        foreach (LinkPeer? peer in _peers)
        {
            if (peer is null || peer.State == LinkPeerState.Lost)
                continue;
            underWay += peer.Out.UnderWay;
            credit += peer.CreditBytes - (peer.EagerSent - peer.EagerConsumedThere);
        }
        List<KeyValuePair<string, long>> counters = Counters.Show(_open, _contacted.Count - _open, underWay, Held.Count, _disposed ? 0 : _carrier.FreeUnits, credit);
        if (!_disposed)
            _carrier.AddCounters(counters);
        return new AgentState(Kind, counters);
    }

    /// <summary>Payload that was held has been released.</summary>
    public void ReturnCredit(int peer, int bytes)
    {
        if (bytes <= LinkPeer.FreeBytesMax || _peers[peer] is not { State: LinkPeerState.Open } from)
            return;
        from.EagerConsumed += (uint)bytes;
        if (!OwesCredit(from))
            return;
        SendAck(from, flags: 0);         // should it be lost, the sender asks
        Flush();
    }

    /// <summary>This endpoint is going to send to a peer that may have come by itself before it was asked for its addresses.</summary>
    /// <remarks>Its way may take shorter frames than was to be seen from its first one; nothing but signs of life has been sent to it.</remarks>
    public void BeginSending(int id)
    {
        if (_peers[id] is { State: LinkPeerState.Open } peer && _carrier.TryAddPeer(id, FindAddress?.Invoke(id) ?? ""))
            peer.SetFrameBytesMax(_carrier.FrameBytesMaxTo(id));
    }

    /// <summary>A peer that was contacted; for tests.</summary>
    internal LinkPeer? PeerOf(int id) => _peers[id];

    private LinkPeer Contact(int id)
    {
        if (!Reaches(id))
            throw new ArgumentOutOfRangeException(nameof(id), id, "no such peer");
        string list = FindAddress?.Invoke(id) ?? "";
        LinkPeer peer = Add(id);
        if (list.Length == 0 || !_carrier.TryAddPeer(id, list))
        {
            Lose(peer, LinkWords.NoAddress(list));
            return peer;
        }
        peer.SetFrameBytesMax(_carrier.FrameBytesMaxTo(id));
        peer.Addresses = list;
        peer.HelloAt = _carrier.Now;
        SayHello(peer, peer.HelloAt);
        return peer;
    }

    private LinkPeer Add(int id)
    {
        var peer = new LinkPeer(id, LinkToken.Of(_directory.Secret.Span, _directory.OwnId, id), Options.EagerCreditBytes) { HeardAt = _carrier.Now };
        _contacted.Add(peer);
        _peers[id] = peer;
        return peer;
    }

    /// <summary>Gone: gives back what it holds. Told to the layer above at the end of the pass.</summary>
    private void Lose(LinkPeer peer, string reason)
    {
        if (peer.State == LinkPeerState.Lost)
            return;
        if (peer.State == LinkPeerState.Open)
            _open--;
        peer.State = LinkPeerState.Lost;
        peer.LostReason = reason;
        _frames -= peer.Out.Count;
        int units = peer.Out.Drop(new Span<int>(_done, SendWindow.FramesMax));
        for (int i = 0; i < units; i++)
            _carrier.ReturnUnit(_done[i]);
        while (peer.In.TryDrop(out int token))
            _carrier.ReturnKept(token);
        peer.FreeMemory();
        _contacted.Remove(peer);
        if (peer.IsGathering)
            _gathering.Remove(peer);
        peer.IsGathering = false;
        if (peer.IsOwed)
            _owed.Remove(peer);
        _lost.Add(peer);
        Counters.PeersLost++;
    }

    private int TellLost<THandler>(ref THandler handler) where THandler : struct, IFrameHandler
    {
        int done = 0;
        while (_lost.Count > 0)
        {
            LinkPeer peer = _lost[0];
            _lost.RemoveAt(0);
            handler.OnPeerLost(peer.Id, peer.LostReason);
            done++;
        }
        return done;
    }
}
