using System;

namespace Umps.Transport.Agents.Ethernet;

/// <summary>An interface that the kernel agent has opened for the ranks of its node: what needs privilege is done here, once, and the ranks get sockets.</summary>
internal interface INodeDevice : IDisposable
{
    /// <summary>The agent that the ranks make of it.</summary>
    AgentKind Kind { get; }

    /// <summary>What one rank gets; its descriptors stay the device's, and cross to the rank as duplicates (SCM_RIGHTS).</summary>
    /// <param name="localIndex">The rank's place on its node.</param>
    LinkPort PortOf(int localIndex);
}
