using Umps.Tests.Agents.Ethernet;
using Umps.Transport;

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
