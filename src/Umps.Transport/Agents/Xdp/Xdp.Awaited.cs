using System;
using Umps.Transport.Agents.Ethernet;
using Umps.Transport.Agents.Link;

// Stands in until the branch that brings these types is merged: then this file goes.
#pragma warning disable
namespace Umps.Transport.Agents.Xdp;

internal readonly unsafe struct XdpCarrier(LinkPort port, byte* area, XdpOptions options) : IFrameCarrier
{
    public AgentKind Kind => AgentKind.Xdp;
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
    public void Dispose() { }
}

internal static unsafe class XdpDevice
{
    public static INodeDevice Open(int localRanks, TransportOptions options, byte* area, long areaBytes) => throw new UmpsException(ErrorId.LinkInterface, "UMPS1310 xdp is not there yet.");
}

internal static class XdpArea
{
    public static long BytesOf(int localRanks, XdpOptions options) => localRanks * 4L << 20;
}
