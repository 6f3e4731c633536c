using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Umps.Transport.Agents.Link;
using Umps.Transport.Interop;

namespace Umps.Transport.Agents.Udp;

/// <summary>The receiving half: datagrams of a call, each perhaps several that the kernel has joined, and frames that are kept.</summary>
internal sealed unsafe partial class UdpSocket
{
    /// <summary>Datagrams of one call.</summary>
    public const int ReceiveMax = 32;

    /// <summary>Bytes of one arrival: as many as a datagram can have.</summary>
    private const int ArrivalBytes = 1 << 16;

    private readonly int[] _freeKeepUnits = new int[KeepUnits];
    private readonly Incoming _incoming;
    private int _freeKeepCount = KeepUnits;
    private int _received;
    private int _frames;

    /// <inheritdoc cref="IFrameCarrier.Learn"/>
    public void Learn(int peer, int frame)
    {
        ref Datagram datagram = ref _incoming.Datagrams[_incoming.Frames[frame].Datagram];
        Routes.Choose(peer, datagram.Address, (int)datagram.AddressBytes);
    }

    /// <inheritdoc cref="IFrameCarrier.Receive"/>
    public int Receive()
    {
        for (int i = 0; i < _received; i++)
        {
            _incoming.Datagrams[i].AddressBytes = Linux.InternetAddressBytes;
            _incoming.Datagrams[i].ControlBytes = Linux.SegmentControlBytes;
        }
        while (true)
        {
            _received = Linux.ReceiveDatagrams(Descriptor, _incoming.Datagrams, ReceiveMax, out Errno error);
            if (_received > 0)
                return Cut();
            _received = 0;
            if (error == Errno.EAGAIN || (error != Errno.EINTR && !DrainErrors()))
                return _frames = 0;
        }
    }

    /// <inheritdoc cref="IFrameCarrier.Frame"/>
    public byte* Frame(int index, out int lengthBytes)
    {
        ref ArrivedFrame frame = ref _incoming.Frames[index];
        lengthBytes = frame.LengthBytes;
        return frame.Bytes;
    }

    /// <inheritdoc cref="IFrameCarrier.TryKeep"/>
    /// <remarks>It is copied: it may lie among others, in memory for many.</remarks>
    public bool TryKeep(int index, out int token)
    {
        token = -1;
        ref ArrivedFrame frame = ref _incoming.Frames[index];
        if (_freeKeepCount == 0 || frame.LengthBytes > _unitBytes)
            return false;
        token = _freeKeepUnits[--_freeKeepCount];
        byte* unit = _incoming.KeepUnits + (nint)token * _unitBytes;
        Unsafe.CopyBlockUnaligned(unit, frame.Bytes, (uint)frame.LengthBytes);
        frame.Bytes = unit;
        return true;
    }

    /// <inheritdoc cref="IFrameCarrier.ReturnKept"/>
    public void ReturnKept(int token) => _freeKeepUnits[_freeKeepCount++] = token;

    private void PrepareToReceive()
    {
        Linux.TryJoinArrivals(Descriptor);
        for (int i = 0; i < ReceiveMax; i++)
        {
            _incoming.Pieces[i] = new IoVector(_incoming.Arrivals + (nint)i * ArrivalBytes, ArrivalBytes);
            _incoming.Datagrams[i] = new Datagram { Pieces = _incoming.Pieces + i, PieceCount = 1, Address = _incoming.Addresses + i * Linux.InternetAddressBytes, Control = _incoming.Controls + i * Linux.SegmentControlBytes };
        }
        _received = ReceiveMax;
    }

    /// <summary>Finds the frames in what has arrived.</summary>
    private int Cut()
    {
        _frames = 0;
        for (int i = 0; i < _received; i++)
        {
            ref Datagram datagram = ref _incoming.Datagrams[i];
            int left = (int)datagram.LengthBytes;
            byte* at = (byte*)datagram.Pieces->Address;
            int segment = Linux.ReadSegment((byte*)datagram.Control, datagram.ControlBytes);
            if (segment <= 0)
                segment = left;
            for (int cut = 0; cut < Linux.SegmentsMax && (left > 0 || cut == 0); cut++)
            {
                int length = Math.Min(left, segment);
                _incoming.Frames[_frames++] = new ArrivedFrame { Bytes = at, LengthBytes = length, Datagram = i };
                at += length;
                left -= length;
            }
        }
        return _frames;
    }

    private struct ArrivedFrame
    {
        public byte* Bytes;
        public int LengthBytes;
        public int Datagram;
    }

    /// <summary>Native memory of this half.</summary>
    private readonly struct Incoming(int keepBytes)
    {
        public readonly byte* KeepUnits = (byte*)NativeMemory.AlignedAlloc((nuint)keepBytes, UnitAlignment);
        public readonly byte* Arrivals = (byte*)NativeMemory.AlignedAlloc(ReceiveMax * ArrivalBytes, UnitAlignment);
        public readonly byte* Addresses = (byte*)NativeMemory.AllocZeroed(ReceiveMax * Linux.InternetAddressBytes);
        public readonly byte* Controls = (byte*)NativeMemory.AllocZeroed(ReceiveMax * Linux.SegmentControlBytes);
        public readonly Datagram* Datagrams = (Datagram*)NativeMemory.AllocZeroed((nuint)(ReceiveMax * sizeof(Datagram)));
        public readonly IoVector* Pieces = (IoVector*)NativeMemory.AllocZeroed((nuint)(ReceiveMax * sizeof(IoVector)));
        public readonly ArrivedFrame* Frames = (ArrivedFrame*)NativeMemory.AllocZeroed((nuint)(ReceiveMax * Linux.SegmentsMax * sizeof(ArrivedFrame)));

        public void Free()
        {
            NativeMemory.AlignedFree(KeepUnits);
            NativeMemory.AlignedFree(Arrivals);
            NativeMemory.Free(Addresses);
            NativeMemory.Free(Controls);
            NativeMemory.Free(Datagrams);
            NativeMemory.Free(Pieces);
            NativeMemory.Free(Frames);
        }
    }
}
