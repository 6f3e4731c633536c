using System;

namespace Umps.Transport.Polling;

/// <summary>Arm, re-check, sleep, ring: the one place that needs a full fence.</summary>
internal static unsafe class Doorbell
{
    /// <summary>After a sender has published: rings if the receiver is armed for this. Has the full fence between publishing and looking.</summary>
    /// <param name="line">The receiver's line, in shared memory.</param>
    /// <param name="eventFd">The receiver's eventfd, for one that sleeps on sockets too.</param>
    /// <param name="control">What was published is of the Control level (<see cref="ArmLevel.Control"/>).</param>
    /// <returns>True when a sleeper was rung.</returns>
    public static bool RingIfArmed(DoorbellLine* line, int eventFd, bool control) => throw new NotImplementedException();

    /// <summary>Rings whatever the receiver is armed for: abort, a peer's departure, a call from the own process.</summary>
    public static bool Ring(DoorbellLine* line, int eventFd) => throw new NotImplementedException();
}
