using System;
using System.Collections.Generic;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using Umps.Transport.Agents.Ethernet;
using Umps.Transport.Agents.Link;
using Umps.Transport.Interop;

namespace Umps.Transport.Agents.Packet;

/// <summary>A rank's packet socket: its units to send from, the frames that came, and those that are kept.</summary>
/// <remarks>
/// Two forms, as the kernel agent has made the socket:
/// <code>
///            leaves                                    comes
///  mapped    many frames to a call (sendmmsg)          in a ring that both map: no call while this rank looks
///  plain     a call a frame (sendto), at once          a call a frame (recvfrom)
/// </code>
/// A unit that has been handed to the kernel is free: it copies. So is a frame that it refuses for another reason than room, as while the interface is down: lost, like one that the network loses.
/// Before each unit there is room for the header of Ethernet, so that a frame leaves in one piece.
/// </remarks>
internal sealed unsafe class PacketSocket : IDisposable
{
    /// <summary>Frames of one look, and of one call in the mapped form.</summary>
    public const int BatchMax = 32;

    /// <summary>Units to send from.</summary>
    public const int Units = 1024;

    /// <summary>Frames that came early and are kept; in the plain form those of a batch lie there, too.</summary>
    private const int KeptMax = 1024;

    private const int CacheLineBytes = 64;

    /// <summary>Before a unit, so that what follows the header of Ethernet begins a cache line.</summary>
    private const int HeadroomBytes = CacheLineBytes;

    /// <summary>What the kernel counts for a frame beside its bytes, as <see cref="Udp.UdpSocket"/> has it.</summary>
    private const int KernelBytesAFrame = 1024;

    private readonly PacketRing? _ring;
    private readonly int _unitBytes;
    private readonly byte* _sendUnits;
    private readonly byte* _keepUnits;
    private readonly Datagram* _outgoing;
    private readonly IoVector* _outgoingPieces;
    private readonly byte** _frames;            // of the batch that came
    private readonly int* _lengths;
    private readonly int[] _freeUnits = new int[Units];
    private readonly int[] _freeKeepUnits = new int[KeptMax];
    private readonly int[] _outgoingUnits = new int[BatchMax];
    private readonly int[] _incomingUnits = new int[BatchMax];      // plain form: where the next frames go
    private readonly UnitState[] _states = new UnitState[Units];
    private int _freeKeepCount = KeptMax;
    private int _outgoingCount;
    private long _refused, _drops;
    private bool _disposed;

    /// <summary>Uses a socket that is open, bound and filtered.</summary>
    /// <param name="directory">The peers.</param>
    /// <param name="port">The socket.</param>
    /// <exception cref="UmpsException">1306: the ring cannot be mapped.</exception>
    public PacketSocket(PeerDirectory directory, in LinkPort port)
    {
        Descriptor = port.Descriptor;
        FrameBytesMax = FrameBytesMaxOf(port.Facts.Mtu);
        if (RingShape.Read(port.Facts) is { } shape)
        {
            _ring = new PacketRing(port.Descriptor, shape);
            ReceiveFramesMax = Math.Max(1, shape.Entries - BatchMax);
        }
        else
        {
            ReceiveFramesMax = Math.Min(KeptMax - BatchMax, (int)port.Facts.Word1 / ((int)BitOperations.RoundUpToPowerOf2((uint)FrameBytesMax) + KernelBytesAFrame));
        }
        Routes = new EthernetRoutes(directory, port.Facts);

        // An odd number of cache lines: short frames, which use the first few of each, are then spread over all sets of a cache.
        _unitBytes = (((HeadroomBytes + FrameBytesMax + CacheLineBytes - 1) / CacheLineBytes) | 1) * CacheLineBytes;
        _sendUnits = (byte*)NativeMemory.AlignedAlloc((nuint)(Units * _unitBytes), CacheLineBytes);
        _keepUnits = (byte*)NativeMemory.AlignedAlloc((nuint)(KeptMax * _unitBytes), CacheLineBytes);
        _outgoing = (Datagram*)NativeMemory.AllocZeroed((nuint)(BatchMax * sizeof(Datagram)));
        _outgoingPieces = (IoVector*)NativeMemory.AllocZeroed((nuint)(BatchMax * sizeof(IoVector)));
        _frames = (byte**)NativeMemory.AllocZeroed((nuint)(BatchMax * sizeof(byte*)));
        _lengths = (int*)NativeMemory.AllocZeroed(BatchMax * sizeof(int));
        for (int i = 0; i < Units; i++)
            _freeUnits[i] = Units - 1 - i;
        for (int i = 0; i < KeptMax; i++)
            _freeKeepUnits[i] = KeptMax - 1 - i;
        FreeUnits = Units;
        for (int i = 0; i < BatchMax; i++)
        {
            _outgoing[i] = new Datagram { Pieces = _outgoingPieces + i, PieceCount = 1 };
            if (_ring is null)
                _incomingUnits[i] = _freeKeepUnits[--_freeKeepCount];
        }
    }

    /// <summary>The longest link frame on an interface.</summary>
    public static int FrameBytesMaxOf(int mtu) => Math.Min(LinkFrameHeader.FrameBytesMax, mtu - EthernetHeader.PayloadBytes);

    /// <inheritdoc cref="IFrameCarrier.Descriptor"/>
    public int Descriptor { get; }

    /// <inheritdoc cref="IFrameCarrier.FrameBytesMax"/>
    public int FrameBytesMax { get; }

    /// <inheritdoc cref="IFrameCarrier.ReceiveFramesMax"/>
    public int ReceiveFramesMax { get; }

    /// <inheritdoc cref="IFrameCarrier.FreeUnits"/>
    public int FreeUnits { get; private set; }

    public EthernetRoutes Routes { get; }

    /// <inheritdoc cref="IFrameCarrier.Learn"/>
    public void Learn(int peer, int frame) => Routes.Learn(peer, (EthernetHeader*)_frames[frame] - 1);

    // ── sending ─────────────────────────────────────────────────────────────────────────────────────────────────────

    /// <inheritdoc cref="IFrameCarrier.TakeUnit"/>
    public int TakeUnit() => _freeUnits[--FreeUnits];

    /// <inheritdoc cref="IFrameCarrier.UnitBytes"/>
    public byte* UnitBytes(int unit) => _sendUnits + ((nint)unit * _unitBytes) + HeadroomBytes;

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
        var frame = (EthernetHeader*)UnitBytes(unit) - 1;
        EthernetHeader* header = Routes.HeaderTo(peer);
        if (header == null)
            return true;
        *frame = *header;
        lengthBytes += EthernetHeader.SizeBytes;
        if (_ring is null)
            return TrySendNow(frame, lengthBytes);
        if (_outgoingCount == BatchMax && !Flush())
            return false;
        _outgoingPieces[_outgoingCount] = new IoVector(frame, lengthBytes);
        _outgoingUnits[_outgoingCount++] = unit;
        _states[unit] = UnitState.Queued;
        return true;
    }

    /// <inheritdoc cref="IFrameCarrier.Flush"/>
    public bool Flush()
    {
        if (_outgoingCount == 0)
            return true;
        if (_outgoingCount == 1)
        {
            if (!TrySendNow((EthernetHeader*)_outgoingPieces->Address, (int)_outgoingPieces->LengthBytes))
                return false;
            _outgoingCount = 0;
            Release(_outgoingUnits[0]);
            return true;
        }
        return FlushMany();
    }

    private bool FlushMany()
    {
        int done = 0;
        while (done < _outgoingCount)
        {
            int sent = Linux.SendDatagrams(Descriptor, _outgoing + done, _outgoingCount - done, out Errno error);
            if (sent < 0)
            {
                if (IsForWantOfRoom(error))
                    break;
                if (error == Errno.EINTR)
                    continue;
                _refused++;
                sent = 1;           // this one cannot be sent: lost
            }
            for (int i = 0; i < sent; i++)
                Release(_outgoingUnits[done + i]);
            done += sent;
        }
        int left = _outgoingCount - done;
        for (int i = 0; i < left && done > 0; i++)
        {
            _outgoingPieces[i] = _outgoingPieces[done + i];
            _outgoingUnits[i] = _outgoingUnits[done + i];
        }
        _outgoingCount = left;
        return left == 0;
    }

    /// <inheritdoc cref="IFrameCarrier.SendAtOnce"/>
    public void SendAtOnce(int peer, ReadOnlySpan<byte> frame)
    {
        EthernetHeader* header = Routes.HeaderTo(peer);
        if (header == null)
            return;
        byte* bytes = stackalloc byte[EthernetHeader.SizeBytes + frame.Length];
        *(EthernetHeader*)bytes = *header;
        frame.CopyTo(new Span<byte>(bytes + EthernetHeader.SizeBytes, frame.Length));
        if (Linux.SendFrame(Descriptor, bytes, EthernetHeader.SizeBytes + frame.Length) == Errno.ENETDOWN)
            Linux.SendFrame(Descriptor, bytes, EthernetHeader.SizeBytes + frame.Length);        // that may have been about a time that is over
    }

    // ── receiving ───────────────────────────────────────────────────────────────────────────────────────────────────

    /// <inheritdoc cref="IFrameCarrier.Receive"/>
    public int Receive() => _ring is not null ? _ring.Take(_frames, _lengths, BatchMax) : ReceivePlain();

    /// <inheritdoc cref="IFrameCarrier.Frame"/>
    public byte* Frame(int index, out int lengthBytes)
    {
        lengthBytes = _lengths[index];
        return _frames[index];
    }

    /// <inheritdoc cref="IFrameCarrier.TryKeep"/>
    public bool TryKeep(int index, out int token)
    {
        token = 0;
        if (_freeKeepCount == 0)
            return false;
        int unit = _freeKeepUnits[--_freeKeepCount];
        if (_ring is not null)
        {
            // The ring needs its entry back in its turn: what is kept is copied, and seldom.
            byte* copy = KeepBytes(unit);
            Unsafe.CopyBlockUnaligned(copy, _frames[index], (uint)Math.Clamp(_lengths[index], 0, FrameBytesMax));
            _frames[index] = copy;
            token = unit;
            return true;
        }
        token = _incomingUnits[index];
        _incomingUnits[index] = unit;
        return true;
    }

    /// <inheritdoc cref="IFrameCarrier.ReturnKept"/>
    public void ReturnKept(int token) => _freeKeepUnits[_freeKeepCount++] = token;

    /// <inheritdoc cref="IFrameCarrier.BeforeSleep"/>
    /// <remarks>A ring whose last frame has not gone back polls readable, and so does a socket whose interface has gone down until somebody has been told.</remarks>
    public void BeforeSleep(bool hasFailed)
    {
        _ring?.GiveBack();
        if (hasFailed)
            Linux.TakeSocketError(Descriptor);
    }

    /// <inheritdoc cref="IFrameCarrier.AddCounters"/>
    public void AddCounters(List<KeyValuePair<string, long>> counters)
    {
        long drops = Interlocked.Add(ref _drops, Linux.TakePacketDrops(Descriptor));
        counters.Add(new("frames dropped by the kernel", drops));
        counters.Add(new("frames refused by the interface", _refused));
    }

    /// <summary>The socket stays open; it is its kernel agent's.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _ring?.Dispose();
        Routes.Dispose();
        NativeMemory.AlignedFree(_sendUnits);
        NativeMemory.AlignedFree(_keepUnits);
        NativeMemory.Free(_outgoing);
        NativeMemory.Free(_outgoingPieces);
        NativeMemory.Free(_frames);
        NativeMemory.Free(_lengths);
    }

    private int ReceivePlain()
    {
        int count = 0;
        while (count < BatchMax)
        {
            byte* frame = KeepBytes(_incomingUnits[count]);
            int received = Linux.ReceiveFrame(Descriptor, frame - EthernetHeader.SizeBytes, EthernetHeader.SizeBytes + FrameBytesMax, out Errno error);
            if (received < 0)
            {
                if (error is Errno.ENETDOWN or Errno.EINTR)
                    continue;       // the interface has gone down: said once
                break;
            }
            _frames[count] = frame;
            _lengths[count++] = received - EthernetHeader.SizeBytes;
        }
        return count;
    }

    /// <returns>False when there is no room now.</returns>
    private bool TrySendNow(EthernetHeader* frame, int lengthBytes)
    {
        Errno error = Linux.SendFrame(Descriptor, frame, lengthBytes);
        if (error == Errno.None)
            return true;
        if (IsForWantOfRoom(error))
            return false;
        _refused++;
        return true;                // lost
    }

    private static bool IsForWantOfRoom(Errno error) => error is Errno.EAGAIN or Errno.ENOBUFS or Errno.ENOMEM;

    private byte* KeepBytes(int unit) => _keepUnits + ((nint)unit * _unitBytes) + HeadroomBytes;

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
}
