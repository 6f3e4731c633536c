using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Net.Sockets;
using System.Threading;
using Umps.Transport.Agents.Ethernet;
using Umps.Transport.Interop;

namespace Umps.Transport.Agents.Xdp;

/// <summary>An interface, opened for AF_XDP by the kernel agent: the program at it, the UMEM, and a socket for each rank of the node.</summary>
/// <remarks>
/// The first socket registers the UMEM and owns FILL and COMPLETION, the others share them; all are bound to one queue. Ranks map the rings of the sockets that they are passed, and do the rest.
/// The program is attached by a link: when this process ends, however, the last descriptor of it closes, and the interface is as it was.
/// </remarks>
internal sealed unsafe class XdpDevice : INodeDevice
{
    private const string Veth = "veth";

    /// <summary>With a longer one frames may not fit a unit, where the driver leaves headroom before them.</summary>
    private const int UnitMtuMax = XdpShape.UnitBytes - Linux.XdpHeadroomBytes - EthernetHeader.SizeBytes;

    private const int BusyPollBudgetFrames = 64;

    /// <summary>An owner that has ended is forgotten within a few hundredths of a second.</summary>
    private const int PatienceMilliseconds = 1000;
    private const int PauseMilliseconds = 5;

    /// <summary>Frames on their way out, in copy mode: the kernel counts 768 bytes for the shortest.</summary>
    private const int SendBufferBytes = 16 << 20;

    private readonly EthernetInterface _interface;
    private readonly XdpOptions _options;
    private readonly XdpShape _shape;
    private readonly EthernetOptions _ethernet;
    private readonly int[] _sockets;
    private WayEcho? _echo;             // null: no datagrams
    private int _map = -1;
    private int _program = -1;
    private int _link = -1;
    private PortFlags _flags;
    private bool _disposed;

    private XdpDevice(int localRanks, TransportOptions options, EthernetInterface found)
    {
        _interface = found;
        _options = options.Xdp;
        _ethernet = options.Ethernet;
        _shape = new XdpShape(localRanks, options.Xdp);
        _sockets = new int[localRanks];
        Array.Fill(_sockets, -1);
    }

    /// <inheritdoc/>
    public AgentKind Kind => AgentKind.Xdp;

    /// <summary>What the interface gave.</summary>
    public PortFlags Flags => _flags;

    /// <summary>Opens the interface that the options name, in the network namespace of the calling thread.</summary>
    /// <param name="localRanks">Ranks of this node.</param>
    /// <param name="options">Of the transport.</param>
    /// <param name="area">Memory that all ranks of the node map, from a page's boundary on; it is used until the device is disposed and the ranks have ended.</param>
    /// <param name="areaBytes">At least <see cref="XdpArea.BytesOf"/>.</param>
    /// <exception cref="UmpsException">1305: options are out of range. 1310: the interface cannot be used so, or another job has it. 1311: a capability is missing.</exception>
    public static XdpDevice Open(int localRanks, TransportOptions options, byte* area, long areaBytes)
    {
        string[] faults = [.. options.Ethernet.Faults(), .. options.Xdp.Faults()];
        if (faults.Length > 0)
            throw new UmpsException(ErrorId.LinkOptions, $"UMPS{ErrorId.LinkOptions} XdpDevice.Open: {string.Join("; ", faults)}.");
        if (areaBytes < XdpArea.BytesOf(localRanks, options.Xdp))
            throw new ArgumentOutOfRangeException(nameof(areaBytes), areaBytes, $"{localRanks} ranks need {XdpArea.BytesOf(localRanks, options.Xdp)}");
        IReadOnlyList<string> missing = XdpPrivileges.Missing(areaBytes);
        if (missing.Count > 0)
            throw Throw.Privilege("AF_XDP", string.Join(", ", missing), Errno.EPERM);
        var device = new XdpDevice(localRanks, options, EthernetInterface.Find(options.Ethernet.Interface));
        try
        {
            device.Prepare(area);
            device.Attach();
            device.OpenSockets(area);
            device.FillFirst();
            device.OpenEcho();
            return device;
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public LinkPort PortOf(int localIndex)
    {
        var facts = new PortFacts
        {
            Kind = AgentKind.Xdp,
            Slot = localIndex,
            InterfaceIndex = _interface.Index,
            Mtu = _interface.Mtu,
            MacAddress = _interface.MacAddress,
            EtherType = _ethernet.EtherType,
            Ipv4 = _echo is null ? 0 : Ipv4,
            UdpPort = (ushort)_ethernet.UdpPort,
            Encapsulation = (byte)_ethernet.Encapsulation,
            Word0 = (uint)_flags,
        };
        _shape.WriteTo(ref facts);
        return new LinkPort(_sockets[localIndex], facts);
    }

    /// <inheritdoc/>
    /// <remarks>Detaches the program, then closes the sockets.</remarks>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _echo?.Dispose();
        foreach (int descriptor in (int[])[_link, _program, _map])
        {
            if (descriptor >= 0)
                Linux.Close(descriptor);
        }
        foreach (int descriptor in _sockets)
        {
            if (descriptor >= 0)
                Linux.CloseSocket(descriptor);
        }
    }

    private void Prepare(byte* area)
    {
        new Span<byte>(area, (int)_shape.UmemOffset).Clear();
        var header = (XdpHeader*)area;
        header->Version = XdpHeader.VersionValue;
        header->Ranks = _shape.LocalRanks;
        Volatile.Write(ref header->Magic, XdpHeader.MagicValue);
    }

    /// <summary>Loads the program and attaches it where the options say, or where it works.</summary>
    private void Attach()
    {
        _map = Linux.CreateXdpSocketMap(_shape.LocalRanks, out Errno error);
        if (_map < 0)
            throw Refused("bpf(BPF_MAP_CREATE)", error, "the kernel may have no AF_XDP (CONFIG_XDP_SOCKETS)");
        ulong[] code = SteeringProgram.Make(_map, _ethernet.EtherType, _options.Queue, Ipv4, _ethernet.UdpPort);
        _program = Linux.LoadXdpProgram(code, takesFragments: true, out string log, out error);
        if (_program < 0 && error == Errno.EINVAL)
            _program = Linux.LoadXdpProgram(code, takesFragments: false, out log, out error);       // before Linux 5.18
        if (_program < 0)
            throw Refused("bpf(BPF_PROG_LOAD)", error, log);

        bool nativeFirst = _options.Attach == XdpAttach.Native || (_options.Attach == XdpAttach.Auto && Linux.DriverOf(_interface.Name) != Veth);
        bool[] ways = _options.Attach == XdpAttach.Auto ? (nativeFirst ? [true, false] : [false, true]) : [nativeFirst];
        foreach (bool native in ways)
        {
            error = Patiently(() =>
            {
                _link = Linux.AttachXdp(_program, _interface.Index, native, out Errno refusal);
                return refusal is Errno.EEXIST ? Errno.EBUSY : refusal;
            });
            if (error == Errno.None)
            {
                _flags |= native ? PortFlags.Native : PortFlags.None;
                return;
            }
            if (error == Errno.EBUSY)
                throw Busy("has an XDP program already");
        }
        throw Refused("bpf(BPF_LINK_CREATE)", error, _options.Attach == XdpAttach.Native ? "the driver may have no XDP, or not with this MTU: Umps:Transport:Xdp:Attach=Generic needs none" : "");
    }

    private void OpenSockets(byte* area)
    {
        for (int rank = 0; rank < _sockets.Length; rank++)
        {
            int descriptor = _sockets[rank] = Linux.OpenXdpSocket(out Errno error);
            if (descriptor < 0)
                throw Refused("socket(AF_XDP)", error, "the kernel may have no AF_XDP (CONFIG_XDP_SOCKETS)");
            if (rank == 0)
            {
                Check(Linux.RegisterUmem(descriptor, area + _shape.UmemOffset, _shape.UmemBytes, XdpShape.UnitBytes), "setsockopt(XDP_UMEM_REG)");
                Check(Linux.MakeXdpRing(descriptor, XdpRingKind.Fill, _shape.FillEntries), "setsockopt(XDP_UMEM_FILL_RING)");
                Check(Linux.MakeXdpRing(descriptor, XdpRingKind.Completion, _shape.CompletionEntries), "setsockopt(XDP_UMEM_COMPLETION_RING)");
            }
            Check(Linux.MakeXdpRing(descriptor, XdpRingKind.Rx, _shape.RxEntries), "setsockopt(XDP_RX_RING)");
            Check(Linux.MakeXdpRing(descriptor, XdpRingKind.Tx, _shape.TxEntries), "setsockopt(XDP_TX_RING)");
            Linux.SetXdpSendBuffer(descriptor, SendBufferBytes);
            Linux.SetXdpBudget(descriptor, _shape.TxEntries);
            if (rank == 0)
                BindFirst(descriptor);
            else
                Check(Linux.BindXdpShared(descriptor, _interface.Index, _options.Queue, _sockets[0]), "bind(XDP_SHARED_UMEM)");
            if (_options.BusyPollMicroseconds > 0)
            {
                Check(Linux.PreferBusyPolling(descriptor, _options.BusyPollMicroseconds, BusyPollBudgetFrames), "setsockopt(SO_PREFER_BUSY_POLL)");
                _flags |= PortFlags.BusyPoll;
            }
            Check(Linux.SetXdpSocket(_map, (uint)rank, descriptor), "bpf(BPF_MAP_UPDATE_ELEM)");
        }
    }

    /// <summary>Binds without a copy where the driver can; for frames longer than a unit where the interface has them, and the kernel can.</summary>
    private void BindFirst(int descriptor)
    {
        Errno error = Errno.EOPNOTSUPP;
        bool hasLong = _interface.Mtu > UnitMtuMax;
        foreach ((bool zeroCopy, bool fragments) in ((bool, bool)[])[(true, true), (true, false), (false, true), (false, false)])
        {
            if (_options.ZeroCopy == (zeroCopy ? XdpZeroCopy.Never : XdpZeroCopy.Always) || (fragments && !hasLong))
                continue;
            error = Patiently(() => Linux.BindXdp(descriptor, _interface.Index, _options.Queue, zeroCopy, _options.NeedWakeup, fragments));
            if (error == Errno.None)
            {
                _flags |= (zeroCopy ? PortFlags.ZeroCopy : PortFlags.None) | (fragments ? PortFlags.Fragments : PortFlags.None) | (_options.NeedWakeup ? PortFlags.NeedWakeup : PortFlags.None);
                return;
            }
            if (error == Errno.EBUSY)
                throw Busy($"has an owner of queue {_options.Queue} already");
        }
        throw Refused(
            string.Create(CultureInfo.InvariantCulture, $"bind of an AF_XDP socket, queue {_options.Queue}"), error,
            error == Errno.EINVAL ? "there may be no such queue" : _options.ZeroCopy == XdpZeroCopy.Always ? "the driver cannot use the units itself: set Umps:Transport:Xdp:ZeroCopy=Auto" : "");
    }

    /// <summary>All receive units go into FILL: the ranks take it from there.</summary>
    private void FillFirst()
    {
        var fill = new XdpRing(_sockets[0], XdpRingKind.Fill, _shape.FillEntries);
        uint producer = *fill.Producer;
        for (int i = 0; i < _shape.ReceiveUnits; i++)
            fill.Addresses[producer++ & fill.Mask] = (ulong)(_shape.FirstReceiveUnit + i) << XdpShape.UnitShift;
        Volatile.Write(ref *fill.Producer, producer);
        fill.Unmap();
        if ((_flags & PortFlags.ZeroCopy) != 0)
            Linux.PokeXdp(_sockets[0]);
    }

    /// <summary>The interface's address, where frames may come in datagrams to it; else 0.</summary>
    private uint Ipv4 => _ethernet.Encapsulation == EthernetEncapsulation.Never || _interface.Ipv4 is null ? 0 : EthernetAddress.Ipv4Of(_interface.Ipv4);

    /// <summary>Takes the port of frames in datagrams. Where it cannot be had, peers behind a router use their next agent; if all frames should come so, the agent is of no use.</summary>
    private void OpenEcho()
    {
        SocketError refusal = SocketError.AddressNotAvailable;
        if (Ipv4 != 0)
            Patiently(() => (refusal = Echo()) == SocketError.AddressAlreadyInUse ? Errno.EBUSY : Errno.None);
        if (_echo is null && _ethernet.Encapsulation == EthernetEncapsulation.Always)
            throw Throw.Interface(string.Create(CultureInfo.InvariantCulture, $"Umps:Transport:Ethernet:Encapsulation is Always, and UDP port {_ethernet.UdpPort} on {_interface.Name} ({_interface.Ipv4?.ToString() ?? "no IPv4 address"}) cannot be had: {refusal}. Umps:Transport:Ethernet:UdpPort names another, for all nodes"));

        SocketError Echo()
        {
            try
            {
                _echo = new WayEcho(_interface.Ipv4!, _ethernet.UdpPort);
                return SocketError.Success;
            }
            catch (SocketException refused)
            {
                return refused.SocketErrorCode;
            }
        }
    }

    /// <summary>Tries again for a while what the owner of the interface keeps from us: the kernel takes its time after an owner's end.</summary>
    private static Errno Patiently(Func<Errno> attempt)
    {
        long until = Environment.TickCount64 + PatienceMilliseconds;
        Errno error = attempt();
        using var never = new ManualResetEventSlim(false, spinCount: 0);
        while (error == Errno.EBUSY && Environment.TickCount64 < until)
        {
            never.Wait(PauseMilliseconds);
            error = attempt();
        }
        return error;
    }

    private void Check(Errno error, string call)
    {
        if (error != Errno.None)
            throw Refused(call, error, "");
    }

    private UmpsException Busy(string fact) => Throw.Interface(
        $"{_interface.Name} {fact}: another job, or another program, uses it for XDP (ip link show {_interface.Name}). An interface has one owner: wait for that job's end");

    private UmpsException Refused(string call, Errno error, string guess) => error switch
    {
        Errno.EPERM => Throw.Privilege($"{call} on {_interface.Name}", "CAP_BPF, CAP_NET_ADMIN and CAP_NET_RAW, outside of user namespaces", error),
        Errno.ENOBUFS => Throw.Privilege($"{call} on {_interface.Name}", string.Create(CultureInfo.InvariantCulture, $"CAP_IPC_LOCK, or a limit of locked memory (ulimit -l) of {_shape.UmemBytes >> 10} KiB"), error),
        _ => Throw.Interface($"{call} on {_interface.Name} failed: {error}{(guess.Length > 0 ? $"; {guess}" : "")}"),
    };
}
