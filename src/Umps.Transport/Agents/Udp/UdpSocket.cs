using System;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Numerics;
using System.Runtime.InteropServices;
using Umps.Transport.Agents.Link;
using Umps.Transport.Interop;

namespace Umps.Transport.Agents.Udp;

/// <summary>One socket for all peers, its units to send from and to receive into, and the batches in which they go and come.</summary>
/// <remarks>
/// Frames leave many to a call (sendmmsg) and come many to a call (recvmmsg). A unit that has been handed to the kernel is free: it copies. Units are used last in, first out, so that few of them are ever touched.
/// A datagram that the kernel refuses for another reason than room is lost, like one that the network loses.
/// </remarks>
internal sealed unsafe class UdpSocket : IDisposable
{
    /// <summary>Datagrams of one call.</summary>
    public const int BatchMax = 32;

    /// <summary>Units to send from.</summary>
    public const int Units = 1024;

    /// <summary>Units to receive into: those of a batch, and those that came early.</summary>
    private const int ReceiveUnits = 1024;

    private const int UnitAlignment = 64;

    /// <summary>What the kernel counts for a datagram beside its bytes: its own headers, and the end of the piece of memory that it lies in.</summary>
    private const int KernelBytesADatagram = 1024;

    private readonly int _unitBytes;
    private readonly byte* _sendUnits;
    private readonly byte* _receiveUnits;
    private readonly byte* _addresses;              // of the datagrams of a batch that came
    private readonly Datagram* _outgoing, _incoming;
    private readonly IoVector* _outgoingPieces, _incomingPieces;
    private readonly int[] _freeUnits = new int[Units];
    private readonly int[] _freeReceiveUnits = new int[ReceiveUnits];
    private readonly int[] _outgoingUnits = new int[BatchMax];
    private readonly int[] _incomingUnits = new int[BatchMax];
    private readonly UnitState[] _states = new UnitState[Units];
    private int _freeReceiveCount = ReceiveUnits;
    private int _outgoingCount;
    private bool _disposed;

    /// <summary>Opens the socket.</summary>
    /// <param name="directory">How many peers, and addresses to listen on.</param>
    /// <param name="options">Sizes.</param>
    /// <exception cref="UmpsException">1301: no socket at this address. 1305: options are out of range.</exception>
    public UdpSocket(PeerDirectory directory, UdpOptions options)
    {
        string[] faults = [.. options.Faults()];
        if (faults.Length > 0)
            throw new UmpsException(ErrorId.LinkOptions, $"UMPS{ErrorId.LinkOptions} endpoint {directory.OwnId} UdpSocket: {string.Join("; ", faults)}.");
        FrameBytesMax = options.FrameBytesMax;
        Descriptor = Open(directory, out AddressFamily family, out string address);
        Address = address;
        Routes = new UdpRoutes(directory.Places.Length, family);
        int buffer = Linux.SetUdpBuffers(Descriptor, options.SocketBufferBytes);
        ReceiveFramesMax = Math.Min(ReceiveUnits - BatchMax, buffer / ((int)BitOperations.RoundUpToPowerOf2((uint)FrameBytesMax) + KernelBytesADatagram));

        _unitBytes = (LinkFrameHeader.FrameBytesMax + UnitAlignment - 1) & -UnitAlignment;
        _sendUnits = (byte*)NativeMemory.AlignedAlloc((nuint)(Units * _unitBytes), UnitAlignment);
        _receiveUnits = (byte*)NativeMemory.AlignedAlloc((nuint)(ReceiveUnits * _unitBytes), UnitAlignment);
        _addresses = (byte*)NativeMemory.AllocZeroed((nuint)(BatchMax * Linux.InternetAddressBytes));
        _outgoing = (Datagram*)NativeMemory.AllocZeroed((nuint)(BatchMax * sizeof(Datagram)));
        _incoming = (Datagram*)NativeMemory.AllocZeroed((nuint)(BatchMax * sizeof(Datagram)));
        _outgoingPieces = (IoVector*)NativeMemory.AllocZeroed((nuint)(BatchMax * sizeof(IoVector)));
        _incomingPieces = (IoVector*)NativeMemory.AllocZeroed((nuint)(BatchMax * sizeof(IoVector)));
        for (int i = 0; i < Units; i++)
            _freeUnits[i] = Units - 1 - i;
        for (int i = 0; i < ReceiveUnits; i++)
            _freeReceiveUnits[i] = ReceiveUnits - 1 - i;
        FreeUnits = Units;
        for (int i = 0; i < BatchMax; i++)
        {
            _outgoing[i] = new Datagram { Pieces = _outgoingPieces + i, PieceCount = 1 };
            _incoming[i] = new Datagram { Pieces = _incomingPieces + i, PieceCount = 1, Address = _addresses + i * Linux.InternetAddressBytes };
            PlaceIncoming(i, _freeReceiveUnits[--_freeReceiveCount]);
        }
    }

    /// <inheritdoc cref="IFrameCarrier.Now"/>
    public static long Now => (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));

    /// <inheritdoc cref="IFrameCarrier.Descriptor"/>
    public int Descriptor { get; }

    /// <summary>"address:port" separated by ';'.</summary>
    public string Address { get; }

    /// <inheritdoc cref="IFrameCarrier.FrameBytesMax"/>
    public int FrameBytesMax { get; }

    /// <inheritdoc cref="IFrameCarrier.ReceiveFramesMax"/>
    public int ReceiveFramesMax { get; }

    /// <inheritdoc cref="IFrameCarrier.FreeUnits"/>
    public int FreeUnits { get; private set; }

    public UdpRoutes Routes { get; }

    /// <inheritdoc cref="IFrameCarrier.Learn"/>
    public void Learn(int peer, int frame) => Routes.Choose(peer, _incoming[frame].Address, (int)_incoming[frame].AddressBytes);

    // ── sending ─────────────────────────────────────────────────────────────────────────────────────────────────────

    /// <inheritdoc cref="IFrameCarrier.TakeUnit"/>
    public int TakeUnit() => _freeUnits[--FreeUnits];

    /// <inheritdoc cref="IFrameCarrier.UnitBytes"/>
    public byte* UnitBytes(int unit) => _sendUnits + (nint)unit * _unitBytes;

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
        if (_outgoingCount == BatchMax && !Flush())
            return false;
        ref Datagram datagram = ref _outgoing[_outgoingCount];
        datagram.Address = Routes.AddressOf(peer, out int addressBytes);
        datagram.AddressBytes = (uint)addressBytes;
        *datagram.Pieces = new IoVector(UnitBytes(unit), lengthBytes);
        _outgoingUnits[_outgoingCount++] = unit;
        _states[unit] = UnitState.Queued;
        return true;
    }

    /// <inheritdoc cref="IFrameCarrier.Flush"/>
    public bool Flush()
    {
        int done = 0;
        while (done < _outgoingCount)
        {
            int sent = Linux.SendDatagrams(Descriptor, _outgoing + done, _outgoingCount - done, out Errno error);
            if (sent < 0)
            {
                if (error is Errno.EAGAIN or Errno.ENOBUFS or Errno.ENOMEM)
                    break;
                if (error == Errno.EINTR || DrainErrors())
                    continue;       // the error was about a datagram sent earlier
                sent = 1;           // this one cannot be sent: lost
            }
            for (int i = 0; i < sent; i++)
                Release(_outgoingUnits[done + i]);
            done += sent;
        }
        int left = _outgoingCount - done;
        for (int i = 0; i < left && done > 0; i++)
        {
            _outgoing[i].Address = _outgoing[done + i].Address;
            _outgoing[i].AddressBytes = _outgoing[done + i].AddressBytes;
            _outgoingPieces[i] = _outgoingPieces[done + i];
            _outgoingUnits[i] = _outgoingUnits[done + i];
        }
        _outgoingCount = left;
        return left == 0;
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

    // ── receiving ───────────────────────────────────────────────────────────────────────────────────────────────────

    /// <inheritdoc cref="IFrameCarrier.Receive"/>
    public int Receive()
    {
        for (int i = 0; i < BatchMax; i++)
            _incoming[i].AddressBytes = Linux.InternetAddressBytes;
        while (true)
        {
            int received = Linux.ReceiveDatagrams(Descriptor, _incoming, BatchMax, out Errno error);
            if (received >= 0)
                return received;
            if (error == Errno.EAGAIN)
                return 0;
            if (error != Errno.EINTR && !DrainErrors())
                return 0;
        }
    }

    /// <inheritdoc cref="IFrameCarrier.Frame"/>
    public byte* Frame(int index, out int lengthBytes)
    {
        lengthBytes = (int)_incoming[index].LengthBytes;
        return (byte*)_incomingPieces[index].Address;
    }

    /// <inheritdoc cref="IFrameCarrier.TryKeep"/>
    public bool TryKeep(int index, out int token)
    {
        token = _incomingUnits[index];
        if (_freeReceiveCount == 0)
            return false;
        PlaceIncoming(index, _freeReceiveUnits[--_freeReceiveCount]);
        return true;
    }

    /// <inheritdoc cref="IFrameCarrier.ReturnKept"/>
    public void ReturnKept(int token) => _freeReceiveUnits[_freeReceiveCount++] = token;

    /// <summary>Takes what the network said of datagrams sent earlier.</summary>
    /// <returns>True when there was something.</returns>
    public bool DrainErrors()
    {
        bool any = false;
        byte* address = stackalloc byte[Linux.InternetAddressBytes];
        while (Linux.TryTakeUnreachable(Descriptor, address, out int addressBytes, out Errno error))
        {
            any = true;
            if (error == Errno.ECONNREFUSED)
                Routes.NoteRefused(address, addressBytes);
        }
        return any;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        Linux.CloseSocket(Descriptor);
        Routes.Dispose();
        NativeMemory.AlignedFree(_sendUnits);
        NativeMemory.AlignedFree(_receiveUnits);
        NativeMemory.Free(_addresses);
        NativeMemory.Free(_outgoing);
        NativeMemory.Free(_incoming);
        NativeMemory.Free(_outgoingPieces);
        NativeMemory.Free(_incomingPieces);
    }

    private void PlaceIncoming(int index, int unit)
    {
        _incomingUnits[index] = unit;
        _incomingPieces[index] = new IoVector(_receiveUnits + (nint)unit * _unitBytes, _unitBytes);
    }

    private void Release(int unit)
    {
        if (_states[unit] == UnitState.QueuedForTheLastTime)
            _freeUnits[FreeUnits++] = unit;
        _states[unit] = UnitState.Idle;
    }

    private static int Open(PeerDirectory directory, out AddressFamily family, out string address)
    {
        // One socket for all peers: it has one address that was asked for, or all of this host; peers are told those that were asked for.
        IPAddress[] wanted = [.. directory.ListenAddresses.Select(text => IPAddress.TryParse(text, out IPAddress? parsed) ? parsed : throw CannotBind(directory, text, "it is no IP address"))];
        IPAddress[] tried = wanted.Length == 1 ? wanted : [IPAddress.IPv6Any, IPAddress.Any];
        Errno error = Errno.None;
        foreach (IPAddress one in tried)
        {
            family = one.AddressFamily;
            int descriptor = Linux.OpenUdpSocket(family, out error);
            if (descriptor < 0)
                continue;
            error = Linux.BindUdp(descriptor, new IPEndPoint(one, 0), out int port);
            if (error == Errno.None)
            {
                address = string.Join(';', (wanted.Length > 0 ? wanted : HostAddresses.Usable()).Select(usable => new IPEndPoint(usable, port)));
                return descriptor;
            }
            Linux.CloseSocket(descriptor);
        }
        throw CannotBind(directory, tried[^1].ToString(), error.ToString());
    }

    private static UmpsException CannotBind(PeerDirectory directory, string address, string why) => new(ErrorId.LinkListen, string.Create(CultureInfo.InvariantCulture,
        $"UMPS{ErrorId.LinkListen} endpoint {directory.OwnId} UdpSocket: cannot listen on {address}: {why}. Name addresses of this host, or none for all of them."));

    private enum UnitState : byte
    {
        Idle,
        Queued,
        QueuedForTheLastTime,
    }
}
