using System;
using System.Buffers.Binary;
using System.Linq;
using Umps.Transport.Agents.Ethernet;
using Umps.Transport.Interop;

namespace Umps.Transport.Agents.Packet;

/// <summary>An interface opened for the packet agents of a node: a packet socket a rank, which gets the frames for that rank's slot and no others.</summary>
/// <remarks>
/// Opening needs CAP_NET_RAW, in the network namespace of the calling thread; the ranks that use the sockets need nothing. They cannot widen what a socket gets: its filter is locked, and it is bound.
/// Sockets get nothing before they are bound, so nothing is in them that the filter would have kept out.
/// The interface's other traffic is not touched, and several jobs may use one interface; a stranger's frames end at the link's token.
/// </remarks>
internal sealed class PacketDevice : INodeDevice
{
    /// <summary>All of a frame.</summary>
    private const uint WholeFrame = 0x40000;

    private const int EtherTypeOffset = 12;
    private const int SlotOffset = 14;
    private readonly EthernetInterface _interface;
    private readonly TransportOptions _options;
    private readonly int[] _sockets;
    private readonly int[] _bufferBytes;
    private readonly RingShape? _ring;

    private PacketDevice(EthernetInterface on, int localRanks, TransportOptions options)
    {
        _interface = on;
        _options = options;
        _ring = options.Packet.Mapped ? RingShape.For(on.Mtu, options.Packet.BufferBytes) : null;
        _bufferBytes = new int[localRanks];
        _sockets = new int[localRanks];
        Array.Fill(_sockets, -1);
    }

    /// <summary>Opens the interface that the options name or leave to be chosen.</summary>
    /// <param name="localRanks">Ranks of this node.</param>
    /// <param name="options">Interface, EtherType, form and sizes.</param>
    /// <exception cref="UmpsException">1305: options are out of range. 1306: the kernel has no descriptor or no ring left. 1310: the interface is not fit. 1311: CAP_NET_RAW is missing.</exception>
    public static PacketDevice Open(int localRanks, TransportOptions options)
    {
        string[] faults = [.. options.Ethernet.Faults(), .. options.Packet.Faults()];
        if (faults.Length > 0)
            throw new UmpsException(ErrorId.LinkOptions, $"UMPS{ErrorId.LinkOptions} PacketDevice: {string.Join("; ", faults)}.");
        var device = new PacketDevice(EthernetInterface.Find(options.Ethernet.Interface), localRanks, options);
        try
        {
            for (int slot = 0; slot < localRanks; slot++)
                device.OpenSocket(slot);
        }
        catch
        {
            device.Dispose();
            throw;
        }
        return device;
    }

    /// <inheritdoc/>
    public AgentKind Kind => AgentKind.Packet;

    /// <inheritdoc/>
    public LinkPort PortOf(int localIndex)
    {
        var facts = new PortFacts
        {
            Kind = AgentKind.Packet,
            Slot = localIndex,
            InterfaceIndex = _interface.Index,
            Mtu = _interface.Mtu,
            MacAddress = _interface.MacAddress,
            EtherType = _options.Ethernet.EtherType,
            Word1 = (ulong)_bufferBytes[localIndex],
        };
        _ring?.Write(ref facts);
        return new LinkPort(_sockets[localIndex], facts);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (int socket in _sockets.Where(s => s >= 0))
            Linux.CloseSocket(socket);
        Array.Fill(_sockets, -1);
    }

    private void OpenSocket(int slot)
    {
        int socket = Linux.OpenPacketSocket(out Errno error);
        if (socket < 0)
        {
            throw error is Errno.EPERM or Errno.EACCES ? Throw.Privilege("socket(AF_PACKET)", "CAP_NET_RAW", error)
                : error is Errno.EMFILE or Errno.ENFILE ? Throw.NoDescriptor("socket(AF_PACKET)", error)
                : Throw.Interface($"socket(AF_PACKET): {error}; this kernel has no packet sockets");
        }
        _sockets[slot] = socket;
        Check(Linux.LockFilter(socket, FilterOf(slot)), "SO_ATTACH_FILTER");
        Linux.GoStraight(socket);
        _bufferBytes[slot] = Linux.SetUdpBuffers(socket, _options.Packet.BufferBytes);
        if (_ring is { } ring)
        {
            error = Linux.MakeReceiveRing(socket, RingShape.ReserveBytes, ring.EntryBytes, RingShape.BlockBytes, ring.Blocks);
            if (error != Errno.None)
                throw Throw.NoRing("PACKET_RX_RING", ring.TotalBytes, error);
        }
        Check(Linux.BindPacket(socket, _interface.Index, EtherTypeNetwork), "bind");
    }

    private ushort EtherTypeNetwork => BinaryPrimitives.ReverseEndianness((ushort)_options.Ethernet.EtherType);

    /// <summary>Lets pass what is for this host (an interface that listens to all sees more), is of the EtherType, and names the slot.</summary>
    private FilterStep[] FilterOf(int slot) =>
    [
        new(FilterStep.LoadWord, FilterStep.PacketTypeWord),
        new(FilterStep.JumpIfEqual, 0, ifFalse: 5),
        new(FilterStep.LoadHalf, EtherTypeOffset),
        new(FilterStep.JumpIfEqual, (uint)_options.Ethernet.EtherType, ifFalse: 3),
        new(FilterStep.LoadHalf, SlotOffset),
        new(FilterStep.JumpIfEqual, BinaryPrimitives.ReverseEndianness((ushort)slot), ifFalse: 1),
        new(FilterStep.Return, WholeFrame),
        new(FilterStep.Return, 0),
    ];

    private void Check(Errno error, string call)
    {
        if (error != Errno.None)
            throw Throw.Interface($"{call} on {_interface.Name}: {error}");
    }
}
