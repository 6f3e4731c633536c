using System;
using System.Collections.Generic;
using System.Diagnostics;
using Umps.Transport.Agents.Ethernet;
using Umps.Transport.Agents.Link;

namespace Umps.Transport.Agents.Xdp;

/// <summary>Frames that cross in memory which ranks and interface share (AF_XDP): the rank may be an ordinary user's, and in another network namespace. The link's view of an <see cref="XdpSocket"/>.</summary>
internal readonly unsafe struct XdpCarrier(XdpSocket socket) : IFrameCarrier
{
    /// <summary>The carrier of a rank.</summary>
    /// <param name="directory">The peers.</param>
    /// <param name="port">The rank's socket, which stays open for as long as the carrier lives, and what is known of it.</param>
    /// <param name="area">The area that the kernel agent opened it with, in this process.</param>
    /// <exception cref="UmpsException">1004: the area is another version's. 1306: the rings cannot be mapped.</exception>
    public XdpCarrier(PeerDirectory directory, in LinkPort port, byte* area) : this(new XdpSocket(directory, in port, area))
    {
    }

    /// <inheritdoc/>
    public AgentKind Kind => AgentKind.Xdp;

    /// <inheritdoc/>
    public string Address => socket.Address;

    /// <inheritdoc/>
    public int FrameBytesMax => socket.FrameBytesMax;

    /// <inheritdoc/>
    public int FrameBytesMaxTo(int peer) => socket.FrameBytesMaxTo(peer);

    /// <inheritdoc/>
    public int ReceiveFramesMax => socket.ReceiveFramesMax;

    /// <inheritdoc/>
    public int Descriptor => socket.Descriptor;

    /// <inheritdoc/>
    /// <remarks>On Linux its ticks are nanoseconds.</remarks>
    public long Now => Stopwatch.GetTimestamp();

    /// <inheritdoc/>
    public int Units => socket.Units;

    /// <inheritdoc/>
    public int FreeUnits => socket.FreeUnits;

    /// <inheritdoc/>
    public int ReceiveMax => XdpShape.BatchMax;

    /// <inheritdoc/>
    public bool TryAddPeer(int peer, string addresses) => socket.TryAddPeer(peer, addresses);

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
    /// <remarks>Nobody tells: a peer that is not there is silent.</remarks>
    public bool TryTakeRefusal(out int peer)
    {
        peer = -1;
        return false;
    }

    /// <inheritdoc/>
    public void BeforeSleep(bool hasFailed) => socket.BeforeSleep();

    /// <inheritdoc/>
    public void AddCounters(List<KeyValuePair<string, long>> counters) => socket.AddCounters(counters);

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();
}
