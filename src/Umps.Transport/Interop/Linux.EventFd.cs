using System.Runtime.InteropServices;

namespace Umps.Transport.Interop;

/// <summary>eventfd(2): a doorbell that can be polled for beside sockets.</summary>
internal static unsafe partial class Linux
{
    private const int EFD_CLOEXEC = 0x80000;
    private const int EFD_NONBLOCK = 0x800;

    /// <summary>Makes an eventfd: not inherited by programs started from here, and never blocking.</summary>
    /// <param name="error">Errno.None, or EMFILE and the like.</param>
    /// <returns>The descriptor, owned by the caller; -1 on an error.</returns>
    public static int CreateEventFd(out Errno error)
    {
        int descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        error = descriptor >= 0 ? Errno.None : LastError();
        return descriptor;
    }

    /// <summary>Adds one: whoever polls the descriptor wakes. A full count (EAGAIN) is as good: it is readable then.</summary>
    public static void SignalEventFd(int descriptor)
    {
        ulong one = 1;
        _ = write(descriptor, &one, sizeof(ulong));
    }

    /// <summary>Takes the count, so that the descriptor is not readable until the next signal.</summary>
    public static void DrainEventFd(int descriptor)
    {
        ulong count;
        _ = read(descriptor, &count, sizeof(ulong));
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint initial, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint write(int descriptor, void* bytes, nuint lengthBytes);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int descriptor, void* bytes, nuint lengthBytes);
}
