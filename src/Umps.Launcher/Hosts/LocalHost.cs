using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.NetworkInformation;

namespace Umps.Launcher;

/// <summary>Tells which of the named nodes is this one: its ranks are started without ssh.</summary>
/// <remarks>
/// Only what this network namespace knows of itself counts: loopback, its interfaces' addresses, its plain host name. Names are not looked up: an
/// answer may take seconds, and on many systems the own name leads to 127.0.1.1. A node that is not recognised is reached by ssh, which works too.
/// </remarks>
internal sealed class LocalHost(string machineName, Func<string> userName, Func<IReadOnlyCollection<IPAddress>> addresses)
{
    private readonly Lazy<IReadOnlyCollection<IPAddress>> _addresses = new(addresses);

    /// <summary>This machine, as this process sees it.</summary>
    public static LocalHost Current { get; } = new(Environment.MachineName, static () => Environment.UserName, OwnAddresses);

    /// <summary>Whether ranks on the host are started here. A user other than one's own is reached by ssh, on this node too.</summary>
    public bool Is(HostEntry host)
    {
        if (host.User is not null && host.User != userName())
            return false;
        return host.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.Host.Equals(machineName, StringComparison.OrdinalIgnoreCase) || IsOwnAddress(host.Host);
    }

    private bool IsOwnAddress(string host) => IPAddress.TryParse(host, out IPAddress? address) && (IPAddress.IsLoopback(address) || _addresses.Value.Any(own => Same(own, address)));

    /// <summary>An interface's IPv6 address has a scope; the one somebody wrote mostly has none.</summary>
    private static bool Same(IPAddress own, IPAddress named) => own.GetAddressBytes().AsSpan().SequenceEqual(named.GetAddressBytes());

    private static List<IPAddress> OwnAddresses()
    {
        try
        {
            return [.. NetworkInterface.GetAllNetworkInterfaces().SelectMany(nic => nic.GetIPProperties().UnicastAddresses).Select(unicast => unicast.Address)];
        }
        catch (NetworkInformationException)
        {
            // A sandbox that hides its interfaces: the node is then reached by ssh.
            return [];
        }
    }
}
