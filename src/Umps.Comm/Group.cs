using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;

namespace Umps;

/// <summary>An ordered set of ranks: which endpoint each rank of a communicator is.</summary>
/// <remarks>MPI 4.1 §7.2. Immutable.</remarks>
public sealed class Group
{
    private readonly int[] _endpoints;
    private readonly Dictionary<int, int>? _ranks;   // null when rank r is endpoint r

    internal Group(int[] endpoints, int ownEndpoint)
    {
        _endpoints = endpoints;
        bool identity = true;
        for (int rank = 0; rank < endpoints.Length; rank++)
            identity &= endpoints[rank] == rank;
        if (!identity)
        {
            _ranks = new Dictionary<int, int>(endpoints.Length);
            for (int rank = 0; rank < endpoints.Length; rank++)
                _ranks[endpoints[rank]] = rank;
        }
        Rank = RankOf(ownEndpoint);
    }

    /// <summary>Number of ranks.</summary>
    public int Size => _endpoints.Length;

    /// <summary>The caller's rank; <see cref="Comm.Undefined"/> when it is not a member.</summary>
    public int Rank { get; }

    /// <summary>The endpoint that a rank of the group is.</summary>
    internal int EndpointOf(int rank) => _endpoints[rank];

    /// <summary>The rank that an endpoint has; <see cref="Comm.Undefined"/> when it is not a member.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int RankOf(int endpoint)
    {
        if (_ranks is not null)
            return RankInTable(endpoint);
        return (uint)endpoint < (uint)_endpoints.Length ? endpoint : Comm.Undefined;
    }

    /// <summary>Endpoints by rank.</summary>
    internal ReadOnlySpan<int> Endpoints => _endpoints;

    private int RankInTable(int endpoint) => _ranks!.TryGetValue(endpoint, out int rank) ? rank : Comm.Undefined;
}
