using System;
using System.Runtime.InteropServices;
using Umps.Transport.Agents.Link;
using Umps.Transport.Interop;

namespace Umps.Transport.Agents.Udp;

/// <summary>The sending half: units, and the datagrams of the next call.</summary>
internal sealed unsafe partial class UdpSocket
{
    /// <summary>Frames of one call.</summary>
    private const int SendFramesMax = Linux.SegmentsMax;

    /// <summary>Bytes of one datagram before it is cut: what an IPv4 packet holds.</summary>
    private const int JoinedBytesMax = 65_000;

    private readonly int[] _freeUnits = new int[Units];
    private readonly UnitState[] _states = new UnitState[Units];
    private readonly int[] _outgoingUnits = new int[SendFramesMax];     // by piece
    private readonly int[] _segments = new int[SendFramesMax];          // by datagram: the length of its pieces
    private readonly Outgoing _outgoing;
    private int _outgoingFrames;
    private int _outgoingDatagrams;
    private bool _mayJoin = true;       // the last piece of the last datagram is no shorter than the others
    private bool _joins = true;         // until the kernel says that it cannot

    /// <inheritdoc cref="IFrameCarrier.TakeUnit"/>
    public int TakeUnit() => _freeUnits[--FreeUnits];

    /// <inheritdoc cref="IFrameCarrier.UnitBytes"/>
    public byte* UnitBytes(int unit) => _outgoing.Units + (nint)unit * _unitBytes;

    /// <inheritdoc cref="IFrameCarrier.IsBusy"/>
    public bool IsBusy(int unit) => _states[unit] != UnitState.Idle;

    /// <inheritdoc cref="IFrameCarrier.ReturnUnit"/>
    public void ReturnUnit(int unit)
    {
        if (_states[unit] == UnitState.Idle)
            _freeUnits[FreeUnits++] = unit;
        else
            _states[unit] = UnitState.QueuedForTheLastTime;
    }

    /// <inheritdoc cref="IFrameCarrier.TryEnqueue"/>
    public bool TryEnqueue(int peer, int unit, int lengthBytes)
    {
        if (_outgoingFrames == SendFramesMax && !Flush())
            return false;
        byte* address = Routes.AddressOf(peer, out int addressBytes);
        Put(new IoVector(UnitBytes(unit), lengthBytes), unit, address, (uint)addressBytes);
        _states[unit] = UnitState.Queued;
        return true;
    }

    /// <inheritdoc cref="IFrameCarrier.Flush"/>
    public bool Flush()
    {
        int done = 0, frames = 0;
        bool isStuck = false;
        while (done < _outgoingDatagrams)
        {
            int sent = Linux.SendDatagrams(Descriptor, _outgoing.Datagrams + done, _outgoingDatagrams - done, out Errno error);
            if (sent < 0)
            {
                isStuck = error is Errno.EAGAIN or Errno.ENOBUFS or Errno.ENOMEM;
                if (isStuck)
                    break;
                if (error == Errno.EINTR || DrainErrors())
                    continue;       // the error was about a datagram sent earlier
                if (_joins && (error is Errno.EINVAL or Errno.EMSGSIZE or Errno.EIO or Errno.EOPNOTSUPP) && _outgoing.Datagrams[done].PieceCount > 1)
                {
                    _joins = false; // frames longer than the way there carries, an interface or a kernel that cannot
                    break;
                }
                sent = 1;           // this one cannot be sent: lost
            }
            for (; sent > 0; sent--, done++)
            {
                for (nuint piece = _outgoing.Datagrams[done].PieceCount; piece > 0; piece--)
                    Release(_outgoingUnits[frames++]);
            }
        }
        if (done == _outgoingDatagrams)
        {
            _outgoingFrames = _outgoingDatagrams = 0;
            return true;
        }
        PutAgain(done, frames);
        return !isStuck && Flush();
    }

    /// <inheritdoc cref="IFrameCarrier.SendAtOnce"/>
    public void SendAtOnce(int peer, ReadOnlySpan<byte> frame)
    {
        fixed (byte* bytes = frame)
        {
            for (int i = 0; Routes.CandidateOf(peer, i, out int addressBytes) is var address && address != null; i++)
            {
                if (Linux.SendDatagram(Descriptor, bytes, frame.Length, address, addressBytes) == Errno.ECONNREFUSED)
                    Linux.SendDatagram(Descriptor, bytes, frame.Length, address, addressBytes);      // that was about an earlier one
            }
        }
    }

    private void Put(IoVector piece, int unit, byte* address, uint addressBytes)
    {
        int last = _outgoingDatagrams - 1;
        bool joins = _joins && last >= 0 && _mayJoin && _outgoing.Datagrams[last].Address == address && piece.LengthBytes <= _segments[last]
            && (int)(_outgoing.Datagrams[last].PieceCount + 1) * _segments[last] <= JoinedBytesMax;
        _outgoing.Pieces[_outgoingFrames] = piece;
        if (joins)
        {
            ref Datagram datagram = ref _outgoing.Datagrams[last];
            datagram.PieceCount++;
            datagram.Control = _outgoing.Controls + last * Linux.SegmentControlBytes;
            datagram.ControlBytes = Linux.SegmentControlBytes;
            Linux.WriteSegment((byte*)datagram.Control, _segments[last]);
            _mayJoin = piece.LengthBytes == _segments[last];
        }
        else
        {
            _segments[_outgoingDatagrams] = (int)piece.LengthBytes;
            _outgoing.Datagrams[_outgoingDatagrams++] = new Datagram { Address = address, AddressBytes = addressBytes, Pieces = _outgoing.Pieces + _outgoingFrames, PieceCount = 1 };
            _mayJoin = true;
        }
        _outgoingUnits[_outgoingFrames++] = unit;
    }

    /// <summary>What found no room moves to the front.</summary>
    private void PutAgain(int doneDatagrams, int doneFrames)
    {
        // Copied first: one that is not joined any more becomes many, where the next ones stand.
        int datagrams = _outgoingDatagrams - doneDatagrams;
        Datagram* moved = stackalloc Datagram[SendFramesMax];
        new ReadOnlySpan<Datagram>(_outgoing.Datagrams + doneDatagrams, datagrams).CopyTo(new Span<Datagram>(moved, SendFramesMax));
        _outgoingFrames = _outgoingDatagrams = 0;
        for (int i = 0; i < datagrams; i++)
        {
            for (nuint piece = moved[i].PieceCount; piece > 0; piece--, doneFrames++)
                Put(_outgoing.Pieces[doneFrames], _outgoingUnits[doneFrames], moved[i].Address, moved[i].AddressBytes);
        }
    }

    private void Release(int unit)
    {
        if (_states[unit] == UnitState.QueuedForTheLastTime)
            _freeUnits[FreeUnits++] = unit;
        _states[unit] = UnitState.Idle;
    }

    private enum UnitState : byte
    {
        Idle,
        Queued,
        QueuedForTheLastTime,
    }

    /// <summary>Native memory of this half.</summary>
    private readonly struct Outgoing(int unitBytes)
    {
        public readonly byte* Units = (byte*)NativeMemory.AlignedAlloc((nuint)unitBytes, UnitAlignment);
        public readonly Datagram* Datagrams = (Datagram*)NativeMemory.AllocZeroed((nuint)(SendFramesMax * sizeof(Datagram)));
        public readonly IoVector* Pieces = (IoVector*)NativeMemory.AllocZeroed((nuint)(SendFramesMax * sizeof(IoVector)));
        public readonly byte* Controls = (byte*)NativeMemory.AllocZeroed(SendFramesMax * Linux.SegmentControlBytes);

        public void Free()
        {
            NativeMemory.AlignedFree(Units);
            NativeMemory.Free(Datagrams);
            NativeMemory.Free(Pieces);
            NativeMemory.Free(Controls);
        }
    }
}
