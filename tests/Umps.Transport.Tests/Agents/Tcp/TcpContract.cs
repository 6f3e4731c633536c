using Umps.Transport;

namespace Umps.Tests.Agents.Tcp;

/// <summary>The contract of NIC agents over tcp.</summary>
public sealed class TcpContract() : NicAgentContract(AgentKind.Tcp);

/// <summary>The same with sockets and buffers so small that hardly a frame goes in one piece.</summary>
public sealed class TcpTightContract() : NicAgentContract(
    AgentKind.Tcp,
    new TransportOptions { Tcp = new TcpOptions { SocketBufferBytes = 4096, SendBufferBytes = 72 * 1024, FragmentBytesMax = 40_000, EagerCreditBytes = 256 * 1024 } });
