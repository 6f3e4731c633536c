using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;

namespace Umps.Transport.Agents.Ethernet;

/// <summary>The header of frames to each peer, ready to be put before them.</summary>
/// <remarks>
/// The slot of a peer stands in its text in the wire-up; of one that comes by itself it is its place among its node's ranks, which every rank's directory says. So no frame carries its sender's slot.
/// Headers are written by the owner and read by other threads (<see cref="Link.IFrameCarrier.SendAtOnce"/>). A header is two words: the destination stands in the first whole, the second is written once, last, and
/// never zero then. So a reader finds none, or one; and the old destination, or the new.
/// A peer with a router between has a longer header beside that one, which is written before it and once: whoever finds IPv4 in the shorter's place of the EtherType takes the longer. A peer keeps the form that it was first known with,
/// for frames that have been made for it are as long as that form permits; what arrives may have either.
/// </remarks>
internal sealed unsafe class EthernetRoutes : IDisposable
{
    private readonly PeerDirectory _directory;
    private readonly EthernetHeader* _headers;
    private readonly ulong _ownMac;
    private readonly ushort _etherTypeNetwork;
    private readonly PortFacts _facts;
    private readonly RoutedHeader* _routed;     // by peer; null where frames are not put into datagrams
    private readonly int[] _mtus = [];          // of the ways to peers, where they are not the interface's

    /// <summary>No routes yet.</summary>
    /// <param name="directory">The peers.</param>
    /// <param name="facts">Of this rank's port.</param>
    public EthernetRoutes(PeerDirectory directory, in PortFacts facts)
    {
        _directory = directory;
        _ownMac = facts.MacAddress;
        _etherTypeNetwork = BinaryPrimitives.ReverseEndianness((ushort)facts.EtherType);
        _facts = facts;
        Own = new EthernetAddress(facts.MacAddress, facts.Slot, facts.Ipv4);
        _headers = (EthernetHeader*)NativeMemory.AlignedAlloc((nuint)(directory.Places.Length * EthernetHeader.SizeBytes), EthernetHeader.SizeBytes);
        NativeMemory.Clear(_headers, (nuint)(directory.Places.Length * EthernetHeader.SizeBytes));
        if (facts.Ipv4 == 0)
            return;
        _routed = (RoutedHeader*)NativeMemory.AlignedAlloc((nuint)(directory.Places.Length * RoutedHeader.SizeBytes), EthernetHeader.SizeBytes);
        _mtus = new int[directory.Places.Length];
    }

    /// <summary>Where this rank is reached.</summary>
    public EthernetAddress Own { get; }

    /// <summary>Notes what a peer said of itself; nothing where it will come by itself.</summary>
    /// <returns>False when the text is no address.</returns>
    public bool TryAdd(int peer, string address)
    {
        if (address.Length == 0)
            return true;
        if (!EthernetAddress.TryParse(address, out EthernetAddress parsed) || (parsed.Ipv4 != 0 && _routed == null))
            return false;
        if (parsed.Ipv4 != 0)
            _mtus[peer] = parsed.Mtu;
        if (HeaderTo(peer) == null)
            Write(peer, parsed);
        return true;
    }

    /// <summary>The peer is where this frame came from.</summary>
    /// <param name="peer">Endpoint id.</param>
    /// <param name="frame">What stands before it; of one that came in a datagram, what <see cref="Xdp.SteeringProgram"/> has made of that.</param>
    public void Learn(int peer, EthernetHeader* frame)
    {
        EthernetHeader* known = HeaderTo(peer);
        bool isRouted = _routed != null && IsRouted(frame);
        if (known != null && (isRouted || IsRouted(known)))
            return;         // of a peer behind a router, it is the router that is known
        ulong source = *(ushort*)frame->Source | ((ulong)*(uint*)(frame->Source + 2) << 16);
        Write(peer, new EthernetAddress(source, known != null ? known->Slot : _directory.Places[peer].LocalIndex, isRouted ? *(uint*)frame->Destination : 0));
    }

    /// <summary>The header of frames to a peer. From any thread.</summary>
    /// <returns>Null while it is not known where the peer is.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public EthernetHeader* HeaderTo(int peer)
    {
        EthernetHeader* header = _headers + peer;
        return Volatile.Read(ref ((ulong*)header)[1]) != 0 ? header : null;
    }

    /// <summary>Frames with this header go in datagrams: what stands before them is <see cref="RoutedTo"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsRouted(EthernetHeader* header) => header->EtherTypeNetwork == RoutedHeader.Ipv4Network;

    /// <summary>The longer header of frames to a peer whose shorter one <see cref="IsRouted"/>. It lacks the lengths.</summary>
    public RoutedHeader* RoutedTo(int peer) => _routed + peer;

    /// <summary>The longest link frame to a peer.</summary>
    /// <param name="peer">Endpoint id.</param>
    /// <param name="plainBytes">The longest that is sent without a datagram around it.</param>
    public int FrameBytesMaxTo(int peer, int plainBytes)
    {
        EthernetHeader* header = HeaderTo(peer);
        return header == null || !IsRouted(header) ? plainBytes
            : _mtus[peer] == 0 ? plainBytes - RoutedHeader.ExtraBytes : Math.Min(plainBytes - RoutedHeader.ExtraBytes, _mtus[peer] - RoutedHeader.PayloadBytes);
    }

    /// <summary>Peers to which frames go in datagrams.</summary>
    public int RoutedPeers { get; private set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_headers);
        NativeMemory.AlignedFree(_routed);
    }

    private void Write(int peer, EthernetAddress to)
    {
        var header = new EthernetHeader { EtherTypeNetwork = _etherTypeNetwork, Slot = (ushort)to.Slot };
        for (int i = 0; i < 6; i++)
        {
            header.Destination[i] = (byte)(to.Mac >> (8 * i));
            header.Source[i] = (byte)(_ownMac >> (8 * i));
        }
        if (to.Ipv4 != 0)
        {
            _routed[peer] = RoutedHeader.Make(in header, _facts.Ipv4, to.Ipv4, _facts.UdpPort, (_directory.OwnId << 8) ^ peer);
            header.EtherTypeNetwork = RoutedHeader.Ipv4Network;
            RoutedPeers++;
        }
        var words = (ulong*)(_headers + peer);
        Volatile.Write(ref words[0], ((ulong*)&header)[0]);
        Volatile.Write(ref words[1], ((ulong*)&header)[1]);
    }
}
