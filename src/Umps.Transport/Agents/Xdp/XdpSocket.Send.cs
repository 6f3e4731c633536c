using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading;
using Umps.Transport.Agents.Ethernet;
using Umps.Transport.Agents.Link;
using Umps.Transport.Interop;
using Umps.Transport.Pool;

namespace Umps.Transport.Agents.Xdp;

/// <summary>The sending half: units, TX, COMPLETION.</summary>
/// <remarks>
/// A frame lies in its unit behind room for the Ethernet header, which is written when it is enqueued: so what the link fills begins on a cache line.
/// <code>
///  0         48                64
///  | unused  | EthernetHeader  | LinkFrameHeader, payload …
///  0  16                       64
///  |  | RoutedHeader           | LinkFrameHeader, payload …        to a peer with a router between
/// </code>
/// A frame that is longer than a unit goes on in the next ones: a unit of the link is a run of them, as long as the longest frame needs, and TX has a descriptor for each.
/// Frames gather in a list of this process and go into TX in one go, with one call to the kernel behind them: in copy mode that call sends them, and on a veth pair takes them up to the receiver's RX.
/// TX has one producer at a time, the owner's thread or the thread that says that this process lives (<see cref="SendAtOnce"/>): <see cref="_txHeld"/> says whether one is at it. Nobody waits for it.
/// </remarks>
internal sealed unsafe partial class XdpSocket
{
    /// <summary>Descriptors that gather before they are sent in any case.</summary>
    private const int PendingMax = 64;

    private const int FrameOffset = 64;

    /// <summary>What Ethernet itself puts before a frame's payload.</summary>
    private const int EthernetBytes = 14;

    private const int ReceivedBytesAUnit = XdpShape.UnitBytes - Linux.XdpHeadroomBytes;

    /// <summary>The longest frame that a receiver has in one unit.</summary>
    private const int UnitPayloadMax = ReceivedBytesAUnit - EthernetHeader.SizeBytes;

    private const byte Idle = 0;
    private const byte Queued = 1;

    /// <summary>Frames sent before COMPLETION is looked at.</summary>
    private const int ReapEvery = 32;

    /// <summary>Fewer free units, and units that have been sent are looked for.</summary>
    private const int FreeUnitsLow = 64;

    private readonly byte* _sendUnits;
    private readonly int _firstUnit;            // of this rank in the UMEM
    private readonly int _unitsAFrame;          // units of the UMEM that are one of the link
    private readonly int[] _lastUnits;          // of a unit of the link, what its frame used last: the state that counts
    private readonly int[] _freeUnits;          // used last in, first out
    private readonly int[] _returned;           // a ring: not needed any more, but not known to have been sent
    private readonly Descriptor* _pending;
    private int _freeCount;
    private uint _returnedHead, _returnedTail;
    private int _pendingCount;
    private int _sentSinceReap;
    private bool _isUnsent;                     // the kernel has left some in TX
    private int _txHeld;
    private uint _txProducer;                   // by who holds it
    private readonly int[] _shorts = new int[XdpShape.ShortUnits];  // frames that leave at once: ShortFree, ShortBeingFilled, or a length with that of its header
    private int _shortsReady;
    private long _kicks, _kicksAgain, _kicksInVain, _dropped;

    /// <summary>Where in this rank's share of the UMEM frames lie that leave at once.</summary>
    private int FirstShort => _shape.SendUnits - XdpShape.ShortUnits;

    private const int ShortFree = 0;
    private const int ShortBeingFilled = -1;
    private const int ShortHeaderShift = 16;

    /// <inheritdoc cref="IFrameCarrier.Units"/>
    public int Units { get; }

    /// <inheritdoc cref="IFrameCarrier.FreeUnits"/>
    public int FreeUnits
    {
        get
        {
            if (_freeCount < FreeUnitsLow)
                Reap();
            return _freeCount;
        }
    }

    /// <inheritdoc cref="IFrameCarrier.TakeUnit"/>
    public int TakeUnit() => _freeUnits[--_freeCount];

    /// <inheritdoc cref="IFrameCarrier.UnitBytes"/>
    public byte* UnitBytes(int unit) => BytesOf(unit * _unitsAFrame);

    /// <inheritdoc cref="IFrameCarrier.IsBusy"/>
    public bool IsBusy(int unit)
    {
        if (StateOf(_lastUnits[unit]) == Idle)
            return false;
        Reap();
        return StateOf(_lastUnits[unit]) != Idle;
    }

    /// <inheritdoc cref="IFrameCarrier.ReturnUnit"/>
    public void ReturnUnit(int unit)
    {
        if (StateOf(_lastUnits[unit]) == Idle)
            _freeUnits[_freeCount++] = unit;
        else
            _returned[_returnedTail++ % (uint)_returned.Length] = unit;
    }

    /// <inheritdoc cref="IFrameCarrier.TryEnqueue"/>
    public bool TryEnqueue(int peer, int unit, int lengthBytes)
    {
        if (_pendingCount >= PendingMax && !Flush() && _pendingCount >= PendingMax)
            return false;
        EthernetHeader* header = _routes.HeaderTo(peer);
        if (header == null)
            return true;        // nobody knows where: lost
        Debug.Assert(lengthBytes <= FrameBytesMaxTo(peer) && !IsBusy(unit));
        int first = unit * _unitsAFrame;
        int headerBytes = PutHeader(peer, header, BytesOf(first), lengthBytes);
        int left = lengthBytes - (XdpShape.UnitBytes - FrameOffset);
        _pending[_pendingCount++] = DescriptorOf(first, Math.Min(lengthBytes, XdpShape.UnitBytes - FrameOffset), headerBytes);
        for (; left > 0; left -= XdpShape.UnitBytes)
        {
            _pending[_pendingCount - 1].Options = Continues;
            _pending[_pendingCount++] = new Descriptor { Offset = (ulong)(_firstUnit + ++first) << XdpShape.UnitShift, Length = (uint)Math.Min(left, XdpShape.UnitBytes) };
        }
        _lastUnits[unit] = first;
        _states[_firstUnit + first] = Queued;
        return true;
    }

    /// <inheritdoc cref="IFrameCarrier.Flush"/>
    public bool Flush()
    {
        if (_pendingCount == 0)
            return !_isUnsent || Kick();
        if (!TryHoldTx())
            return false;       // the other thread is at it, for a moment
        uint producer = _txProducer;
        for (int i = 0; i < _pendingCount; i++)
            _tx.Descriptors[producer++ & _tx.Mask] = _pending[i];
        Debug.Assert(producer - Volatile.Read(ref *_tx.Consumer) <= (uint)_tx.Entries, "a unit is in TX once, and TX holds them all");
        _sentSinceReap += _pendingCount;
        _pendingCount = 0;
        Volatile.Write(ref *_tx.Producer, _txProducer = producer);
        LeaveTx();
        bool sent = Kick();
        if (_sentSinceReap >= ReapEvery)
            Reap();
        return sent;
    }

    /// <inheritdoc cref="IFrameCarrier.SendAtOnce"/>
    public void SendAtOnce(int peer, ReadOnlySpan<byte> frame)
    {
        EthernetHeader* header = _routes.HeaderTo(peer);
        if (header == null)
            return;
        for (int i = 0; i < XdpShape.ShortUnits; i++)
        {
            if (Interlocked.CompareExchange(ref _shorts[i], ShortBeingFilled, ShortFree) != ShortFree)
                continue;
            int unit = FirstShort + i;
            if (StateOf(unit) != Idle)
            {
                Volatile.Write(ref _shorts[i], ShortFree);      // not sent yet
                continue;
            }
            frame.CopyTo(new Span<byte>(BytesOf(unit), frame.Length));
            int headerBytes = PutHeader(peer, header, BytesOf(unit), frame.Length);
            Volatile.Write(ref _states[_firstUnit + unit], Queued);
            Volatile.Write(ref _shorts[i], frame.Length | (headerBytes << ShortHeaderShift));
            Interlocked.Increment(ref _shortsReady);
            if (TryHoldTx())
                LeaveTx();      // takes it along
            Linux.KickXdp(Descriptor);
            return;
        }
        // All are on their way: a repetition of this one will be.
    }

    private byte* BytesOf(int umemUnit) => _sendUnits + ((long)umemUnit << XdpShape.UnitShift) + FrameOffset;

    private byte StateOf(int umemUnit) => Volatile.Read(ref _states[_firstUnit + umemUnit]);

    private Descriptor DescriptorOf(int umemUnit, int lengthBytes, int headerBytes) => new()
    {
        Offset = ((ulong)(_firstUnit + umemUnit) << XdpShape.UnitShift) + (uint)(FrameOffset - headerBytes),
        Length = (uint)(lengthBytes + headerBytes),
    };

    /// <summary>Writes before a frame what it needs on its way.</summary>
    /// <returns>How much that is.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int PutHeader(int peer, EthernetHeader* header, byte* frame, int lengthBytes)
    {
        if (EthernetRoutes.IsRouted(header))
        {
            RoutedHeader.Put((RoutedHeader*)frame - 1, _routes.RoutedTo(peer), lengthBytes);
            return RoutedHeader.SizeBytes;
        }
        Unsafe.CopyBlock(frame - EthernetHeader.SizeBytes, header, EthernetHeader.SizeBytes);
        return EthernetHeader.SizeBytes;
    }

    private bool TryHoldTx() => Interlocked.CompareExchange(ref _txHeld, 1, 0) == 0;

    /// <summary>Leaves TX to others, with what they wanted to be sent meanwhile.</summary>
    /// <remarks>The exchange is a full fence: a frame that is made ready after the look is its own thread's to send, which finds TX free then.</remarks>
    private void LeaveTx()
    {
        do
        {
            if (Volatile.Read(ref _shortsReady) != 0)
                SendShorts();
            Interlocked.Exchange(ref _txHeld, 0);
        }
        while (Volatile.Read(ref _shortsReady) != 0 && TryHoldTx());
    }

    private void SendShorts()
    {
        uint producer = _txProducer;
        for (int i = 0; i < XdpShape.ShortUnits; i++)
        {
            int length = Volatile.Read(ref _shorts[i]);
            if (length <= ShortFree)
                continue;
            _tx.Descriptors[producer++ & _tx.Mask] = DescriptorOf(FirstShort + i, length & ((1 << ShortHeaderShift) - 1), length >> ShortHeaderShift);
            Interlocked.Decrement(ref _shortsReady);
            Volatile.Write(ref _shorts[i], ShortFree);
        }
        Volatile.Write(ref *_tx.Producer, _txProducer = producer);
    }

    /// <summary>Tells the kernel that there are frames in TX, if it wants to be told.</summary>
    /// <returns>False when it has no room for some: another call is needed.</returns>
    private bool Kick()
    {
        if ((_flags & PortFlags.ZeroCopy) != 0)
        {
            _isUnsent = false;
            if ((_flags & PortFlags.NeedWakeup) == 0 || (Volatile.Read(ref *_tx.Flags) & Linux.XdpNeedsWakeup) != 0)
            {
                _kicks++;
                Linux.KickXdp(Descriptor);
            }
            return true;
        }
        _kicks++;
        uint before = Volatile.Read(ref *_tx.Consumer);
        while (true)
        {
            Errno error = Linux.KickXdp(Descriptor);
            if (error == Errno.None)
                return !(_isUnsent = false);
            uint consumer = Volatile.Read(ref *_tx.Consumer);
            if (error == Errno.EBUSY)
                _dropped++;                 // one was dropped: the rest may go
            else if (error == Errno.EAGAIN && consumer == before)
                Reap();                     // no room in COMPLETION, or none for the frames that are on their way
            if (error is not (Errno.EAGAIN or Errno.EBUSY or Errno.EINTR) || (consumer == before && error == Errno.EAGAIN))
            {
                _kicksInVain++;
                return !(_isUnsent = consumer != Volatile.Read(ref *_tx.Producer));
            }
            before = consumer;
            _kicksAgain++;
        }
    }

    /// <summary>Marks units that have been sent, those of all ranks, and takes back those of this rank that are not needed any more.</summary>
    private void Reap()
    {
        _sentSinceReap = 0;
        if (Volatile.Read(ref *_completion.Producer) != Volatile.Read(ref *_completion.Consumer) && _completionWord.TryTake())
        {
            uint consumer = *_completion.Consumer;
            uint producer = Volatile.Read(ref *_completion.Producer);
            for (; consumer != producer; consumer++)
            {
                ulong unit = _completion.Addresses[consumer & _completion.Mask] >> XdpShape.UnitShift;
                if (unit < (ulong)_shape.FirstReceiveUnit)
                    Volatile.Write(ref _states[unit], Idle);
            }
            Volatile.Write(ref *_completion.Consumer, consumer);
            _completionWord.Leave();
        }
        while (_returnedHead != _returnedTail)
        {
            int unit = _returned[_returnedHead % (uint)_returned.Length];
            if (StateOf(_lastUnits[unit]) != Idle)
                break;
            _returnedHead++;
            _freeUnits[_freeCount++] = unit;
        }
    }
}
