using System;

namespace Umps.Transport.Agents.Xdp;

/// <summary>What an interface gave: in <see cref="Ethernet.PortFacts.Word0"/>.</summary>
[Flags]
internal enum PortFlags : uint
{
    None = 0,

    /// <summary>The driver uses the UMEM itself.</summary>
    ZeroCopy = 1,

    /// <summary>The program is attached in the driver.</summary>
    Native = 2,

    /// <summary>The kernel says when it wants a call.</summary>
    NeedWakeup = 4,

    /// <summary>Frames may lie in runs of units.</summary>
    Fragments = 8,

    /// <summary>Looking at the interface polls its driver.</summary>
    BusyPoll = 16,
}
