using System;
using System.Collections.Generic;
using Umps.Transport.Agents.Link;

namespace Umps.Transport.Agents.Udp;

/// <summary>Frames as datagrams of UDP: runs everywhere, needs no privilege. The link's view of a <see cref="UdpSocket"/>.</summary>
internal readonly unsafe struct UdpCarrier(UdpSocket socket) : IFrameCarrier
{
    /// <inheritdoc/>
    public AgentKind Kind => AgentKind.Udp;

    /// <inheritdoc/>
    public string Address => socket.Address;

    /// <inheritdoc/>
    public int FrameBytesMax => socket.FrameBytesMax;

    /// <inheritdoc/>
    public int FrameBytesMaxTo(int peer) => socket.FrameBytesMax;

    /// <inheritdoc/>
    public int ReceiveFramesMax => socket.ReceiveFramesMax;

    /// <inheritdoc/>
    public int Descriptor => socket.Descriptor;

    /// <inheritdoc/>
    public long Now => UdpSocket.Now;

    /// <inheritdoc/>
    public int Units => UdpSocket.Units;

    /// <inheritdoc/>
    public int FreeUnits => socket.FreeUnits;

    /// <inheritdoc/>
    public int ReceiveMax => UdpSocket.ReceiveMax;

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
    public bool TryTakeRefusal(out int peer) => socket.Routes.TryTakeRefusal(out peer);

    /// <inheritdoc/>
    public void BeforeSleep(bool hasFailed)
    {
        if (hasFailed)
            socket.DrainErrors();
    }

    /// <inheritdoc/>
    public void AddCounters(List<KeyValuePair<string, long>> counters)
    {
    }

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();
}
