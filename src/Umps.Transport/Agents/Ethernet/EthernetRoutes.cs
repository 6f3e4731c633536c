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
/// </remarks>
internal sealed unsafe class EthernetRoutes : IDisposable
{
    private readonly PeerDirectory _directory;
    private readonly EthernetHeader* _headers;
    private readonly ulong _ownMac;
    private readonly ushort _etherTypeNetwork;

    /// <summary>No routes yet.</summary>
    /// <param name="directory">The peers.</param>
    /// <param name="facts">Of this rank's port.</param>
    public EthernetRoutes(PeerDirectory directory, in PortFacts facts)
    {
        _directory = directory;
        _ownMac = facts.MacAddress;
        _etherTypeNetwork = BinaryPrimitives.ReverseEndianness((ushort)facts.EtherType);
        Own = new EthernetAddress(facts.MacAddress, facts.Slot);
        _headers = (EthernetHeader*)NativeMemory.AlignedAlloc((nuint)(directory.Places.Length * EthernetHeader.SizeBytes), EthernetHeader.SizeBytes);
        NativeMemory.Clear(_headers, (nuint)(directory.Places.Length * EthernetHeader.SizeBytes));
    }

    /// <summary>Where this rank is reached.</summary>
    public EthernetAddress Own { get; }

    /// <summary>Notes what a peer said of itself; nothing where it will come by itself.</summary>
    /// <returns>False when the text is no address.</returns>
    public bool TryAdd(int peer, string address)
    {
        if (address.Length == 0)
            return true;
        if (!EthernetAddress.TryParse(address, out EthernetAddress parsed))
            return false;
        Write(peer, parsed);
        return true;
    }

    /// <summary>The peer is where this frame came from.</summary>
    public void Learn(int peer, EthernetHeader* frame)
    {
        ulong source = *(ushort*)frame->Source | ((ulong)*(uint*)(frame->Source + 2) << 16);
        EthernetHeader* known = HeaderTo(peer);
        Write(peer, new EthernetAddress(source, known != null ? known->Slot : _directory.Places[peer].LocalIndex));
    }

    /// <summary>The header of frames to a peer. From any thread.</summary>
    /// <returns>Null while it is not known where the peer is.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public EthernetHeader* HeaderTo(int peer)
    {
        EthernetHeader* header = _headers + peer;
        return Volatile.Read(ref ((ulong*)header)[1]) != 0 ? header : null;
    }

    /// <inheritdoc/>
    public void Dispose() => NativeMemory.AlignedFree(_headers);

    private void Write(int peer, EthernetAddress to)
    {
        var header = new EthernetHeader { EtherTypeNetwork = _etherTypeNetwork, Slot = (ushort)to.Slot };
        for (int i = 0; i < 6; i++)
        {
            header.Destination[i] = (byte)(to.Mac >> (8 * i));
            header.Source[i] = (byte)(_ownMac >> (8 * i));
        }
        var words = (ulong*)(_headers + peer);
        Volatile.Write(ref words[0], ((ulong*)&header)[0]);
        Volatile.Write(ref words[1], ((ulong*)&header)[1]);
    }
}
