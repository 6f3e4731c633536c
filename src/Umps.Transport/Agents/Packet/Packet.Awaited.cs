using System;
using Umps.Transport.Agents.Ethernet;
using Umps.Transport.Agents.Link;

// Stands in until the branch that brings these types is merged: then this file goes.
#pragma warning disable
namespace Umps.Transport.Agents.Packet;

internal readonly unsafe struct PacketCarrier(LinkPort port, PacketOptions options) : IFrameCarrier
{
    public AgentKind Kind => AgentKind.Packet;
    public string Address => "";
    public int FrameBytesMax => 1500;
    public int ReceiveFramesMax => 64;
    public int Descriptor => port.Descriptor;
    public long Now => 0;
    public int Units => 0;
    public int FreeUnits => 0;
    public int ReceiveMax => 1;
    public bool TryAddPeer(int peer, string addresses) => false;
    public void Learn(int peer, int frame) { }
    public int TakeUnit() => 0;
    public byte* UnitBytes(int unit) => null;
    public void ReturnUnit(int unit) { }
    public bool IsBusy(int unit) => false;
    public bool TryEnqueue(int peer, int unit, int lengthBytes) => false;
    public bool Flush() => true;
    public void SendAtOnce(int peer, ReadOnlySpan<byte> frame) { }
    public int Receive() => 0;
    public byte* Frame(int index, out int lengthBytes) { lengthBytes = 0; return null; }
    public bool TryKeep(int index, out int token) { token = 0; return false; }
    public void ReturnKept(int token) { }
    public bool TryTakeRefusal(out int peer) { peer = 0; return false; }
    public void BeforeSleep() { }
    public void AddCounters(System.Collections.Generic.List<System.Collections.Generic.KeyValuePair<string, long>> counters) { }
    public void Dispose() { }
}

internal static class PacketDevice
{
    public static INodeDevice Open(int localRanks, TransportOptions options) => throw new UmpsException(ErrorId.LinkInterface, "UMPS1310 packet is not there yet.");
}
