namespace Umps.Transport;

/// <summary>What <see cref="Endpoint.ShowState"/> returns: pool, rings, semi-polling and agents at one moment.</summary>
public sealed record TransportState
{
}
