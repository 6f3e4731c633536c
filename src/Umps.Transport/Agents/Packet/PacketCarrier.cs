using System;
using System.Collections.Generic;
using System.Diagnostics;
using Umps.Transport.Agents.Ethernet;
using Umps.Transport.Agents.Link;

namespace Umps.Transport.Agents.Packet;

/// <summary>Frames of Ethernet through a packet socket: the link's view of a <see cref="PacketSocket"/>.</summary>
internal readonly unsafe struct PacketCarrier(PacketSocket socket) : IFrameCarrier
{
    /// <summary>Uses a rank's socket, which stays open.</summary>
    /// <param name="directory">The peers, and their places on their nodes.</param>
    /// <param name="port">The socket, and what the kernel agent knows of it.</param>
    /// <exception cref="UmpsException">1306: the ring cannot be mapped.</exception>
    public PacketCarrier(PeerDirectory directory, in LinkPort port)
        : this(new PacketSocket(directory, in port))
    {
    }

    /// <inheritdoc/>
    public AgentKind Kind => AgentKind.Packet;

    /// <inheritdoc/>
    public string Address => socket.Routes.Own.ToString();

    /// <inheritdoc/>
    public int FrameBytesMax => socket.FrameBytesMax;

    /// <inheritdoc/>
    public int FrameBytesMaxTo(int peer) => socket.FrameBytesMax;

    /// <inheritdoc/>
    public int ReceiveFramesMax => socket.ReceiveFramesMax;

    /// <inheritdoc/>
    public int Descriptor => socket.Descriptor;

    /// <inheritdoc/>
    public long Now => (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));

    /// <inheritdoc/>
    public int Units => PacketSocket.Units;

    /// <inheritdoc/>
    public int FreeUnits => socket.FreeUnits;

    /// <inheritdoc/>
    public int ReceiveMax => PacketSocket.BatchMax;

    /// <inheritdoc/>
    public bool TryAddPeer(int peer, string addresses) => socket.Routes.TryAdd(peer, addresses);

    /// <inheritdoc/>
    public void Learn(int peer, int frame) => socket.Learn(peer, frame);

    /// <inheritdoc/>
    public int TakeUnit() => socket.TakeUnit();

    /// <inheritdoc/>
    public byte* UnitBytes(int unit) => socket.UnitBytes(unit);

    /// <inheritdoc/>
    public void ReturnUnit(int unit) => socket.ReturnUnit(unit);

    /// <inheritdoc/>
    public bool IsBusy(int unit) => socket.IsBusy(unit);

    /// <inheritdoc/>
    public bool TryEnqueue(int peer, int unit, int lengthBytes) => socket.TryEnqueue(peer, unit, lengthBytes);

    /// <inheritdoc/>
    public bool Flush() => socket.Flush();

    /// <inheritdoc/>
    public void SendAtOnce(int peer, ReadOnlySpan<byte> frame) => socket.SendAtOnce(peer, frame);

    /// <inheritdoc/>
    public int Receive() => socket.Receive();

    /// <inheritdoc/>
    public byte* Frame(int index, out int lengthBytes) => socket.Frame(index, out lengthBytes);

    /// <inheritdoc/>
    public bool TryKeep(int index, out int token) => socket.TryKeep(index, out token);

    /// <inheritdoc/>
    public void ReturnKept(int token) => socket.ReturnKept(token);

    /// <inheritdoc/>
    public bool TryTakeRefusal(out int peer)
    {
        peer = 0;
        return false;           // nobody answers for a peer that is not there
    }

    /// <inheritdoc/>
    public void BeforeSleep(bool hasFailed) => socket.BeforeSleep(hasFailed);

    /// <inheritdoc/>
    public void AddCounters(List<KeyValuePair<string, long>> counters) => socket.AddCounters(counters);

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();
}
