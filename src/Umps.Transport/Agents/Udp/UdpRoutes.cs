using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading;
using Umps.Transport.Interop;

namespace Umps.Transport.Agents.Udp;

/// <summary>Where peers are: all addresses that a peer named, until one of them has answered.</summary>
/// <remarks>The addresses are of the socket's family: IPv4 as IPv6 where the socket takes both. A peer's place is read by other threads: it is made whole, then shown.</remarks>
internal sealed unsafe class UdpRoutes(int peers, AddressFamily family) : IDisposable
{
    private readonly Peer?[] _peers = new Peer?[peers];
    private readonly Queue<int> _refusals = new();

    /// <summary>Notes the addresses of a peer; none where it will come by itself.</summary>
    /// <returns>False when the list is none, or has no address that this socket reaches.</returns>
    public bool TryAdd(int peer, string addresses)
    {
        IReadOnlyList<IPEndPoint> parsed;
        try
        {
            parsed = HostAddresses.Parse(addresses);
        }
        catch (FormatException)
        {
            return false;
        }
        var found = new List<UdpPlace>();
        foreach (IPEndPoint address in parsed)
        {
            if (TryConvert(address, out IPEndPoint? converted))
                found.Add(new UdpPlace(converted!));
        }
        _peers[peer] = new Peer { Candidates = [.. found] };
        return found.Count > 0 || addresses.Length == 0;
    }

    /// <summary>The peer is there.</summary>
    public void Choose(int peer, byte* address, int addressBytes) => Volatile.Write(ref _peers[peer]!.Chosen, new UdpPlace(address, addressBytes));

    /// <summary>Where to send frames of a peer that is known.</summary>
    /// <returns>Null when it is not.</returns>
    public byte* AddressOf(int peer, out int lengthBytes)
    {
        UdpPlace? place = _peers[peer]?.Chosen;
        lengthBytes = place is null ? 0 : place.LengthBytes;
        return place is null ? null : place.Address;
    }

    /// <summary>The addresses of a peer that has not answered yet, one by one. From any thread.</summary>
    public byte* CandidateOf(int peer, int index, out int lengthBytes)
    {
        Peer? entry = Volatile.Read(ref _peers[peer]);
        UdpPlace? place = entry is null ? null : entry.Chosen is { } chosen ? (index == 0 ? chosen : null) : index < entry.Candidates.Length ? entry.Candidates[index] : null;
        lengthBytes = place is null ? 0 : place.LengthBytes;
        return place is null ? null : place.Address;
    }

    /// <summary>Nobody listens at this address. It counts for a peer that is there, and for one all of whose addresses have said so.</summary>
    public void NoteRefused(byte* address, int addressBytes)
    {
        for (int peer = 0; peer < _peers.Length; peer++)
        {
            if (_peers[peer] is not { } entry)
                continue;
            if (entry.Chosen is { } chosen)
            {
                if (chosen.Is(address, addressBytes))
                    _refusals.Enqueue(peer);
                continue;
            }
            bool any = false, all = true;
            foreach (UdpPlace candidate in entry.Candidates)
            {
                if (candidate.Is(address, addressBytes))
                    any = candidate.IsRefused = true;
                all &= candidate.IsRefused;
            }
            if (!any || !all)
                continue;
            _refusals.Enqueue(peer);
            foreach (UdpPlace candidate in entry.Candidates)
                candidate.IsRefused = false;
        }
    }

    /// <summary>The next peer that <see cref="NoteRefused"/> counted for.</summary>
    public bool TryTakeRefusal(out int peer) => _refusals.TryDequeue(out peer);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Peer? peer in _peers)
        {
            peer?.Chosen?.Free();
            foreach (UdpPlace candidate in peer?.Candidates ?? [])
                candidate.Free();
        }
        Array.Clear(_peers);
    }

    private bool TryConvert(IPEndPoint address, out IPEndPoint? converted)
    {
        converted = address;
        if (address.AddressFamily == family)
            return true;
        if (family != AddressFamily.InterNetworkV6)
            return false;
        converted = new IPEndPoint(address.Address.MapToIPv6(), address.Port);
        return true;
    }

    private sealed class Peer
    {
        public UdpPlace[] Candidates = [];
        public UdpPlace? Chosen;
    }

    /// <summary>struct sockaddr_in or sockaddr_in6.</summary>
    private sealed class UdpPlace
    {
        /// <summary>Family, port and address; what follows (the IPv6 scope) the kernel fills in as it likes.</summary>
        private const int ComparedBytesMax = 24;

        public UdpPlace(byte* address, int lengthBytes)
        {
            LengthBytes = Math.Min(lengthBytes, Linux.InternetAddressBytes);
            Address = (byte*)NativeMemory.AllocZeroed(Linux.InternetAddressBytes);
            new ReadOnlySpan<byte>(address, LengthBytes).CopyTo(new Span<byte>(Address, LengthBytes));
        }

        public UdpPlace(IPEndPoint endPoint)
        {
            SocketAddress native = endPoint.Serialize();
            LengthBytes = native.Size;
            Address = (byte*)NativeMemory.AllocZeroed(Linux.InternetAddressBytes);
            native.Buffer.Span[..native.Size].CopyTo(new Span<byte>(Address, LengthBytes));
        }

        public byte* Address { get; private set; }

        public int LengthBytes { get; }

        public bool IsRefused { get; set; }

        public bool Is(byte* address, int lengthBytes)
        {
            int compared = Math.Min(ComparedBytesMax, LengthBytes);
            return lengthBytes >= compared && new ReadOnlySpan<byte>(Address, compared).SequenceEqual(new ReadOnlySpan<byte>(address, compared));
        }

        public void Free()
        {
            NativeMemory.Free(Address);
            Address = null;
        }
    }
}
