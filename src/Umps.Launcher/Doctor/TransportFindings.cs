using System;
using System.Collections.Generic;
using System.Globalization;
using System.Net.Sockets;
using Umps.Transport;
using Umps.Transport.Interop;

namespace Umps.Launcher;

/// <summary>What each transport can do on this machine.</summary>
internal static class TransportFindings
{
    /// <summary>A finding a transport; those that use an interface one for each.</summary>
    public static IEnumerable<Finding> All(TransportOptions options)
    {
        int ranks = Environment.ProcessorCount;
        yield return Finding.Of("shm", TransportProbe.Shm(options), "the node's memory can be made");
        yield return Finding.Of("cross-memory copy", TransportProbe.CopyAcross(), "one copy between ranks of this node (process_vm_readv); without it long messages are copied twice");
        yield return Finding.Of("tcp", TransportProbe.Socket(SocketType.Stream), $"reached at {string.Join(", ", TransportProbe.Addresses())}");
        long buffer = TransportProbe.SocketBufferBytesMax();
        yield return Finding.Of("udp", TransportProbe.Socket(SocketType.Dgram), string.Create(CultureInfo.InvariantCulture,
            $"buffers of up to {buffer >> 10} KiB{(buffer < options.Udp.SocketBufferBytes ? $"; sysctl net.core.rmem_max={options.Udp.SocketBufferBytes} gives what is asked for" : "")}"));
        IReadOnlyList<HostInterface> interfaces = TransportProbe.Interfaces();
        foreach (HostInterface one in interfaces)
            yield return Finding.Of($"packet {one.Name}", one.IsUp ? TransportProbe.Packet(one.Name, options) : Down(one), one.IsRunning ? "up" : "up, without a carrier");
        if (interfaces.Count == 0)
            yield return new Finding("packet", FindingState.Missing, "no Ethernet interface here");

        string? xdp = TransportProbe.Xdp(ranks, options);
        foreach (HostInterface one in interfaces)
            yield return Finding.Of($"xdp {one.Name}", xdp is null ? (one.IsUp ? null : Down(one)) : $"{xdp}. The interface: {TransportProbe.XdpOf(one, options.Ethernet)}", TransportProbe.XdpOf(one, options.Ethernet));
        if (interfaces.Count == 0)
            yield return new Finding("xdp", FindingState.Missing, "no Ethernet interface here");
        yield return Finding.Of("busy poll", TransportProbe.BusyPoll(), "Umps:Transport:Xdp:BusyPollMicroseconds can be used, with drivers that have NAPI");
    }

    private static string Down(HostInterface one) => $"the interface is down (ip link set {one.Name} up)";
}
