using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Sockets;
using System.Threading;
using Umps.Transport.Agents.Ethernet;
using Umps.Transport.Agents.Packet;
using Umps.Transport.Agents.Xdp;
using Umps.Transport.Interop;
using Umps.Transport.Polling;
using Umps.Transport.Pool;

namespace Umps.Transport;

/// <summary>UMPS's kernel agent: makes the node's memory and hands its descriptors out. Lives in the node agent, or in the first local rank where there is none.</summary>
public sealed unsafe class KernelAgent : IDisposable
{
    private readonly NodeMapping _mapping;
    private readonly Lock _lifetime = new();      // an abort may come from any thread, also when all is over
    private bool _disposed;

    private readonly TransportOptions _options;
    private readonly List<INodeDevice> _devices = [];

    private KernelAgent(NodeMapping mapping, TransportOptions options)
    {
        _mapping = mapping;
        _options = options;
    }

    /// <summary>Makes the memory of a node: memfd (sealed against resizing), header, slices, an eventfd a rank.</summary>
    /// <param name="localRanks">Ranks of this node, 1 to 4096.</param>
    /// <param name="options">Its <see cref="TransportOptions.Shm"/> gives the units a rank.</param>
    /// <returns>The agent. The memory is sparse: what it costs now is a page a rank.</returns>
    /// <exception cref="UmpsException">UMPS1001, UMPS1002: the system does not give it. UMPS1003: an option is out of its range.</exception>
    public static KernelAgent Create(int localRanks, TransportOptions options) => Create(localRanks, options, []);

    /// <summary>The same, with room in the memory for what agents share with an interface.</summary>
    /// <param name="localRanks">Ranks of this node, 1 to 4096.</param>
    /// <param name="options">All of them.</param>
    /// <param name="interfaces">Agents for which <see cref="OpenInterface"/> may be called.</param>
    internal static KernelAgent Create(int localRanks, TransportOptions options, ReadOnlySpan<AgentKind> interfaces)
    {
        if (localRanks is < 1 or > PoolLayout.RanksMax)
            throw new ArgumentOutOfRangeException(nameof(localRanks), localRanks, $"a node has 1 to {PoolLayout.RanksMax} ranks");
        options.Shm.Check();
        long linkBytes = interfaces.Contains(AgentKind.Xdp) ? XdpArea.BytesOf(localRanks, options.Xdp) : 0;
        PoolLayout layout = LayoutWithinLimits(localRanks, options.Shm, linkBytes);
        int descriptor;
        byte* address;
        while (!TryMake(layout, out descriptor, out address, out string call, out Errno error))
        {
            // Addresses for loans are what can be done without: fewer of them, before the job cannot begin at all.
            if (error is not (Errno.ENOMEM or Errno.EFBIG or Errno.EINVAL) || layout.LoanBytes <= PoolLayout.LoanBytesMin)
                throw Throw.MemoryRefused(call, layout.TotalBytes, error);
            layout = new PoolLayout(localRanks, layout.UnitsARank, Math.Max(layout.LoanBytes / 4, PoolLayout.LoanBytesMin), linkBytes);
        }
        var events = new int[localRanks];
        for (int i = 0; i < localRanks; i++)
            events[i] = -1;
        var mapping = new NodeMapping(layout, descriptor, events, address);
        try
        {
            for (int i = 0; i < localRanks; i++)
            {
                events[i] = Linux.CreateEventFd(out Errno error);
                if (events[i] < 0)
                    throw Throw.MemoryRefused("eventfd", layout.TotalBytes, error);
            }
            WriteHeader(mapping);
        }
        catch
        {
            mapping.Release();
            throw;
        }
        return new KernelAgent(mapping, options);
    }

    /// <summary>Opens the interface for an agent that needs one: what needs privilege is done here, and each rank gets a socket with the node's memory. Before the ranks join.</summary>
    /// <param name="agent">Packet or Xdp.</param>
    /// <exception cref="UmpsException">UMPS1310: the interface cannot be used. UMPS1311: a capability is missing. UMPS1002: there is no memory. The ranks do without, then.</exception>
    internal void OpenInterface(AgentKind agent)
    {
        if (agent == AgentKind.Xdp)
        {
            long bytes = _mapping.Layout.LinkBytes;
            _mapping.Allocate(_mapping.Layout.Links, bytes, "xdp's frames");
            Add(XdpDevice.Open(_mapping.Layout.Ranks, _options, _mapping.At(_mapping.Layout.Links), bytes));
        }
        else
        {
            Add(PacketDevice.Open(_mapping.Layout.Ranks, OptionsOfPacket()));
        }
    }

    /// <summary>An interface that has been opened; disposed with this.</summary>
    internal void Add(INodeDevice device) => _devices.Add(device);

    internal LinkPort? PortOf(AgentKind agent, int localIndex)
    {
        foreach (INodeDevice device in _devices)
        {
            if (device.Kind == agent)
                return device.PortOf(localIndex);
        }
        return null;
    }

    /// <summary>Where both agents may be, they must not take each other's frames: xdp would, before packet's sockets see them. On all nodes alike, whichever could be opened there.</summary>
    private TransportOptions OptionsOfPacket()
    {
        if (!_options.Agents.Contains(AgentKind.Xdp))
            return _options;
        int own = _options.Ethernet.EtherType;
        return _options with { Ethernet = _options.Ethernet with { EtherType = own < ushort.MaxValue ? own + 1 : own - 1 } };
    }

    /// <summary>Hands memfd and eventfds to a rank over a connected Unix socket.</summary>
    /// <param name="joinSocket">A connected Unix stream socket; what is sent afterwards is left to others.</param>
    /// <exception cref="UmpsException">UMPS1005: the rank has gone.</exception>
    public void SendDescriptors(Socket joinSocket) => SendDescriptors((int)joinSocket.Handle);

    /// <summary>The same over a descriptor.</summary>
    internal void SendDescriptors(int joinSocket) => NodeJoin.Send(joinSocket, _mapping, []);

    /// <summary>The same, with the rank's sockets on interfaces.</summary>
    /// <param name="joinSocket">A connected Unix stream socket.</param>
    /// <param name="localIndex">The rank's place on this node.</param>
    internal void SendDescriptors(int joinSocket, int localIndex)
    {
        var ports = new LinkPort[_devices.Count];
        for (int i = 0; i < ports.Length; i++)
            ports[i] = _devices[i].PortOf(localIndex);
        NodeJoin.Send(joinSocket, _mapping, ports);
    }

    /// <summary>The memory for ranks that live in this process (MpiHost, singleton): a second mapping is not made.</summary>
    /// <returns>To be disposed by the caller.</returns>
    public NodeMemory Share() => new(_mapping.Share(), this);

    /// <summary>Sets the abort word and wakes every rank of the node; nothing when the memory has been disposed of.</summary>
    /// <param name="reason">What <see cref="Endpoint.AbortWord"/> says from now on; 0 counts as -1. The first reason stays.</param>
    public void Abort(int reason)
    {
        lock (_lifetime)
        {
            if (!_disposed)
                Abort(_mapping, reason);
        }
    }

    /// <summary>Closes the descriptors; the kernel frees the memory when the last rank has gone.</summary>
    public void Dispose()
    {
        lock (_lifetime)
        {
            if (_disposed)
                return;
            _disposed = true;
            foreach (INodeDevice device in _devices)
                device.Dispose();
            _mapping.Release();
        }
    }

    internal static void Abort(NodeMapping mapping, int reason)
    {
        Interlocked.CompareExchange(ref mapping.Header->Abort, reason == 0 ? -1 : reason, 0);
        WakeAll(mapping);
    }

    /// <summary>Rings every rank of the node that has attached.</summary>
    internal static void WakeAll(NodeMapping mapping)
    {
        for (int i = 0; i < mapping.Layout.Ranks; i++)
        {
            if (Volatile.Read(ref mapping.Identity(i)->State) == IdentityLine.Attached)
                Doorbell.Ring((DoorbellLine*)mapping.At(mapping.Layout.Control(i)), mapping.EventDescriptors[i]);
        }
    }

    /// <summary>A layout whose loan arenas take at most a quarter of the addresses that a process may have (ulimit -v): the runtime needs the rest.</summary>
    private static PoolLayout LayoutWithinLimits(int localRanks, ShmOptions shm, long linkBytes)
    {
        long loanBytes = shm.LoanArenaBytes;
        long limit = Linux.AddressLimitBytes() / 4;
        while (loanBytes > PoolLayout.LoanBytesMin && loanBytes > limit / localRanks)
            loanBytes = Math.Max(loanBytes / 2, PoolLayout.LoanBytesMin);
        return new PoolLayout(localRanks, shm.UnitPoolBytes / PoolSize.UnitBytes, loanBytes, linkBytes);
    }

    private static bool TryMake(PoolLayout layout, out int descriptor, out byte* address, out string call, out Errno error)
    {
        address = null;
        descriptor = Linux.CreateSealedMemory("umps-node", layout.TotalBytes, out call, out error);
        if (descriptor < 0)
            return false;
        address = Linux.MapShared(descriptor, layout.TotalBytes, out error);
        if (address != null)
            return true;
        call = "mmap";
        Linux.Close(descriptor);
        return false;
    }

    private static void WriteHeader(NodeMapping mapping)
    {
        PoolLayout layout = mapping.Layout;
        mapping.Allocate(0, NodeHeader.SizeBytes, "its header");
        mapping.Allocate(layout.Control(0), (long)layout.Ranks * PoolLayout.PageBytes, "control pages");     // so that an abort may look at ranks that never attach
        NodeHeader* header = mapping.Header;
        header->Magic = NodeHeader.MagicValue;
        header->Version = NodeHeader.VersionValue;
        header->Ranks = layout.Ranks;
        header->UnitsARank = layout.UnitsARank;
        header->TotalBytes = layout.TotalBytes;
        header->LoanBytes = layout.LoanBytes;
        header->LinkBytes = layout.LinkBytes;
    }
}
