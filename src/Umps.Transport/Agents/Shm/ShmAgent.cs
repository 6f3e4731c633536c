using System;
using System.Collections.Generic;
using System.Threading;
using Umps.Transport.Polling;
using Umps.Transport.Pool;

namespace Umps.Transport.Agents.Shm;

/// <summary>The agent of the node: messages cross in the ring slots of a pair, longer ones in units whose descriptors are handed over.</summary>
/// <remarks>
/// One thread at a time is inside. Sending touches the pair's block towards the peer, this rank's units and the peer's doorbell; polling touches the blocks of the
/// senders that are active. Nothing here allocates or locks for a message; the doorbell is the only system call.
/// <code>
///  TrySend    slot(s) filled → Sequence released → full fence → peer armed? ring. Our bit among its active senders? set it, ring again
///  Poll       bits → active peers → next slot's Sequence acquired → handler → slots and units back → full fence → sender refused? ring it
/// </code>
/// The bit stays set while the peer is looked at; it is cleared when nothing came for long, and looked for once more after that (a fence on both sides, so no message is missed).
/// </remarks>
internal sealed unsafe partial class ShmAgent : INicAgent, IPayloadHolder
{
    private readonly NodeMapping _memory;
    private readonly int _own;
    private readonly int _eagerBytesMax, _uncrowdedEagerBytesMax;
    private readonly int _eagerCredit, _fragmentCredit;
    private readonly UnitPool _units;
    private readonly SemiPoller _poller;
    private readonly DoorbellLine* _line;
    private readonly ShmPeer?[] _peers;         // by endpoint; null: of another node, or this one itself
    private readonly ShmPeer?[] _locals;        // by local index
    private readonly bool _crossCopy;
    private readonly HotRanges? _hotRanges;
    private ShmCounters _counters;

    /// <summary>Makes the agent of one rank, and its units.</summary>
    public ShmAgent(NodeMapping memory, PeerDirectory directory, SemiPoller poller, TransportOptions options)
    {
        PeerPlace self = directory.Places[directory.OwnId];
        _memory = memory;
        _own = self.LocalIndex;
        _poller = poller;
        _line = (DoorbellLine*)memory.At(memory.Layout.Control(_own));
        _eagerBytesMax = options.Shm.EagerBytesMax;
        _uncrowdedEagerBytesMax = options.Shm.UncrowdedEagerBytesMax;
        _crossCopy = options.Shm.CrossCopy;
        _hotRanges = options.Shm.HugePages && options.Shm.CrossCopy ? new HotRanges() : null;
        _units = new UnitPool(memory, _own);
        _fragmentCredit = PoolSize.CreditOf(_units.Count);
        _eagerCredit = _fragmentCredit - PoolSize.FragmentReserve;
        _peers = new ShmPeer?[directory.Places.Length];
        _locals = new ShmPeer?[memory.Layout.Ranks];
        foreach (PeerPlace place in directory.Places)
        {
            if (place.Node == self.Node && place.Id != self.Id)
                _peers[place.Id] = _locals[place.LocalIndex] = new ShmPeer(memory, _own, place.LocalIndex, place.Id);
        }
        _active = new ShmPeer[_locals.Length];
        _bitmap = (ulong*)memory.At(memory.Layout.Bitmap(_own));
        _bitmapWords = memory.Layout.BitmapWords;
        _activeBits = new ulong[_bitmapWords];
    }

    /// <inheritdoc/>
    public AgentKind Kind => AgentKind.Shm;

    /// <inheritdoc/>
    public bool HasUnsent => false;

    /// <summary>The units, for ShowState.</summary>
    public UnitPool Units => _units;

    /// <inheritdoc/>
    public bool Reaches(int peer) => _peers[peer] is not null;

    /// <inheritdoc/>
    public int EagerBytesMax(int peer) => _eagerBytesMax;

    /// <inheritdoc/>
    public AgentState ShowState()
    {
        List<KeyValuePair<string, long>> counters = _counters.ToList();
        counters.Add(new("credit-units-a-peer", _fragmentCredit));
        foreach (ShmPeer? peer in _locals)
            peer?.Show(counters);
        return new AgentState(AgentKind.Shm, counters);
    }

    /// <summary>Nothing to close: what has been sent stays in the node's memory until the peers have read it.</summary>
    public void Dispose()
    {
        // Endpoint tells the peers, and lets go of the memory.
    }

    /// <summary>Publishing is done: wakes the peer if it sleeps for this, and sees to it that it looks here.</summary>
    private void Announce(ShmPeer to, bool control)
    {
        if (Doorbell.RingIfArmed(to.Doorbell, to.EventDescriptor, control))
            _poller.CountRing();
        if ((Volatile.Read(ref *to.ActiveWord) & to.ActiveBit) == 0)
            BecomeActive(to, control);
    }

    private void BecomeActive(ShmPeer to, bool control)
    {
        Interlocked.Or(ref *to.ActiveWord, to.ActiveBit);
        if (Doorbell.RingIfArmed(to.Doorbell, to.EventDescriptor, control))
            _poller.CountRing();
    }
}
