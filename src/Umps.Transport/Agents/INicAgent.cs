using System;

namespace Umps.Transport.Agents;

/// <summary>What a NIC agent does for <see cref="Endpoint"/>: carries frames to the peers it reaches, and brings theirs.</summary>
/// <remarks>
/// Endpoint holds its agents by their sealed types and calls them directly; the interface states the contract, and its tests (NicAgentContract) run over all of
/// them. One thread at a time is inside. To one peer, what <see cref="TrySend"/> took arrives whole, once, in that order; fragments arrive in their own order.
/// </remarks>
internal interface INicAgent : IDisposable
{
    /// <summary>Which it is.</summary>
    AgentKind Kind { get; }

    /// <summary>True when it can carry traffic with this peer. Not asked for the endpoint itself.</summary>
    bool Reaches(int peer);

    /// <summary>The longest payload <see cref="TrySend"/> takes towards this peer.</summary>
    int EagerBytesMax(int peer);

    /// <inheritdoc cref="Endpoint.TrySend"/>
    bool TrySend(int peer, in FrameHeader header, ReadOnlySpan<byte> payload);

    /// <inheritdoc cref="Endpoint.TrySendFragment"/>
    int TrySendFragment(int peer, in FrameHeader header, ReadOnlySpan<byte> payload);

    /// <summary>One pass: delivers what arrived, sends what waits inside the agent, tells of peers that are gone (after what they had sent).</summary>
    /// <returns>How much was done; 0 when there was nothing.</returns>
    int Poll<THandler>(ref THandler handler) where THandler : struct, IFrameHandler;

    /// <summary>True while frames that were taken have not left this process (or, on shm, while nothing needs to be done: always false).</summary>
    bool HasUnsent { get; }

    /// <summary>What it counts, for ShowState.</summary>
    AgentState ShowState();
}
