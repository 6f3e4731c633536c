using System;
using System.Collections.Generic;

namespace Umps.Transport;

/// <summary>All endpoints of the job, and what is needed to reach and to trust them.</summary>
public sealed class PeerDirectory
{
    private PeerPlace[]? _places;

    /// <summary>This endpoint's id.</summary>
    public required int OwnId { get; init; }

    /// <summary>One entry an endpoint, by id.</summary>
    public required IReadOnlyList<PeerPlace> Peers { get; init; }

    /// <summary>The same as an array: a list's members over a struct of ours are compiled anew in every rank that starts.</summary>
    internal PeerPlace[] Places => _places ??= Peers as PeerPlace[] ?? [.. Peers];

    /// <summary>The job's secret, 32 bytes: authenticates connections by keyed challenge; never sent.</summary>
    public required ReadOnlyMemory<byte> Secret { get; init; }

    /// <summary>Addresses on which this endpoint should listen for peers on other nodes; empty: all of this host.</summary>
    public IReadOnlyList<string> ListenAddresses { get; init; } = [];

    /// <summary>Asks the wire-up where an agent of a peer is reached, as <see cref="Endpoint.AddressOf(AgentKind)"/> of that peer says; empty where the peer has no such agent. Asked at first contact,
    /// not for peers that share this node's memory. Null when no peer is reached but by shm.</summary>
    public Func<int, AgentKind, string>? FindAddress { get; init; }
}
