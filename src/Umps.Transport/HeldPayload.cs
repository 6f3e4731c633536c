using System;

namespace Umps.Transport;

/// <summary>A payload kept where it arrived; belongs to the endpoint it arrived at, and goes back exactly once.</summary>
public readonly struct HeldPayload
{
    /// <summary>Length of the payload.</summary>
    public int LengthBytes => throw new NotImplementedException();

    /// <summary>Copies the payload, or as much of it as the destination holds.</summary>
    public void CopyTo(Endpoint endpoint, Span<byte> destination) => throw new NotImplementedException();

    /// <summary>Gives the units back to their sender.</summary>
    public void Release(Endpoint endpoint) => throw new NotImplementedException();
}
