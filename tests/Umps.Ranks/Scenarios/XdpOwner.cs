using System;
using System.Globalization;
using Umps.Transport;
using Umps.Transport.Agents.Xdp;
using Umps.Transport.Interop;

namespace Umps.Ranks.Scenarios;

/// <summary>xdp-owner INTERFACE: opens an interface for AF_XDP, as a node agent does, says so, and holds it until its input ends or it is killed.</summary>
internal static unsafe class XdpOwner
{
    public static int Run(string[] args)
    {
        var options = new TransportOptions { Ethernet = new EthernetOptions { Interface = args[0] } };
        long bytes = XdpArea.BytesOf(1, options.Xdp);
        int memory = Linux.CreateSealedMemory("umps-xdp-owner", bytes, out _, out _);
        byte* area = Linux.MapShared(memory, bytes, out _);
        try
        {
            using XdpDevice device = XdpDevice.Open(1, options, area, bytes);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"open {device.Flags}"));
            Console.In.ReadToEnd();
            return 0;
        }
        catch (UmpsException error)
        {
            Console.WriteLine(error.Message);
            return 1;
        }
    }
}
