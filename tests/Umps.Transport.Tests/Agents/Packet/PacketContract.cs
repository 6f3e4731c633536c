using Umps.Tests.Agents.Ethernet;
using Umps.Transport;

namespace Umps.Tests.Agents.Packet;

/// <summary>The contract over packet sockets whose frames come in a mapped ring.</summary>
public sealed class PacketMappedContract(EthernetHub hub) : EthernetContract(AgentKind.Packet, Options, hub);

/// <summary>A system call a frame.</summary>
public sealed class PacketPlainContract(EthernetHub hub) : EthernetContract(AgentKind.Packet, Options with { Packet = new PacketOptions { Mapped = false } }, hub);

/// <summary>A ring and windows so small that they are full all the time, and frames get lost.</summary>
public sealed class PacketTightContract(EthernetHub hub) : EthernetContract(AgentKind.Packet, Tight with { Packet = new PacketOptions { BufferBytes = 65536 } }, hub);
