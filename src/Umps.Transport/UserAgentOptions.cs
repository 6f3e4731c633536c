using System;
using System.Collections.Generic;
using System.Security.Cryptography;

namespace Umps.Transport;

/// <summary>What <see cref="UserAgent.Initialize"/> needs: the same as <see cref="Endpoint.Attach"/>.</summary>
public sealed record UserAgentOptions
{
    /// <summary>The node's memory; handed over, <see cref="UserAgent.Release"/> disposes it.</summary>
    public required NodeMemory Memory { get; init; }

    /// <summary>Who the peers are and where.</summary>
    public required PeerDirectory Directory { get; init; }

    /// <summary>Options of the layer.</summary>
    public TransportOptions Transport { get; init; } = new();

    /// <summary>Options for agents that live as threads of this process, on shared memory of their own.</summary>
    /// <param name="agents">How many.</param>
    /// <param name="transport">Options of the layer; null: the defaults.</param>
    /// <returns>One an agent. Each is for one <see cref="UserAgent.Initialize"/>, all before the first message.</returns>
    public static IReadOnlyList<UserAgentOptions> InProcess(int agents, TransportOptions? transport = null)
    {
        transport ??= new TransportOptions();
        var peers = new PeerPlace[agents];
        for (int i = 0; i < agents; i++)
            peers[i] = new PeerPlace(i, Node: 0, LocalIndex: i);
        byte[] secret = RandomNumberGenerator.GetBytes(32);
        var options = new UserAgentOptions[agents];
        using KernelAgent kernelAgent = KernelAgent.Create(agents, transport);
        for (int i = 0; i < agents; i++)
        {
            options[i] = new UserAgentOptions
            {
                Memory = kernelAgent.Share(),
                Directory = new PeerDirectory { OwnId = i, Peers = peers, Secret = secret },
                Transport = transport,
            };
        }
        return options;
    }
}
