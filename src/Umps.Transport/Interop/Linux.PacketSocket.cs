using System;
using System.Runtime.InteropServices;

namespace Umps.Transport.Interop;

/// <summary>packet(7): frames of an interface as they are, past the protocols of the kernel's stack.</summary>
internal static unsafe partial class Linux
{
    private const int SOCK_RAW = 3;
    private const int SOL_PACKET = 263;
    private const int SO_ATTACH_FILTER = 26;
    private const int SO_LOCK_FILTER = 44;
    private const int PACKET_RX_RING = 5;
    private const int PACKET_STATISTICS = 6;
    private const int PACKET_VERSION = 10;
    private const int PACKET_RESERVE = 12;
    private const int PACKET_QDISC_BYPASS = 20;
    private const int PACKET_IGNORE_OUTGOING = 23;
    private const int TPACKET_V2 = 1;

    /// <summary>socket(2): a packet socket that gets nothing until it is bound, never blocks and is not inherited.</summary>
    /// <param name="error">Errno.None; EPERM without CAP_NET_RAW; EAFNOSUPPORT where the kernel has no packet sockets.</param>
    /// <returns>The descriptor, owned by the caller (<see cref="CloseSocket"/>); -1 on an error.</returns>
    public static int OpenPacketSocket(out Errno error)
    {
        int descriptor = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        error = descriptor >= 0 ? Errno.None : LastError();
        return descriptor;
    }

    /// <summary>SO_ATTACH_FILTER, SO_LOCK_FILTER: the socket gets what the program lets through, and whoever has its descriptor cannot change that.</summary>
    public static Errno LockFilter(int descriptor, ReadOnlySpan<FilterStep> program)
    {
        int on = 1;
        fixed (FilterStep* steps = program)
        {
            var native = new FilterProgram { Count = (ushort)program.Length, Steps = steps };
            return setsockopt(descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &native, sizeof(FilterProgram)) == 0
                && setsockopt(descriptor, SOL_SOCKET, SO_LOCK_FILTER, &on, sizeof(int)) == 0 ? Errno.None : LastError();
        }
    }

    /// <summary>PACKET_QDISC_BYPASS, PACKET_IGNORE_OUTGOING: frames go to the driver at once, and what this host sends does not come back. Best effort: Linux 3.14, 4.20.</summary>
    public static void GoStraight(int descriptor)
    {
        SetOption(descriptor, SOL_PACKET, PACKET_QDISC_BYPASS, 1);
        SetOption(descriptor, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1);
    }

    /// <summary>PACKET_VERSION (TPACKET_V2), PACKET_RESERVE, PACKET_RX_RING: frames come in a ring that is mapped (<see cref="MapShared"/>), each in an entry of its own.</summary>
    /// <param name="descriptor">A packet socket that is not bound.</param>
    /// <param name="reserveBytes">Bytes before each frame beside the kernel's.</param>
    /// <param name="entryBytes">Of the entries; no entry crosses the end of a block.</param>
    /// <param name="blockBytes">Whole pages.</param>
    /// <param name="blocks">How many.</param>
    /// <returns>Errno.None; ENOMEM; EINVAL where the sizes do not fit each other.</returns>
    public static Errno MakeReceiveRing(int descriptor, int reserveBytes, int entryBytes, int blockBytes, int blocks)
    {
        int version = TPACKET_V2;
        var request = new RingRequest { BlockBytes = (uint)blockBytes, Blocks = (uint)blocks, EntryBytes = (uint)entryBytes, Entries = (uint)(blocks * (blockBytes / entryBytes)) };
        return setsockopt(descriptor, SOL_PACKET, PACKET_VERSION, &version, sizeof(int)) == 0
            && setsockopt(descriptor, SOL_PACKET, PACKET_RESERVE, &reserveBytes, sizeof(int)) == 0
            && setsockopt(descriptor, SOL_PACKET, PACKET_RX_RING, &request, sizeof(RingRequest)) == 0 ? Errno.None : LastError();
    }

    /// <summary>bind(2): from now on the socket sends to the interface, and gets its frames of this EtherType.</summary>
    public static Errno BindPacket(int descriptor, int interfaceIndex, ushort etherTypeNetwork)
    {
        var address = new LinkAddress { Family = AF_PACKET, ProtocolNetwork = etherTypeNetwork, InterfaceIndex = interfaceIndex };
        return bind(descriptor, (byte*)&address, sizeof(LinkAddress)) == 0 ? Errno.None : LastError();
    }

    /// <summary>PACKET_STATISTICS: frames that found no room since the last call.</summary>
    public static uint TakePacketDrops(int descriptor)
    {
        uint* counts = stackalloc uint[2];      // frames, and those of them that were dropped
        int length = 2 * sizeof(uint);
        return getsockopt(descriptor, SOL_PACKET, PACKET_STATISTICS, counts, &length) == 0 ? counts[1] : 0;
    }

    /// <summary>sendto(2): one frame.</summary>
    /// <returns>Errno.None; EAGAIN and ENOBUFS when there is no room now; ENETDOWN while the interface is down; ENXIO when it has gone.</returns>
    public static Errno SendFrame(int descriptor, void* bytes, int lengthBytes) =>
        sendto(descriptor, bytes, (nuint)lengthBytes, MSG_DONTWAIT, null, 0) >= 0 ? Errno.None : LastError();

    /// <summary>recvfrom(2): one frame.</summary>
    /// <returns>Bytes that came; -1 with EAGAIN when there is none, with ENETDOWN once when the interface has gone down.</returns>
    public static int ReceiveFrame(int descriptor, void* bytes, int lengthMaxBytes, out Errno error)
    {
        nint received = recvfrom(descriptor, bytes, (nuint)lengthMaxBytes, MSG_DONTWAIT, null, null);
        error = received >= 0 ? Errno.None : LastError();
        return (int)received;
    }

    /// <summary>struct sock_fprog.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct FilterProgram
    {
        public ushort Count;
        public FilterStep* Steps;
    }

    /// <summary>struct tpacket_req.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct RingRequest
    {
        public uint BlockBytes;
        public uint Blocks;
        public uint EntryBytes;
        public uint Entries;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint recvfrom(int descriptor, void* bytes, nuint lengthBytes, int flags, void* address, int* addressBytes);
}
