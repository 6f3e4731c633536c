using System;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Umps.Transport.Interop;

/// <summary>tcp(7): sockets that never block, are not inherited by programs started from here, and raise no SIGPIPE.</summary>
internal static unsafe partial class Linux
{
    private const int AF_INET = 2;
    private const int AF_INET6 = 10;
    private const int SOCK_STREAM = 1;
    private const int SOCK_NONBLOCK = 0x800;
    private const int SOCK_CLOEXEC = 0x80000;
    private const int SOL_SOCKET = 1;
    private const int SO_ERROR = 4;
    private const int SO_SNDBUF = 7;
    private const int SO_RCVBUF = 8;
    private const int SO_KEEPALIVE = 9;
    private const int IPPROTO_TCP = 6;
    private const int TCP_NODELAY = 1;
    private const int TCP_KEEPIDLE = 4;
    private const int TCP_KEEPINTVL = 5;
    private const int TCP_KEEPCNT = 6;
    private const int TCP_INFO = 11;
    private const int IPPROTO_IPV6 = 41;
    private const int IPV6_V6ONLY = 26;
    private const int MSG_NOSIGNAL = 0x4000;
    private const int SHUT_WR = 1;
    private const int SHUT_RDWR = 2;
    private const uint SIOCOUTQ = 0x5411;
    private const int SocketAddressBytes = 128;

    /// <summary>socket(2): a TCP socket.</summary>
    /// <param name="family">IPv4 or IPv6.</param>
    /// <param name="error">Errno.None; EAFNOSUPPORT where the host has no IPv6; EMFILE and the like.</param>
    /// <returns>The descriptor, owned by the caller (<see cref="CloseSocket"/>); -1 on an error.</returns>
    public static int OpenTcpSocket(AddressFamily family, out Errno error)
    {
        int descriptor = socket(family == AddressFamily.InterNetworkV6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        error = descriptor >= 0 ? Errno.None : LastError();
        return descriptor;
    }

    /// <summary>bind(2) and listen(2), on a port of the kernel's choice where the address says 0.</summary>
    /// <param name="descriptor">A TCP socket.</param>
    /// <param name="address">Where to listen. [::] takes IPv4 connections too.</param>
    /// <param name="backlog">Connections that may wait to be accepted; the kernel has a limit of its own.</param>
    /// <param name="port">The port it listens on.</param>
    /// <returns>Errno.None; EADDRNOTAVAIL, EADDRINUSE, EACCES.</returns>
    public static Errno Listen(int descriptor, IPEndPoint address, int backlog, out int port)
    {
        port = 0;
        int off = 0;
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && address.Address.Equals(IPAddress.IPv6Any))
            _ = setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(int));
        SocketAddress native = address.Serialize();
        fixed (byte* bytes = native.Buffer.Span)
        {
            if (bind(descriptor, bytes, native.Size) != 0 || listen(descriptor, backlog) != 0)
                return LastError();
        }
        byte* bound = stackalloc byte[SocketAddressBytes];
        int length = SocketAddressBytes;
        if (getsockname(descriptor, bound, &length) != 0)
            return LastError();
        port = (bound[2] << 8) | bound[3];      // in sockaddr_in and sockaddr_in6 alike, high byte first
        return Errno.None;
    }

    /// <summary>accept4(2).</summary>
    /// <returns>The new descriptor, owned by the caller; -1 with EAGAIN when no connection waits, or with EMFILE, ECONNABORTED and the like.</returns>
    public static int Accept(int listener, out Errno error)
    {
        int descriptor = accept4(listener, null, null, SOCK_NONBLOCK | SOCK_CLOEXEC);
        error = descriptor >= 0 ? Errno.None : LastError();
        return descriptor;
    }

    /// <summary>connect(2); does not wait.</summary>
    /// <returns>Errno.None when connected at once; EINPROGRESS when the descriptor will poll writable at the end; or why not.</returns>
    public static Errno Connect(int descriptor, IPEndPoint address)
    {
        SocketAddress native = address.Serialize();
        fixed (byte* bytes = native.Buffer.Span)
            return connect(descriptor, bytes, native.Size) == 0 ? Errno.None : LastError();
    }

    /// <summary>SO_ERROR: how a connect that was under way has ended, or what broke the connection; reading clears it.</summary>
    public static Errno TakeSocketError(int descriptor)
    {
        int value = 0, length = sizeof(int);
        return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &value, &length) == 0 ? (Errno)value : LastError();
    }

    /// <summary>TCP_NODELAY: small writes leave at once.</summary>
    public static void SetNoDelay(int descriptor) => SetOption(descriptor, IPPROTO_TCP, TCP_NODELAY, 1);

    /// <summary>SO_SNDBUF and SO_RCVBUF: fixes both (the kernel doubles the value and adapts no more). Before connect or listen.</summary>
    public static void SetSocketBuffers(int descriptor, int bytes)
    {
        SetOption(descriptor, SOL_SOCKET, SO_SNDBUF, bytes);
        SetOption(descriptor, SOL_SOCKET, SO_RCVBUF, bytes);
    }

    /// <summary>SO_KEEPALIVE: an idle connection whose host does not answer breaks with ETIMEDOUT.</summary>
    /// <param name="descriptor">A TCP socket.</param>
    /// <param name="idleSeconds">Silence before the first probe.</param>
    /// <param name="intervalSeconds">Between probes.</param>
    /// <param name="count">Probes without answer that break it.</param>
    public static void SetKeepAlive(int descriptor, int idleSeconds, int intervalSeconds, int count)
    {
        SetOption(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1);
        SetOption(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, idleSeconds);
        SetOption(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, intervalSeconds);
        SetOption(descriptor, IPPROTO_TCP, TCP_KEEPCNT, count);
    }

    /// <summary>TCP_INFO, as much as tells whether the other host still answers.</summary>
    public static bool TryGetTcpHealth(int descriptor, out TcpHealth health)
    {
        const int Bytes = 104;
        byte* info = stackalloc byte[Bytes];
        int length = Bytes;
        bool ok = getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, info, &length) == 0 && length >= 60;
        health = ok ? new TcpHealth(Retransmits: info[2], Probes: info[3], UnackedSegments: *(int*)(info + 24), LastAckMilliseconds: *(uint*)(info + 56)) : default;
        return ok;
    }

    /// <summary>SIOCOUTQ: bytes written that the peer's kernel has not acknowledged; a FIN counts as one.</summary>
    public static int UnacknowledgedBytes(int descriptor)
    {
        int bytes = 0;
        return ioctl(descriptor, SIOCOUTQ, &bytes) == 0 ? bytes : 0;
    }

    /// <summary>sendmsg(2): a gather write.</summary>
    /// <returns>Bytes the kernel took; -1 with EAGAIN when it has no room, or with EPIPE, ECONNRESET, ETIMEDOUT…</returns>
    public static nint Send(int descriptor, IoVector* pieces, int count, out Errno error)
    {
        var message = new GatherMessage { Pieces = pieces, PieceCount = count };
        nint sent = sendmsg(descriptor, &message, MSG_NOSIGNAL);
        error = sent >= 0 ? Errno.None : LastError();
        return sent;
    }

    /// <summary>readv(2): a scatter read.</summary>
    /// <returns>Bytes read; 0 when the peer has sent its last; -1 with EAGAIN when nothing is there, or with ECONNRESET, ETIMEDOUT…</returns>
    public static nint Receive(int descriptor, IoVector* pieces, int count, out Errno error)
    {
        nint received = readv(descriptor, pieces, count);
        error = received >= 0 ? Errno.None : LastError();
        return received;
    }

    /// <summary>shutdown(2), SHUT_WR: a FIN behind what has been written; reading goes on.</summary>
    public static void ShutdownSending(int descriptor) => _ = shutdown(descriptor, SHUT_WR);

    /// <summary>shutdown(2), SHUT_RDWR: what has arrived can still be read, then comes the end.</summary>
    public static void ShutdownBoth(int descriptor) => _ = shutdown(descriptor, SHUT_RDWR);

    /// <summary>close(2).</summary>
    public static void CloseSocket(int descriptor) => _ = close_socket(descriptor);

    private static void SetOption(int descriptor, int level, int option, int value) => _ = setsockopt(descriptor, level, option, &value, sizeof(int));

    /// <summary>struct msghdr.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct GatherMessage
    {
        public void* Name;
        public nint NameBytes;      // socklen_t and its padding
        public IoVector* Pieces;
        public nint PieceCount;
        public void* Control;
        public nint ControlBytes;
        public nint Flags;          // int and its padding
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int bind(int descriptor, byte* address, int addressBytes);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int listen(int descriptor, int backlog);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int accept4(int descriptor, byte* address, int* addressBytes, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int connect(int descriptor, byte* address, int addressBytes);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getsockname(int descriptor, byte* address, int* addressBytes);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int getsockopt(int descriptor, int level, int option, void* value, int* valueBytes);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int setsockopt(int descriptor, int level, int option, void* value, int valueBytes);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ioctl(int descriptor, nuint request, void* argument);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint sendmsg(int descriptor, GatherMessage* message, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint readv(int descriptor, IoVector* pieces, int count);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int shutdown(int descriptor, int how);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int close_socket(int descriptor);
}
