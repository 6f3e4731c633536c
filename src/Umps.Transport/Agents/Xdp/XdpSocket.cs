using System;
using System.Collections.Generic;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Threading;
using Umps.Transport.Agents.Ethernet;
using Umps.Transport.Agents.Link;
using Umps.Transport.Interop;
using Umps.Transport.Pool;

namespace Umps.Transport.Agents.Xdp;

/// <summary>A rank's end of an interface: its units in the UMEM, and the four rings.</summary>
/// <remarks>
/// RX and TX are this rank's own. FILL and COMPLETION are all ranks': one at a time serves them, who holds their <see cref="TryWord"/>, for all. A unit that has been sent is marked so in the states
/// by whoever finds it in COMPLETION; its owner looks there.
/// <code>
///  state of a send unit:   Idle ──TryEnqueue──► Queued ──(any rank, from COMPLETION)──► Idle
/// </code>
/// A holder that dies is no harm: indices are published last, so its successor does the same again. At worst a unit is marked idle that has just been sent once more, and a frame is spoilt: its check says so.
/// XdpSocket.Send.cs, XdpSocket.Receive.cs: the two ways of a frame.
/// </remarks>
internal sealed unsafe partial class XdpSocket : IDisposable
{
    /// <summary>In a descriptor: the frame goes on in the next.</summary>
    private const uint Continues = Pool.Descriptor.Continues;

    private readonly XdpShape _shape;
    private readonly PortFlags _flags;
    private readonly EthernetRoutes _routes;
    private readonly XdpRing _rx, _tx, _fill, _completion;
    private readonly byte* _umem;
    private readonly byte* _states;             // of all ranks' send units
    private TryWord _fillWord, _completionWord;
    private bool _disposed;

    /// <summary>Maps the rings of a socket that the kernel agent has opened.</summary>
    /// <param name="directory">The peers.</param>
    /// <param name="port">The socket, which stays open for as long as this object lives, and what is known of it.</param>
    /// <param name="area">The area that the kernel agent opened it with, in this process.</param>
    /// <exception cref="UmpsException">1004: the area is another version's. 1306: the rings cannot be mapped.</exception>
    public XdpSocket(PeerDirectory directory, in LinkPort port, byte* area)
    {
        PortFacts facts = port.Facts;
        Descriptor = port.Descriptor;
        _flags = (PortFlags)facts.Word0;
        _shape = XdpShape.Of(in facts);
        _routes = new EthernetRoutes(directory, in facts);
        var header = (XdpHeader*)area;
        _umem = area + _shape.UmemOffset;
        _states = area + XdpShape.StatesOffset;
        _fillWord = new TryWord(&header->Fill);
        _completionWord = new TryWord(&header->Completion);
        bool mayBeLong = (_flags & PortFlags.Fragments) != 0;
        FrameBytesMax = Math.Min(facts.Mtu - (EthernetHeader.SizeBytes - EthernetBytes), mayBeLong ? LinkFrameHeader.FrameBytesMax : UnitPayloadMax);
        ReceiveFramesMax = _shape.RxEntries / ((FrameBytesMax + EthernetHeader.SizeBytes + ReceivedBytesAUnit - 1) / ReceivedBytesAUnit);
        _firstUnit = facts.Slot * _shape.SendUnits;
        _sendUnits = _umem + ((long)_firstUnit << XdpShape.UnitShift);
        _unitsAFrame = (FrameOffset + FrameBytesMax + XdpShape.UnitBytes - 1) / XdpShape.UnitBytes;
        Units = (_shape.SendUnits - XdpShape.ShortUnits) / _unitsAFrame;
        _freeUnits = new int[Units];
        _returned = new int[Units];
        _lastUnits = new int[Units];
        _homeless = new int[_shape.ReceiveUnits];
        _pending = (Descriptor*)NativeMemory.AllocZeroed((nuint)((PendingMax + _unitsAFrame) * sizeof(Descriptor)));
        _batch = (Came*)NativeMemory.AllocZeroed((nuint)(XdpShape.BatchMax * sizeof(Came)));
        for (int i = 0; i < Units; i++)
        {
            _freeUnits[i] = Units - 1 - i;
            _lastUnits[i] = i * _unitsAFrame;
        }
        _freeCount = Units;
        if (mayBeLong)
        {
            _long = (byte*)NativeMemory.AlignedAlloc(LongFrames * LongFrameRoom, 64);
            _longFree = new int[LongFrames];
            for (_longFreeCount = 0; _longFreeCount < LongFrames; _longFreeCount++)
                _longFree[_longFreeCount] = _longFreeCount;
        }
        try
        {
            if (header->Magic != XdpHeader.MagicValue || header->Version != XdpHeader.VersionValue || header->Ranks != _shape.LocalRanks)
                throw Throw.WrongLayout("an area of AF_XDP of version", header->Version, XdpHeader.VersionValue);
            _rx = new XdpRing(Descriptor, XdpRingKind.Rx, _shape.RxEntries);
            _tx = new XdpRing(Descriptor, XdpRingKind.Tx, _shape.TxEntries);
            _fill = new XdpRing(Descriptor, XdpRingKind.Fill, _shape.FillEntries);
            _completion = new XdpRing(Descriptor, XdpRingKind.Completion, _shape.CompletionEntries);
            _rxConsumer = Volatile.Read(ref *_rx.Consumer);
            _txProducer = Volatile.Read(ref *_tx.Producer);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc cref="IFrameCarrier.Descriptor"/>
    public int Descriptor { get; }

    /// <summary>Where peers reach this rank.</summary>
    public string Address => _routes.Own.ToString();

    /// <inheritdoc cref="IFrameCarrier.FrameBytesMax"/>
    public int FrameBytesMax { get; }

    /// <inheritdoc cref="IFrameCarrier.FrameBytesMaxTo"/>
    public int FrameBytesMaxTo(int peer) => _routes.FrameBytesMaxTo(peer, FrameBytesMax);

    /// <inheritdoc cref="IFrameCarrier.ReceiveFramesMax"/>
    public int ReceiveFramesMax { get; }

    /// <inheritdoc cref="IFrameCarrier.TryAddPeer"/>
    public bool TryAddPeer(int peer, string address) => _routes.TryAdd(peer, address);

    /// <summary>The owner goes to sleep: units that others may want go back.</summary>
    public void BeforeSleep()
    {
        EndBatch();
        GiveBack();
        Reap();
    }

    /// <inheritdoc cref="IFrameCarrier.AddCounters"/>
    public void AddCounters(List<KeyValuePair<string, long>> counters)
    {
        XdpStatistics kernel = Linux.XdpStatisticsOf(Descriptor);
        counters.Add(new("zero-copy", Bit(PortFlags.ZeroCopy)));
        counters.Add(new("native", Bit(PortFlags.Native)));
        counters.Add(new("peers by datagrams", _routes.RoutedPeers));
        counters.Add(new("kicks", _kicks));
        counters.Add(new("kicks again", _kicksAgain));
        counters.Add(new("kicks in vain", _kicksInVain));
        counters.Add(new("pokes", _pokes));
        counters.Add(new("frames dropped at the interface", _dropped));
        counters.Add(new("words taken over", _fillWord.TakenOver + _completionWord.TakenOver));
        counters.Add(new("kept frames", _keptCount + _longKept));
        counters.Add(new("units in hand", _homelessCount));
        counters.Add(new("rx dropped", (long)kernel.RxDropped));
        counters.Add(new("rx ring full", (long)kernel.RxRingFull));
        counters.Add(new("fill ring empty", (long)kernel.FillRingEmpty));
        counters.Add(new("invalid descriptors", (long)(kernel.RxInvalidDescriptors + kernel.TxInvalidDescriptors)));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        if (_fill.Descriptors != null)
        {
            EndBatch();
            GiveBack();
        }
        foreach (XdpRing ring in (XdpRing[])[_rx, _tx, _fill, _completion])
            ring.Unmap();
        _routes.Dispose();
        NativeMemory.Free(_pending);
        NativeMemory.Free(_batch);
        NativeMemory.AlignedFree(_long);
    }

    private long Bit(PortFlags flag) => (_flags & flag) != 0 ? 1 : 0;
}
