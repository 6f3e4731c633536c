using System.Runtime.InteropServices;

namespace Umps.Transport.Interop;

/// <summary>AF_XDP: sockets whose frames lie in memory that the program registered, and whose queues it maps.</summary>
internal static unsafe partial class Linux
{
    /// <summary>In the flags word of TX and FILL: the kernel wants a call to go on.</summary>
    public const uint XdpNeedsWakeup = 1;

    /// <summary>What a driver leaves free before a frame that it received: XDP_PACKET_HEADROOM.</summary>
    public const int XdpHeadroomBytes = 256;

    private const int AF_XDP = 44;
    private const int SOL_XDP = 283;

    private const int XDP_MMAP_OFFSETS = 1;
    private const int XDP_RX_RING = 2;
    private const int XDP_TX_RING = 3;
    private const int XDP_UMEM_REG = 4;
    private const int XDP_UMEM_FILL_RING = 5;
    private const int XDP_UMEM_COMPLETION_RING = 6;
    private const int XDP_STATISTICS = 7;
    private const int XDP_MAX_TX_SKB_BUDGET = 9;

    private const ushort XDP_SHARED_UMEM = 1 << 0;
    private const ushort XDP_COPY = 1 << 1;
    private const ushort XDP_ZEROCOPY = 1 << 2;
    private const ushort XDP_USE_NEED_WAKEUP = 1 << 3;
    private const ushort XDP_USE_SG = 1 << 4;

    private const long XDP_PGOFF_RX_RING = 0;
    private const long XDP_PGOFF_TX_RING = 0x80000000;
    private const long XDP_UMEM_PGOFF_FILL_RING = 0x100000000;
    private const long XDP_UMEM_PGOFF_COMPLETION_RING = 0x180000000;

    private const int SO_BUSY_POLL = 46;
    private const int SO_PREFER_BUSY_POLL = 69;
    private const int SO_BUSY_POLL_BUDGET = 70;
    private const int MAP_POPULATE = 0x8000;

    /// <summary>socket(2): an AF_XDP socket, not inherited by programs started from here.</summary>
    /// <param name="error">Errno.None; EPERM without CAP_NET_RAW; EAFNOSUPPORT where the kernel has none.</param>
    /// <returns>The descriptor, owned by the caller (<see cref="CloseSocket"/>); -1 on an error.</returns>
    public static int OpenXdpSocket(out Errno error)
    {
        int descriptor = socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0);
        error = descriptor >= 0 ? Errno.None : LastError();
        return descriptor;
    }

    /// <summary>XDP_UMEM_REG: the frames of this socket, and of those that share with it, lie here. The pages are pinned.</summary>
    /// <param name="descriptor">The socket.</param>
    /// <param name="address">On a page's boundary.</param>
    /// <param name="lengthBytes">A multiple of <paramref name="chunkBytes"/>.</param>
    /// <param name="chunkBytes">What a frame gets: a power of two, 2048 to a page.</param>
    /// <returns>Errno.None; ENOBUFS where RLIMIT_MEMLOCK is smaller and CAP_IPC_LOCK missing.</returns>
    public static Errno RegisterUmem(int descriptor, byte* address, long lengthBytes, int chunkBytes)
    {
        var registration = new UmemRegistration { Address = (ulong)address, LengthBytes = (ulong)lengthBytes, ChunkBytes = (uint)chunkBytes };
        return setsockopt(descriptor, SOL_XDP, XDP_UMEM_REG, &registration, sizeof(UmemRegistration)) == 0 ? Errno.None : LastError();
    }

    /// <summary>Makes one of the socket's rings.</summary>
    /// <param name="descriptor">The socket, not bound yet.</param>
    /// <param name="ring">Which.</param>
    /// <param name="entries">A power of two.</param>
    public static Errno MakeXdpRing(int descriptor, XdpRingKind ring, int entries)
    {
        int option = ring switch
        {
            XdpRingKind.Rx => XDP_RX_RING,
            XdpRingKind.Tx => XDP_TX_RING,
            XdpRingKind.Fill => XDP_UMEM_FILL_RING,
            _ => XDP_UMEM_COMPLETION_RING,
        };
        return setsockopt(descriptor, SOL_XDP, option, &entries, sizeof(int)) == 0 ? Errno.None : LastError();
    }

    /// <summary>bind(2) of the socket that owns the memory.</summary>
    /// <param name="descriptor">The socket.</param>
    /// <param name="interfaceIndex">The interface.</param>
    /// <param name="queue">One of its queues.</param>
    /// <param name="zeroCopy">The driver uses the memory itself; else the kernel copies.</param>
    /// <param name="needWakeup">The kernel says when it wants a call; else it may need none, or each time one.</param>
    /// <param name="fragments">Frames may lie in runs of chunks.</param>
    /// <returns>Errno.None; EOPNOTSUPP: not in this way; EBUSY: the queue has an owner; EINVAL: no such queue, or a flag that the kernel does not know.</returns>
    public static Errno BindXdp(int descriptor, int interfaceIndex, int queue, bool zeroCopy, bool needWakeup, bool fragments) => BindXdp(
        descriptor, interfaceIndex, queue, 0, (ushort)((zeroCopy ? XDP_ZEROCOPY : XDP_COPY) | (needWakeup ? XDP_USE_NEED_WAKEUP : 0) | (fragments ? XDP_USE_SG : 0)));

    /// <summary>bind(2) of a further socket: memory, FILL and COMPLETION are those of the first.</summary>
    public static Errno BindXdpShared(int descriptor, int interfaceIndex, int queue, int first) => BindXdp(descriptor, interfaceIndex, queue, first, XDP_SHARED_UMEM);

    /// <summary>XDP_MMAP_OFFSETS and mmap(2): a ring of a bound socket.</summary>
    /// <param name="descriptor">The socket.</param>
    /// <param name="ring">Which ring; FILL and COMPLETION are those that it shares.</param>
    /// <param name="entries">How many it was made with.</param>
    /// <param name="layout">Where in the mapping its parts are.</param>
    /// <param name="lengthBytes">Of the mapping, for <see cref="Unmap"/>.</param>
    /// <param name="error">Errno.None; EINVAL where there is no such ring.</param>
    /// <returns>The mapping; null on an error.</returns>
    public static byte* MapXdpRing(int descriptor, XdpRingKind ring, int entries, out XdpRingLayout layout, out long lengthBytes, out Errno error)
    {
        XdpRingLayout* offsets = stackalloc XdpRingLayout[4];       // struct xdp_mmap_offsets: rx, tx, fill, completion
        int length = 4 * sizeof(XdpRingLayout);
        layout = default;
        lengthBytes = 0;
        if (getsockopt(descriptor, SOL_XDP, XDP_MMAP_OFFSETS, offsets, &length) != 0)
        {
            error = LastError();
            return null;
        }
        (int index, long page, int entryBytes) = ring switch
        {
            XdpRingKind.Rx => (0, XDP_PGOFF_RX_RING, 16),
            XdpRingKind.Tx => (1, XDP_PGOFF_TX_RING, 16),
            XdpRingKind.Fill => (2, XDP_UMEM_PGOFF_FILL_RING, 8),
            _ => (3, XDP_UMEM_PGOFF_COMPLETION_RING, 8),
        };
        layout = offsets[index];
        lengthBytes = (long)layout.Entries + (long)entries * entryBytes;
        void* address = mmap(null, (nuint)lengthBytes, PROT_READ_WRITE, MAP_SHARED | MAP_POPULATE, descriptor, page);
        error = (nint)address != -1 ? Errno.None : LastError();
        return error == Errno.None ? (byte*)address : null;
    }

    /// <summary>sendto(2) without a frame: the kernel sends what is in the socket's TX ring.</summary>
    /// <returns>Errno.None; EAGAIN: some is left, for there were many, or no room; EBUSY: one was dropped; ENOBUFS, ENOMEM: no memory; ENETDOWN.</returns>
    public static Errno KickXdp(int descriptor) => sendto(descriptor, null, 0, MSG_DONTWAIT, null, 0) >= 0 ? Errno.None : LastError();

    /// <summary>recvfrom(2) without room: the kernel looks for frames, or takes up what is in FILL, where it waits to be told.</summary>
    public static void PokeXdp(int descriptor) => _ = recvfrom(descriptor, null, 0, MSG_DONTWAIT, null, null);

    /// <summary>XDP_STATISTICS.</summary>
    /// <returns>Zeros where there are none.</returns>
    public static XdpStatistics XdpStatisticsOf(int descriptor)
    {
        XdpStatistics statistics = default;
        int length = sizeof(XdpStatistics);
        _ = getsockopt(descriptor, SOL_XDP, XDP_STATISTICS, &statistics, &length);
        return statistics;
    }

    /// <summary>XDP_MAX_TX_SKB_BUDGET (Linux 6.17 on): frames that a call in copy mode sends at most; 32 before.</summary>
    public static void SetXdpBudget(int descriptor, int frames) => _ = setsockopt(descriptor, SOL_XDP, XDP_MAX_TX_SKB_BUDGET, &frames, sizeof(int));

    /// <summary>SO_SNDBUFFORCE: bytes of frames on their way out, in copy mode, by the kernel's own count.</summary>
    public static void SetXdpSendBuffer(int descriptor, int bytes) => SetOption(descriptor, SOL_SOCKET, SO_SNDBUFFORCE, bytes);

    /// <summary>SO_PREFER_BUSY_POLL and what goes with it: the driver is polled by calls on this socket, not by its interrupts.</summary>
    /// <returns>Errno.None; EPERM without CAP_NET_ADMIN.</returns>
    public static Errno PreferBusyPolling(int descriptor, int microseconds, int budgetFrames)
    {
        int on = 1;
        return setsockopt(descriptor, SOL_SOCKET, SO_PREFER_BUSY_POLL, &on, sizeof(int)) == 0
            && setsockopt(descriptor, SOL_SOCKET, SO_BUSY_POLL, &microseconds, sizeof(int)) == 0
            && setsockopt(descriptor, SOL_SOCKET, SO_BUSY_POLL_BUDGET, &budgetFrames, sizeof(int)) == 0 ? Errno.None : LastError();
    }

    private static Errno BindXdp(int descriptor, int interfaceIndex, int queue, int first, ushort flags)
    {
        var address = new XdpAddress
        {
            Family = AF_XDP,
            Flags = flags,
            InterfaceIndex = interfaceIndex,
            Queue = queue,
            Shared = first,
        };
        return bind(descriptor, (byte*)&address, sizeof(XdpAddress)) == 0 ? Errno.None : LastError();
    }

    /// <summary>struct xdp_umem_reg.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 32)]
    private struct UmemRegistration
    {
        [FieldOffset(0)] public ulong Address;
        [FieldOffset(8)] public ulong LengthBytes;
        [FieldOffset(16)] public uint ChunkBytes;
        [FieldOffset(20)] public uint HeadroomBytes;
        [FieldOffset(24)] public uint Flags;
    }

    /// <summary>struct sockaddr_xdp.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 16)]
    private struct XdpAddress
    {
        [FieldOffset(0)] public ushort Family;
        [FieldOffset(2)] public ushort Flags;
        [FieldOffset(4)] public int InterfaceIndex;
        [FieldOffset(8)] public int Queue;
        [FieldOffset(12)] public int Shared;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recvfrom(int descriptor, byte* bytes, nuint lengthBytes, int flags, byte* address, int* addressBytes);
}
