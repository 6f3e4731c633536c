using System;

namespace Umps.Transport.Polling;

/// <summary>Interrupt, Polling, Reset: the state machine behind every wait.</summary>
internal sealed unsafe class SemiPoller
{
    /// <summary>Makes the state machine of one endpoint.</summary>
    /// <param name="line">The endpoint's doorbell, in the node's shared memory.</param>
    /// <param name="eventFd">Its eventfd: rung instead of the futex when it sleeps on sockets too.</param>
    /// <param name="awake">The node-wide count of ranks that are not asleep, in shared memory; this endpoint is counted in by the caller, and changed here on sleep and wake.</param>
    /// <param name="abortWord">The node's abort word: no sleep begins while it is set.</param>
    /// <param name="socketsFd">A descriptor that polls readable when a socket has something (the tcp agent's epoll descriptor); -1 where every peer is on the node.</param>
    /// <param name="options">Window, threshold, budget.</param>
    public SemiPoller(DoorbellLine* line, int eventFd, int* awake, int* abortWord, int socketsFd, TransportOptions options) => throw new NotImplementedException();

    /// <summary>Counters since the beginning.</summary>
    public ref readonly PollCounters Counters => throw new NotImplementedException();

    /// <inheritdoc cref="Endpoint.BeginWait"/>
    public WaitState BeginWait() => throw new NotImplementedException();

    /// <inheritdoc cref="Endpoint.Arrived"/>
    public void Arrived(ref WaitState wait) => throw new NotImplementedException();

    /// <inheritdoc cref="Endpoint.Pause"/>
    public bool Pause(ref WaitState wait) => throw new NotImplementedException();

    /// <inheritdoc cref="Endpoint.Arm"/>
    public void Arm(ArmLevel level) => throw new NotImplementedException();

    /// <inheritdoc cref="Endpoint.Sleep"/>
    public void Sleep(TimeSpan timeout) => throw new NotImplementedException();

    /// <inheritdoc cref="Endpoint.Disarm"/>
    public void Disarm(ref WaitState wait) => throw new NotImplementedException();

    /// <summary>Resource exhaustion (no unit, no slot): Reset. The window begins anew, and flow control holds the sender.</summary>
    public void Reset() => throw new NotImplementedException();
}
