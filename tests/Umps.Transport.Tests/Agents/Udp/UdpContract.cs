using Umps.Transport;

namespace Umps.Tests.Agents.Udp;

/// <summary>The contract of NIC agents over udp.</summary>
public sealed class UdpContract() : NicAgentContract(AgentKind.Udp, Options)
{
    /// <summary>One thread holds both ends here: who leaves waits in vain for the other to look.</summary>
    internal static readonly TransportOptions Options = new() { Link = new LinkOptions { FlushSecondsMax = 0.2 } };
}

/// <summary>The same with small frames, a small window, and a kernel that holds few: hardly a message goes in one piece, and many get lost.</summary>
public sealed class UdpTightContract() : NicAgentContract(
    AgentKind.Udp,
    UdpContract.Options with
    {
        Link = new LinkOptions { FlushSecondsMax = 0.2, WindowFrames = 16, EagerBytesMax = 12_000, EagerCreditBytes = 64 * 1024 },
        Udp = new UdpOptions { FrameBytesMax = 576, SocketBufferBytes = 65536 },
    });

/// <summary>The same over a way that loses, doubles and overtakes.</summary>
public sealed class UdpLossyContract() : NicAgentContract(AgentKind.Udp, UdpContract.Options)
{
    protected override EndpointGroup Start(int endpoints, TransportOptions? options = null)
    {
        var ways = new BadWays(seed: 20260101);
        return new EndpointGroup(endpoints, AgentKind.Udp, options ?? UdpContract.Options, ways.Between, ways);
    }
}
