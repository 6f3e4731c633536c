using System.Collections.Generic;
using System.Threading;
using Umps.Transport.Polling;
using Umps.Transport.Pool;
using Umps.Transport.Rings;

namespace Umps.Transport.Agents.Shm;

/// <summary>Another rank of the node: the pair's two blocks, its doorbell, what of ours it holds. Made at first contact; some 300 bytes, and 4 KB once it has sent units.</summary>
internal sealed unsafe class ShmPeer
{
    private readonly NodeMapping _memory;
    private readonly int _own;

    public ShmPeer(NodeMapping memory, int own, int local, int endpoint)
    {
        _memory = memory;
        _own = own;
        Local = local;
        Endpoint = endpoint;
        PoolLayout layout = memory.Layout;
        Doorbell = (DoorbellLine*)memory.At(layout.Control(local));
        EventDescriptor = memory.EventDescriptors[local];
        ActiveWord = (ulong*)memory.At(layout.Bitmap(local)) + (own / 64);
        ActiveBit = 1UL << (own % 64);
        UnitsOffset = (ulong)layout.Units(local);
    }

    // Who it is.
    public readonly int Local;
    public readonly int Endpoint;
    public readonly DoorbellLine* Doorbell;
    public readonly int EventDescriptor;
    public readonly ulong* ActiveWord;      // of the peer's bitmap of active senders, the word with our bit
    public readonly ulong ActiveBit;
    public CrossCopyWay CopyWay;
    public bool IsLost;

    // Towards it: txBusyQ, and the ring on which our units come home.
    public SlotProducer Out;
    public PairLines* OutLines;
    public RingConsumer<UnitWord>? UnitsHome;
    public int UnitsOut;                    // ours that it has, or that are on their way home
    public uint WideSent, WideReleasedSeen; // wide messages: the difference is what the peer may be holding copies of
    public bool CanSend;
    public uint OutSeen;                    // transfers of it in which there is nothing left to claim for us
    public bool HasAnswered = true;         // a message of it has come since a long payload went in slots: no burst of them
    public bool HasFailedToWrite;           // a copy into its memory has failed

    // From it: rxBusyQ, and the ring on which its units go home.
    public SlotConsumer In;
    public PairLines* InLines;
    public RingProducer<UnitWord>? UnitsBack;
    public uint[]? Chain;                   // by unit of the peer: next unit of its message, generation in the upper half
    public readonly ulong UnitsOffset;
    public bool IsActive;
    public bool CanReceive;
    public int EmptyLooks;
    public uint WideReleased;
    public uint InOpened, InEnded;          // transfers opened; those up to which all have ended
    public uint InEndedBits;                // and those after it that have

    public IdentityLine* Identity => _memory.Identity(Local);

    /// <summary>The pair's block towards the peer exists from now on.</summary>
    public void PrepareSending()
    {
        byte* block = Block(_own, Local);
        _memory.Allocate(_memory.Layout.Pair(_own, Local), PoolLayout.PairBytes, "a pair's ring");
        Interop.Linux.Populate(block, PoolLayout.PairBytes);
        OutLines = (PairLines*)block;
        Out = new SlotProducer((RingSlot*)(block + PoolLayout.PairSlotsOffset), &OutLines->SlotsHead, PoolLayout.SlotsAPair);
        UnitsHome = new RingConsumer<UnitWord>(
            &OutLines->ReturnTail, &OutLines->ReturnHead, (UnitWord*)(block + PoolLayout.PairReturnsOffset), PoolLayout.ReturnEntries);
        CanSend = true;
    }

    /// <summary>The pair's block from the peer exists: the peer has set its bit.</summary>
    public void PrepareReceiving()
    {
        byte* block = Block(Local, _own);
        Interop.Linux.Populate(block, PoolLayout.PairBytes);
        InLines = (PairLines*)block;
        In = new SlotConsumer((RingSlot*)(block + PoolLayout.PairSlotsOffset), &InLines->SlotsHead, PoolLayout.SlotsAPair);
        UnitsBack = new RingProducer<UnitWord>(
            &InLines->ReturnTail, &InLines->ReturnHead, (UnitWord*)(block + PoolLayout.PairReturnsOffset), PoolLayout.ReturnEntries);
        CanReceive = true;
    }

    /// <summary>Adds what is worth showing of the pair.</summary>
    public void Show(List<KeyValuePair<string, long>> counters)
    {
        if (CanSend && OutLines != null)        // another thread may be making them
        {
            counters.Add(new($"to-{Endpoint}-slots-waiting", Out.Tail - Volatile.Read(ref OutLines->SlotsHead)));
            counters.Add(new($"to-{Endpoint}-units-out", UnitsOut));
            counters.Add(new($"to-{Endpoint}-refused", OutLines->Refused));
        }
        if (CanReceive)
            counters.Add(new($"from-{Endpoint}-slots-waiting", In.CountFilled()));
    }

    private byte* Block(int sender, int receiver) => _memory.At(_memory.Layout.Pair(sender, receiver));
}
