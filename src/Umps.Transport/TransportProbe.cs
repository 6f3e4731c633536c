using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using Umps.Transport.Agents;
using Umps.Transport.Agents.Packet;
using Umps.Transport.Agents.Xdp;
using Umps.Transport.Interop;
using Umps.Transport.Pool;

namespace Umps.Transport;

/// <summary>What this machine lets the transport do: asked for <c>umpsrun --doctor</c>. Opens and closes, attaches nothing, and changes nothing that another process could notice.</summary>
internal static unsafe class TransportProbe
{
    /// <summary>Whether the node's memory can be made.</summary>
    /// <returns>Null when it can; else why not.</returns>
    public static string? Shm(TransportOptions options)
    {
        try
        {
            using KernelAgent agent = KernelAgent.Create(Environment.ProcessorCount, options);
            return null;
        }
        catch (UmpsException cause)
        {
            return cause.Message;
        }
    }

    /// <summary>Whether ranks may copy from each other's memory.</summary>
    public static string? CopyAcross()
    {
        long here = 0, there = 42;
        Errno error = Linux.ReadProcessMemory(Environment.ProcessId, (nint)(&there), (nint)(&here), sizeof(long));
        if (error != Errno.None)
            return $"process_vm_readv: {error}; a container's seccomp rules forbid it";
        string scope = Read("/proc/sys/kernel/yama/ptrace_scope");
        return scope is "" or "0" || HasCapability(Linux.CAP_SYS_PTRACE) ? null : $"kernel.yama.ptrace_scope is {scope}; 0 permits it among processes of a user";
    }

    /// <summary>Addresses at which other hosts reach this one by tcp and udp.</summary>
    public static IReadOnlyList<IPAddress> Addresses() => HostAddresses.Usable();

    /// <summary>Whether a socket can be bound.</summary>
    /// <param name="type">Stream for tcp, datagrams for udp.</param>
    public static string? Socket(SocketType type)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp);
            socket.Bind(new IPEndPoint(IPAddress.Any, 0));
            return null;
        }
        catch (SocketException refused)
        {
            return $"{refused.SocketErrorCode}";
        }
    }

    /// <summary>The kernel's largest buffer of a socket, in bytes; 0 where it is not known.</summary>
    public static long SocketBufferBytesMax() => long.TryParse(Read("/proc/sys/net/core/rmem_max"), NumberStyles.None, CultureInfo.InvariantCulture, out long bytes) ? bytes : 0;

    /// <summary>Ethernet interfaces of this network namespace.</summary>
    public static IReadOnlyList<HostInterface> Interfaces() => [.. Linux.ListInterfaces(out _).Where(one => one.IsEthernet)];

    /// <summary>Whether the packet agent can use an interface.</summary>
    public static string? Packet(string name, TransportOptions options)
    {
        try
        {
            using PacketDevice device = PacketDevice.Open(1, options with { Ethernet = options.Ethernet with { Interface = name } });
            return null;
        }
        catch (UmpsException cause)
        {
            return cause.Message;
        }
    }

    /// <summary>Whether the xdp agent can be had at all, but for the interface: what is missing.</summary>
    /// <param name="ranks">Ranks that would share the memory.</param>
    /// <param name="options">Of the transport.</param>
    public static string? Xdp(int ranks, TransportOptions options)
    {
        IReadOnlyList<string> missing = XdpPrivileges.Missing(XdpArea.BytesOf(ranks, options.Xdp));
        if (missing.Count > 0)
            return $"needs {string.Join(", ", missing)}";
        int socket = Linux.OpenXdpSocket(out Errno error);
        if (socket < 0)
            return $"socket(AF_XDP): {error}; the kernel has no AF_XDP (CONFIG_XDP_SOCKETS)";
        Linux.Close(socket);
        int map = Linux.CreateXdpSocketMap(1, out error);
        if (map < 0)
            return $"bpf(BPF_MAP_CREATE): {error}";
        int program = Linux.LoadXdpProgram(SteeringProgram.Make(map, options.Ethernet.EtherType, options.Xdp.Queue, ipv4: uint.MaxValue, options.Ethernet.UdpPort), takesFragments: false, out string log, out error);
        Linux.Close(map);
        if (program < 0)
            return $"bpf(BPF_PROG_LOAD): {error} {log}".TrimEnd();
        Linux.Close(program);
        return null;
    }

    /// <summary>What an interface's driver can do for xdp, in words; attaching would tell for sure, and may reset an interface that others use.</summary>
    /// <param name="one">The interface.</param>
    /// <param name="ethernet">Its options.</param>
    public static string XdpOf(HostInterface one, EthernetOptions ethernet)
    {
        string driver = Linux.DriverOf(one.Name) is { Length: > 0 } known ? $"driver {known}, " : "";
        string can = !Linux.TryXdpFeatures(one.Index, out ulong features) ? "the kernel does not say what its driver can (Linux 6.3 does); generic, with a copy, works on any"
            : (features & Linux.NETDEV_XDP_ACT_BASIC) == 0 ? "generic only, with a copy"
            : (features & Linux.NETDEV_XDP_ACT_XSK_ZEROCOPY) == 0 ? "native, with a copy" : "native, zero-copy";
        string datagrams = one.Addresses.FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork) is { } address
            ? string.Create(CultureInfo.InvariantCulture, $"; over routers by datagrams to {address}, UDP port {ethernet.UdpPort}") : "; no IPv4 address, so not over routers";
        return driver + can + (ethernet.Encapsulation == EthernetEncapsulation.Never ? "" : datagrams) + (Linux.HasXdpProgram(one.Index) ? "; in use: an XDP program is attached (another job's, or another program's)" : "");
    }

    /// <summary>Whether sockets may poll the driver.</summary>
    public static string? BusyPoll()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        Errno error = Linux.PreferBusyPolling((int)socket.Handle, 20, 64);
        return error switch
        {
            Errno.None => null,
            Errno.EPERM => "needs CAP_NET_ADMIN",
            _ => $"SO_PREFER_BUSY_POLL: {error}; it came with Linux 5.11",
        };
    }

    /// <summary>Whether physical addresses are shown to this process.</summary>
    public static bool SeesPhysicalAddresses()
    {
        long page = 1;
        Span<ulong> entry = stackalloc ulong[1];
        return PageMap.TryRead((nint)(&page), entry) && page == 1;
    }

    /// <summary>Pages of a rank that should be locked, in bytes, and those of a node's xdp.</summary>
    public static (long RankBytes, long XdpBytes) LockedBytesWanted(int ranks, TransportOptions options) => (options.Shm.UnitPoolBytes, XdpArea.BytesOf(ranks, options.Xdp));

    /// <summary>Whether this thread has a capability (<c>Linux.CAP_…</c>).</summary>
    public static bool HasCapability(int capability) => (Linux.EffectiveCapabilities() >> capability & 1) != 0;

    /// <summary>The first line of a file; empty where it cannot be read.</summary>
    public static string Read(string path)
    {
        try
        {
            return File.ReadLines(path).FirstOrDefault() ?? "";
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
