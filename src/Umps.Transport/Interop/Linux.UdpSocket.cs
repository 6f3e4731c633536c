using System;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Umps.Transport.Interop;

/// <summary>udp(7): datagrams, many to a call.</summary>
internal static unsafe partial class Linux
{
    /// <summary>Room for any address of IPv4 and IPv6.</summary>
    public const int InternetAddressBytes = 28;

    private const int SOCK_DGRAM = 2;
    private const int SO_SNDBUFFORCE = 32;
    private const int SO_RCVBUFFORCE = 33;
    private const int IPPROTO_IP = 0;
    private const int IP_RECVERR = 11;
    private const int IPV6_RECVERR = 25;
    private const int MSG_DONTWAIT = 0x40;
    private const int MSG_ERRQUEUE = 0x2000;
    private const int ControlHeaderBytes = 16;      // struct cmsghdr
    private const int SOL_UDP = 17;
    private const int UDP_SEGMENT = 103;
    private const int UDP_GRO = 104;

    /// <summary>Room for one control message of a datagram: <see cref="WriteSegment"/>, <see cref="ReadSegment"/>.</summary>
    public const int SegmentControlBytes = 24;

    /// <summary>The most datagrams that one call, or one arrival, holds as segments (UDP_MAX_SEGMENTS of the oldest kernels that have them).</summary>
    public const int SegmentsMax = 64;

    /// <summary>socket(2): a UDP socket that never blocks, is not inherited, and tells of hosts and ports that answer with an error (<see cref="TryTakeUnreachable"/>).</summary>
    /// <param name="family">IPv4 or IPv6.</param>
    /// <param name="error">Errno.None; EAFNOSUPPORT where the host has no IPv6; EMFILE and the like.</param>
    /// <returns>The descriptor, owned by the caller (<see cref="CloseSocket"/>); -1 on an error.</returns>
    public static int OpenUdpSocket(AddressFamily family, out Errno error)
    {
        bool isV6 = family == AddressFamily.InterNetworkV6;
        int descriptor = socket(isV6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        error = descriptor >= 0 ? Errno.None : LastError();
        if (descriptor < 0)
            return -1;
        SetOption(descriptor, IPPROTO_IP, IP_RECVERR, 1);       // on an IPv6 socket for the IPv4 peers that it has, too
        if (isV6)
            SetOption(descriptor, IPPROTO_IPV6, IPV6_RECVERR, 1);
        return descriptor;
    }

    /// <summary>bind(2), to a port of the kernel's choice where the address says 0.</summary>
    /// <param name="descriptor">A UDP socket.</param>
    /// <param name="address">[::] takes IPv4 datagrams too.</param>
    /// <param name="port">The port it has.</param>
    /// <returns>Errno.None; EADDRNOTAVAIL, EADDRINUSE, EACCES.</returns>
    public static Errno BindUdp(int descriptor, IPEndPoint address, out int port)
    {
        port = 0;
        if (address.Address.Equals(IPAddress.IPv6Any))
            SetOption(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, 0);
        SocketAddress native = address.Serialize();
        fixed (byte* bytes = native.Buffer.Span)
        {
            if (bind(descriptor, bytes, native.Size) != 0)
                return LastError();
        }
        byte* bound = stackalloc byte[SocketAddressBytes];
        int length = SocketAddressBytes;
        if (getsockname(descriptor, bound, &length) != 0)
            return LastError();
        port = (bound[2] << 8) | bound[3];
        return Errno.None;
    }

    /// <summary>SO_RCVBUF and SO_SNDBUF, past net.core.rmem_max where the process may.</summary>
    /// <returns>What the kernel gives to receiving, by its own count: headers and empty ends of its pages too.</returns>
    public static int SetUdpBuffers(int descriptor, int bytes)
    {
        SetOption(descriptor, SOL_SOCKET, SO_RCVBUF, bytes);
        SetOption(descriptor, SOL_SOCKET, SO_SNDBUF, bytes);
        SetOption(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, bytes);
        SetOption(descriptor, SOL_SOCKET, SO_SNDBUFFORCE, bytes);
        int value = 0, length = sizeof(int);
        return getsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &value, &length) == 0 ? value : 0;
    }

    /// <summary>UDP_GRO: datagrams of equal length that came together arrive as one, with a control message that says where to cut (<see cref="ReadSegment"/>).</summary>
    /// <returns>False where the kernel (before 5.0) knows nothing of it.</returns>
    public static bool TryJoinArrivals(int descriptor)
    {
        int one = 1;
        return setsockopt(descriptor, SOL_UDP, UDP_GRO, &one, sizeof(int)) == 0;
    }

    /// <summary>Writes the control message UDP_SEGMENT: the datagram is to be cut into several of this length; the last may be shorter.</summary>
    public static void WriteSegment(byte* control, int segmentBytes)
    {
        *(nuint*)control = ControlHeaderBytes + sizeof(ushort);
        *(int*)(control + 8) = SOL_UDP;
        *(int*)(control + 12) = UDP_SEGMENT;
        *(ulong*)(control + ControlHeaderBytes) = (ushort)segmentBytes;
    }

    /// <summary>Reads the control message UDP_GRO.</summary>
    /// <returns>The length of each datagram but the last; 0 when it came alone.</returns>
    public static int ReadSegment(byte* control, nuint controlBytes) =>
        controlBytes >= ControlHeaderBytes + sizeof(int) && *(int*)(control + 8) == SOL_UDP && *(int*)(control + 12) == UDP_GRO ? *(int*)(control + ControlHeaderBytes) : 0;

    /// <summary>sendmmsg(2).</summary>
    /// <returns>Datagrams that the kernel took, perhaps not all; -1 with the error of the first: EAGAIN when there is no room, or what an earlier datagram met (ECONNREFUSED).</returns>
    public static int SendDatagrams(int descriptor, Datagram* datagrams, int count, out Errno error)
    {
        int sent = sendmmsg(descriptor, datagrams, (uint)count, MSG_DONTWAIT | MSG_NOSIGNAL);
        error = sent >= 0 ? Errno.None : LastError();
        return sent;
    }

    /// <summary>sendto(2): one datagram.</summary>
    public static Errno SendDatagram(int descriptor, byte* bytes, int lengthBytes, byte* address, int addressBytes) =>
        sendto(descriptor, bytes, (nuint)lengthBytes, MSG_DONTWAIT | MSG_NOSIGNAL, address, addressBytes) >= 0 ? Errno.None : LastError();

    /// <summary>recvmmsg(2): what is there, up to some.</summary>
    /// <returns>How many came; -1 with EAGAIN when there is none, or with what a datagram sent earlier met.</returns>
    public static int ReceiveDatagrams(int descriptor, Datagram* datagrams, int count, out Errno error)
    {
        int received = recvmmsg(descriptor, datagrams, (uint)count, MSG_DONTWAIT, null);
        error = received >= 0 ? Errno.None : LastError();
        return received;
    }

    /// <summary>Takes one datagram from the socket's queue of errors: where it was sent to, and what became of it.</summary>
    /// <param name="descriptor">The socket.</param>
    /// <param name="address">Takes where it was sent to: room for <see cref="InternetAddressBytes"/>.</param>
    /// <param name="addressBytes">Length of that.</param>
    /// <param name="error">ECONNREFUSED: nobody listens there. EHOSTUNREACH and the like: there is no way to it now.</param>
    /// <returns>False when there are no more.</returns>
    public static bool TryTakeUnreachable(int descriptor, byte* address, out int addressBytes, out Errno error)
    {
        const int ControlBytes = 256;
        byte* control = stackalloc byte[ControlBytes];
        byte nothing;
        IoVector piece = new(&nothing, 1);
        var datagram = new Datagram
        {
            Address = address,
            AddressBytes = InternetAddressBytes,
            Pieces = &piece,
            PieceCount = 1,
            Control = control,
            ControlBytes = ControlBytes,
        };
        addressBytes = 0;
        error = Errno.None;
        if (recvmsg_errors(descriptor, &datagram, MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
            return false;
        addressBytes = (int)datagram.AddressBytes;
        // struct cmsghdr: length 8, level 4, type 4; behind it struct sock_extended_err, which begins with the errno.
        if (datagram.ControlBytes >= ControlHeaderBytes + sizeof(int) && *(int*)(control + 12) is IP_RECVERR or IPV6_RECVERR)
            error = (Errno)(*(int*)(control + ControlHeaderBytes));
        return true;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sendmmsg(int descriptor, Datagram* datagrams, uint count, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int recvmmsg(int descriptor, Datagram* datagrams, uint count, int flags, void* timeout);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint sendto(int descriptor, void* bytes, nuint lengthBytes, int flags, byte* address, int addressBytes);

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    private static partial nint recvmsg_errors(int descriptor, Datagram* datagram, int flags);
}
