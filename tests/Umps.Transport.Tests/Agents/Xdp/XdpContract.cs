using Umps.Testing;
using Umps.Tests.Agents.Ethernet;
using Umps.Transport;
using Xunit;

namespace Umps.Tests.Agents.Xdp;

/// <summary>The contract of NIC agents over xdp, between network namespaces: the way that this machine's driver is the faster with.</summary>
public sealed class XdpContract(EthernetHub hub) : EthernetContract(AgentKind.Xdp, Options, hub)
{
    protected override void SkipUnlessPossible() => XdpNode.SkipUnlessPossible();
}

/// <summary>The same with the program in the driver.</summary>
public sealed class XdpNativeContract(EthernetHub hub) : EthernetContract(AgentKind.Xdp, Options with { Xdp = new XdpOptions { Attach = XdpAttach.Native } }, hub)
{
    protected override void SkipUnlessPossible() => XdpNode.SkipUnlessPossible();
}

/// <summary>The same with small windows, few units and a short ring: hardly a message finds room at once.</summary>
public sealed class XdpTightContract(EthernetHub hub) : EthernetContract(AgentKind.Xdp, Tight with { Xdp = new XdpOptions { RingEntries = 64, UnitsARank = 128 } }, hub)
{
    protected override void SkipUnlessPossible() => XdpNode.SkipUnlessPossible();
}

/// <summary>The contract in datagrams: a router stands between the nodes.</summary>
public sealed class XdpRoutedContract(EthernetRouter router) : EthernetContract(AgentKind.Xdp, Options, router), IClassFixture<EthernetRouter>
{
    protected override void SkipUnlessPossible() => XdpNode.SkipUnlessPossible();

    private protected override IStranger Stranger(NetworkNamespace node, string address) => new RoutedStranger(node, address, new EthernetOptions().UdpPort);
}

/// <summary>The same on one Ethernet, where it is asked for, and with the program in the driver.</summary>
public sealed class XdpAlwaysRoutedContract(EthernetHub hub)
    : EthernetContract(AgentKind.Xdp, Options with { Xdp = new XdpOptions { Attach = XdpAttach.Native }, Ethernet = new EthernetOptions { Encapsulation = EthernetEncapsulation.Always } }, hub)
{
    protected override void SkipUnlessPossible() => XdpNode.SkipUnlessPossible();

    private protected override IStranger Stranger(NetworkNamespace node, string address) => new RoutedStranger(node, address, new EthernetOptions().UdpPort);
}
