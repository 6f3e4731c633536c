using System;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Umps.Transport.Interop;

/// <summary>unix(7): blocking stream sockets with an abstract name, not inherited by programs started from here.</summary>
internal static unsafe partial class Linux
{
    private const int AF_UNIX = 1;
    private const int SO_PEERCRED = 17;
    private const int SO_RCVTIMEO = 20;
    private const int AbstractNameOffset = 3;           // family 2, then a zero byte instead of a path
    private const int LocalAddressBytesMax = 110;       // struct sockaddr_un

    /// <summary>socket(2), connect(2).</summary>
    /// <returns>Null with the error: ECONNREFUSED where nobody listens under the name.</returns>
    public static SafeFileHandle? ConnectLocal(string abstractName, out Errno error)
    {
        SafeFileHandle? handle = OpenLocal(out error);
        byte* address = stackalloc byte[LocalAddressBytesMax];
        if (handle is null || !TryWriteAddress(abstractName, address, out int length, out error))
            return null;
        do
            error = connectLocal(handle, address, length) == 0 ? Errno.None : LastError();
        while (error == Errno.EINTR);
        if (error == Errno.None)
            return handle;
        handle.Dispose();
        return null;
    }

    /// <summary>socket(2), bind(2), listen(2).</summary>
    /// <returns>Null with the error: EADDRINUSE where the name is taken.</returns>
    public static SafeFileHandle? ListenLocal(string abstractName, int backlog, out Errno error)
    {
        SafeFileHandle? handle = OpenLocal(out error);
        byte* address = stackalloc byte[LocalAddressBytesMax];
        if (handle is null || !TryWriteAddress(abstractName, address, out int length, out error))
            return null;
        if (bindLocal(handle, address, length) == 0 && listenLocal(handle, backlog) == 0)
            return handle;
        error = LastError();
        handle.Dispose();
        return null;
    }

    /// <summary>accept4(2): blocks until somebody connects.</summary>
    /// <returns>Null with the error: EINVAL once <see cref="ShutDownLocal"/> was called for the listener.</returns>
    public static SafeFileHandle? AcceptLocal(SafeFileHandle listener, out Errno error)
    {
        int descriptor = acceptLocal(listener, null, null, SOCK_CLOEXEC);
        error = descriptor >= 0 ? Errno.None : LastError();
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : null;
    }

    /// <summary>shutdown(2), both ways: wakes who blocks in a read, a write or an accept.</summary>
    public static void ShutDownLocal(SafeFileHandle socket) => _ = shutdownLocal(socket, SHUT_RDWR);

    /// <summary>getsockopt(2), SO_PEERCRED: the kernel's word for who connected.</summary>
    /// <returns>The user's id; -1 with the error.</returns>
    public static int PeerUser(SafeFileHandle socket, out Errno error)
    {
        int* credentials = stackalloc int[3];        // pid, uid, gid
        int length = 3 * sizeof(int);
        error = getLocalOption(socket, SOL_SOCKET, SO_PEERCRED, credentials, &length) == 0 ? Errno.None : LastError();
        return error == Errno.None ? credentials[1] : -1;
    }

    /// <summary>setsockopt(2), SO_RCVTIMEO: a read fails with EAGAIN after this time; 0 waits for ever.</summary>
    public static void SetReadTimeout(SafeFileHandle socket, int milliseconds)
    {
        long* time = stackalloc long[2] { milliseconds / 1000, milliseconds % 1000 * 1000L };      // struct timeval
        _ = setLocalOption(socket, SOL_SOCKET, SO_RCVTIMEO, time, 2 * sizeof(long));
    }

    private static SafeFileHandle? OpenLocal(out Errno error)
    {
        int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        error = descriptor >= 0 ? Errno.None : LastError();
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : null;
    }

    private static bool TryWriteAddress(string abstractName, byte* address, out int length, out Errno error)
    {
        *(ushort*)address = AF_UNIX;
        address[2] = 0;
        length = 0;
        error = Encoding.UTF8.GetByteCount(abstractName) <= LocalAddressBytesMax - AbstractNameOffset ? Errno.None : Errno.EINVAL;
        if (error == Errno.None)
            length = AbstractNameOffset + Encoding.UTF8.GetBytes(abstractName, new Span<byte>(address + AbstractNameOffset, LocalAddressBytesMax - AbstractNameOffset));
        return error == Errno.None;
    }

    [LibraryImport("libc", EntryPoint = "connect", SetLastError = true)]
    private static partial int connectLocal(SafeFileHandle socket, byte* address, int addressBytes);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int bindLocal(SafeFileHandle socket, byte* address, int addressBytes);

    [LibraryImport("libc", EntryPoint = "listen", SetLastError = true)]
    private static partial int listenLocal(SafeFileHandle socket, int backlog);

    [LibraryImport("libc", EntryPoint = "accept4", SetLastError = true)]
    private static partial int acceptLocal(SafeFileHandle socket, byte* address, int* addressBytes, int flags);

    [LibraryImport("libc", EntryPoint = "shutdown", SetLastError = true)]
    private static partial int shutdownLocal(SafeFileHandle socket, int how);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    private static partial int getLocalOption(SafeFileHandle socket, int level, int option, void* value, int* valueBytes);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int setLocalOption(SafeFileHandle socket, int level, int option, void* value, int valueBytes);
}
