using System;
using System.Runtime.InteropServices;
using System.Threading;
using Umps.Transport.Agents.Ethernet;
using Umps.Transport.Agents.Link;
using Umps.Transport.Interop;
using Umps.Transport.Pool;

namespace Umps.Transport.Agents.Xdp;

/// <summary>The receiving half: RX, FILL.</summary>
/// <remarks>
/// Frames are read in the units in which they came. Their units go back to FILL many at a time, for its word is a cache line that all ranks want.
/// A frame longer than a unit comes in a run of units, each with headroom of its own. It is put together in memory of this process, and the units go back at once.
/// </remarks>
internal sealed unsafe partial class XdpSocket
{
    /// <summary>Units that gather before they go back.</summary>
    private const int GiveBackAt = 16;

    /// <summary>Long frames that may be kept.</summary>
    private const int LongKeptMax = 64;

    private const int LongFrames = XdpShape.BatchMax + LongKeptMax;
    private const int LongFrameBytes = LinkFrameHeader.FrameBytesMax + EthernetHeader.SizeBytes;
    private const int LongFrameRoom = (LongFrameBytes + 63) & -64;

    // Where a frame is: in a unit (its number), nowhere any more, or in memory for long frames (that one's number, below FirstLong).
    private const int Nowhere = -1;
    private const int FirstLong = -2;

    private readonly Came* _batch;              // the frames of the last Receive
    private readonly int[] _homeless;           // units to be given back
    private readonly byte* _long;               // null where frames are never longer than a unit
    private readonly int[] _longFree = [];
    private int _longFreeCount;
    private int _batchCount;
    private int _homelessCount;
    private int _keptCount, _longKept;
    private uint _rxConsumer;
    private long _pokes;

    /// <inheritdoc cref="IFrameCarrier.Receive"/>
    public int Receive()
    {
        if (_batchCount > 0)
            EndBatch();
        if (_homelessCount >= GiveBackAt)
            GiveBack();
        uint available = Volatile.Read(ref *_rx.Producer) - _rxConsumer;
        if (available == 0)
        {
            if ((_flags & PortFlags.BusyPoll) != 0)
                Poke();
            return 0;
        }
        uint consumer = _rxConsumer, end = consumer + available;
        int count = 0;
        while (consumer != end && count < XdpShape.BatchMax)
        {
            Descriptor descriptor = _rx.Descriptors[consumer & _rx.Mask];
            if ((descriptor.Options & Continues) != 0)
            {
                if (!TryGather(ref consumer, end, _batch + count))
                    break;
                count++;
                continue;
            }
            consumer++;
            _batch[count++] = new Came
            {
                Bytes = _umem + descriptor.Offset + EthernetHeader.SizeBytes,
                LengthBytes = (int)descriptor.Length - EthernetHeader.SizeBytes,
                Place = (int)(descriptor.Offset >> XdpShape.UnitShift),
            };
        }
        Volatile.Write(ref *_rx.Consumer, _rxConsumer = consumer);
        return _batchCount = count;
    }

    /// <inheritdoc cref="IFrameCarrier.Frame"/>
    public byte* Frame(int index, out int lengthBytes)
    {
        lengthBytes = _batch[index].LengthBytes;
        return _batch[index].Bytes;
    }

    /// <inheritdoc cref="IFrameCarrier.Learn"/>
    public void Learn(int peer, int frame) => _routes.Learn(peer, (EthernetHeader*)(_batch[frame].Bytes - EthernetHeader.SizeBytes));

    /// <inheritdoc cref="IFrameCarrier.TryKeep"/>
    public bool TryKeep(int index, out int token)
    {
        token = _batch[index].Place;
        if (token >= 0 ? _keptCount >= _shape.KeptMax : _longKept >= LongKeptMax)
            return false;
        if (token >= 0)
            _keptCount++;
        else
            _longKept++;
        _batch[index].Place = Nowhere;
        return true;
    }

    /// <inheritdoc cref="IFrameCarrier.ReturnKept"/>
    public void ReturnKept(int token)
    {
        if (token >= 0)
            _keptCount--;
        else
            _longKept--;
        Return(token);
    }

    private void EndBatch()
    {
        for (int i = 0; i < _batchCount; i++)
            Return(_batch[i].Place);
        _batchCount = 0;
    }

    private void Return(int place)
    {
        if (place >= 0)
            _homeless[_homelessCount++] = place;
        else if (place <= FirstLong)
            _longFree[_longFreeCount++] = FirstLong - place;
    }

    /// <summary>Puts a frame together that came in a run of units.</summary>
    /// <returns>False when its end is not there yet.</returns>
    private bool TryGather(ref uint consumer, uint end, Came* came)
    {
        uint last = consumer;
        while ((_rx.Descriptors[last & _rx.Mask].Options & Continues) != 0)
        {
            if (++last == end)
                return false;
        }
        // A batch and what is kept have their places: there is always one.
        int place = _longFreeCount > 0 ? _longFree[--_longFreeCount] : -1;
        byte* target = _long + (long)place * LongFrameRoom;
        int length = 0;
        for (; consumer != last + 1; consumer++)
        {
            Descriptor piece = _rx.Descriptors[consumer & _rx.Mask];
            if (place >= 0 && length + (int)piece.Length <= LongFrameBytes)
                new ReadOnlySpan<byte>(_umem + piece.Offset, (int)piece.Length).CopyTo(new Span<byte>(target + length, (int)piece.Length));
            length += (int)piece.Length;
            _homeless[_homelessCount++] = (int)(piece.Offset >> XdpShape.UnitShift);
        }
        *came = new Came
        {
            Bytes = target + EthernetHeader.SizeBytes,
            LengthBytes = place >= 0 && length <= LongFrameBytes ? length - EthernetHeader.SizeBytes : 0,       // nobody sends longer ones: not sound
            Place = place >= 0 ? FirstLong - place : Nowhere,
        };
        return true;
    }

    /// <summary>Units of frames that have been read go to FILL, unless another rank is at it.</summary>
    private void GiveBack()
    {
        if (_homelessCount == 0 || !_fillWord.TryTake())
            return;
        uint producer = *_fill.Producer;
        for (int i = 0; i < _homelessCount; i++)
            _fill.Addresses[producer++ & _fill.Mask] = (ulong)_homeless[i] << XdpShape.UnitShift;
        Volatile.Write(ref *_fill.Producer, producer);
        _fillWord.Leave();
        _homelessCount = 0;
        if ((_flags & PortFlags.ZeroCopy) != 0 && (Volatile.Read(ref *_fill.Flags) & Linux.XdpNeedsWakeup) != 0)
            Poke();
    }

    private void Poke()
    {
        _pokes++;
        Linux.PokeXdp(Descriptor);
    }

    /// <summary>A frame of a batch.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Came
    {
        public byte* Bytes;
        public int LengthBytes;
        public int Place;
    }
}
