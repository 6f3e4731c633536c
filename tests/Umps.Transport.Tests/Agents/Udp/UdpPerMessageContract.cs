using Umps.Transport;

namespace Umps.Tests.Agents.Udp;

/// <summary>The contract of NIC agents while each message pays for what the pool spares.</summary>
public abstract class UdpPerMessageContract(PerMessageWork work) : NicAgentContract(
    AgentKind.Udp,
    UdpContract.Options with { Link = UdpContract.Options.Link with { PerMessage = work } });

/// <summary>Locking its pages.</summary>
public sealed class UdpPinContract() : UdpPerMessageContract(PerMessageWork.Pin);

/// <summary>Mapping pages and walking the page table.</summary>
public sealed class UdpMapContract() : UdpPerMessageContract(PerMessageWork.Map);

/// <summary>Allocating memory and descriptors.</summary>
public sealed class UdpAllocateContract() : UdpPerMessageContract(PerMessageWork.Allocate);
