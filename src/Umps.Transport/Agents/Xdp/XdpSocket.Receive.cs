using System.Threading;
using Umps.Transport.Agents.Ethernet;
using Umps.Transport.Agents.Link;
using Umps.Transport.Interop;
using Umps.Transport.Pool;

namespace Umps.Transport.Agents.Xdp;

/// <summary>The receiving half: RX, FILL.</summary>
/// <remarks>Frames are read in the units in which they came. Their units go back to FILL many at a time, for its word is a cache line that all ranks want.</remarks>
internal sealed unsafe partial class XdpSocket
{
    /// <summary>Units that gather before they go back.</summary>
    private const int GiveBackAt = 16;

    private const int NoUnit = -1;

    private readonly Descriptor* _batch;        // the frames of the last Receive
    private readonly int[] _batchUnits = new int[XdpShape.BatchMax];    // and their units; NoUnit: kept
    private readonly int[] _homeless;           // units to be given back
    private int _batchCount;
    private int _homelessCount;
    private int _keptCount;
    private uint _rxConsumer;
    private long _pokes;

    /// <inheritdoc cref="IFrameCarrier.Receive"/>
    public int Receive()
    {
        EndBatch();
        if (_homelessCount >= GiveBackAt)
            GiveBack();
        uint count = Volatile.Read(ref *_rx.Producer) - _rxConsumer;
        if (count == 0)
        {
            if ((_flags & PortFlags.BusyPoll) != 0)
                Poke();
            return 0;
        }
        if (count > XdpShape.BatchMax)
            count = XdpShape.BatchMax;
        for (int i = 0; i < count; i++)
        {
            _batch[i] = _rx.Descriptors[_rxConsumer++ & _rx.Mask];
            _batchUnits[i] = (int)(_batch[i].Offset >> XdpShape.UnitShift);
        }
        Volatile.Write(ref *_rx.Consumer, _rxConsumer);
        return _batchCount = (int)count;
    }

    /// <inheritdoc cref="IFrameCarrier.Frame"/>
    public byte* Frame(int index, out int lengthBytes)
    {
        lengthBytes = (int)_batch[index].Length - EthernetHeader.SizeBytes;
        return _umem + _batch[index].Offset + EthernetHeader.SizeBytes;
    }

    /// <inheritdoc cref="IFrameCarrier.Learn"/>
    public void Learn(int peer, int frame) => _routes.Learn(peer, (EthernetHeader*)(_umem + _batch[frame].Offset));

    /// <inheritdoc cref="IFrameCarrier.TryKeep"/>
    public bool TryKeep(int index, out int token)
    {
        token = _batchUnits[index];
        if (_keptCount >= _shape.KeptMax)
            return false;
        _keptCount++;
        _batchUnits[index] = NoUnit;
        return true;
    }

    /// <inheritdoc cref="IFrameCarrier.ReturnKept"/>
    public void ReturnKept(int token)
    {
        _keptCount--;
        _homeless[_homelessCount++] = token;
    }

    private void EndBatch()
    {
        for (int i = 0; i < _batchCount; i++)
        {
            if (_batchUnits[i] != NoUnit)
                _homeless[_homelessCount++] = _batchUnits[i];
        }
        _batchCount = 0;
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
}
