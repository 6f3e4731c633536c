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
/// Frames leave many to a call (sendmmsg) and come many to a call (recvmmsg). Where the kernel can (UDP_SEGMENT, UDP_GRO), frames of equal length to one peer go through it as one that is cut behind it, by the
/// interface or by nobody: a way through the kernel costs 2 µs, whatever it carries. A unit that has been handed to the kernel is free: it copies. Units are used last in, first out, so that few of them are ever touched.
/// A datagram that the kernel refuses for another reason than room is lost, like one that the network loses.
/// UdpSocket.Send.cs, UdpSocket.Receive.cs: the two ways.
/// </remarks>
internal sealed unsafe partial class UdpSocket : IDisposable
{
    /// <summary>Units to send from.</summary>
    public const int Units = 1024;

    /// <summary>Units for frames that came early.</summary>
    private const int KeepUnits = 1024;

    private const int UnitAlignment = 64;

    /// <summary>What the kernel counts for a datagram beside its bytes: its own headers, and the end of the piece of memory that it lies in.</summary>
    private const int KernelBytesADatagram = 1024;

    private readonly int _unitBytes;
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
        ReceiveFramesMax = Math.Min(KeepUnits, buffer / ((int)BitOperations.RoundUpToPowerOf2((uint)FrameBytesMax) + KernelBytesADatagram));
        _unitBytes = (LinkFrameHeader.FrameBytesMax + UnitAlignment - 1) & -UnitAlignment;
        _outgoing = new Outgoing(Units * _unitBytes);
        _incoming = new Incoming(KeepUnits * _unitBytes);
        for (int i = 0; i < Units; i++)
            _freeUnits[i] = Units - 1 - i;
        for (int i = 0; i < KeepUnits; i++)
            _freeKeepUnits[i] = KeepUnits - 1 - i;
        FreeUnits = Units;
        PrepareToReceive();
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
        _outgoing.Free();
        _incoming.Free();
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
}
