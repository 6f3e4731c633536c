using System;
using System.Collections.Generic;

namespace Umps.Transport;

/// <summary>Where one endpoint lives: what the launcher's wire-up says of it.</summary>
/// <param name="Id">Endpoint id: its place in the directory.</param>
/// <param name="Node">The launcher's number of its node; never a host name (two network namespaces share one).</param>
/// <param name="LocalIndex">Its slice in the node's memory.</param>
public readonly record struct PeerPlace(int Id, int Node, int LocalIndex);

/// <summary>All endpoints of the job, and what is needed to reach and to trust them.</summary>
public sealed class PeerDirectory
{
    /// <summary>This endpoint's id.</summary>
    public required int OwnId { get; init; }

    /// <summary>One entry an endpoint, by id.</summary>
    public required IReadOnlyList<PeerPlace> Peers { get; init; }

    /// <summary>The job's secret, 32 bytes: authenticates connections by keyed challenge; never sent.</summary>
    public required ReadOnlyMemory<byte> Secret { get; init; }

    /// <summary>Addresses on which this endpoint should listen for tcp peers; empty: all of this host.</summary>
    public IReadOnlyList<string> ListenAddresses { get; init; } = [];

    /// <summary>Asks the wire-up for a peer's tcp addresses ("address:port" separated by ';', as <see cref="Endpoint.TcpAddress"/> of that
    /// peer says), once, at first contact. Null when no peer is reached by tcp.</summary>
    public Func<int, string>? FindTcpAddress { get; init; }
}
