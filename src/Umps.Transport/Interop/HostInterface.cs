using System.Collections.Generic;
using System.Net;

namespace Umps.Transport.Interop;

/// <summary>A network interface of this host, as the kernel tells of it.</summary>
/// <param name="Name">As ip(8) shows it.</param>
/// <param name="Index">Its number in this network namespace.</param>
/// <param name="IsEthernet">It carries Ethernet frames and is not the loopback.</param>
/// <param name="IsUp">An administrator has switched it on.</param>
/// <param name="IsRunning">And its cable is in.</param>
/// <param name="MacAddress">Its address in the lower 48 bits, first byte lowest.</param>
/// <param name="Addresses">IP addresses that it has.</param>
/// <param name="Networks">The network of each of them.</param>
internal sealed record HostInterface(string Name, int Index, bool IsEthernet, bool IsUp, bool IsRunning, ulong MacAddress, IReadOnlyList<IPAddress> Addresses, IReadOnlyList<IPNetwork> Networks);
