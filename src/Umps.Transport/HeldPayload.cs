using System;
using Umps.Transport.Agents;

namespace Umps.Transport;

/// <summary>A payload kept where it arrived; belongs to the endpoint it arrived at, and goes back exactly once.</summary>
public readonly struct HeldPayload
{
    private readonly IPayloadHolder? _holder;
    private readonly long _token;

    internal HeldPayload(IPayloadHolder holder, long token, int lengthBytes)
    {
        _holder = holder;
        _token = token;
        LengthBytes = lengthBytes;
    }

    /// <summary>Length of the payload.</summary>
    public int LengthBytes { get; }

    /// <summary>First byte of a payload in one piece; null when it must be copied to be read.</summary>
    internal unsafe byte* Bytes => _holder is null ? null : _holder.HeldBytes(_token);

    /// <summary>Copies the payload, or as much of it as the destination holds. On the thread that owns the endpoint.</summary>
    public void CopyTo(Endpoint endpoint, Span<byte> destination) => _holder?.CopyHeld(_token, destination);

    /// <summary>Gives the units back to their sender. On the thread that owns the endpoint.</summary>
    public void Release(Endpoint endpoint) => _holder?.ReleaseHeld(_token);
}
