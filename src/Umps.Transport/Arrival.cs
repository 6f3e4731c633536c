using System;

namespace Umps.Transport;

/// <summary>The payload of a message that has just arrived: read it now, or hold it for later.</summary>
public ref struct Arrival
{
    /// <summary>Length of the payload.</summary>
    public readonly int LengthBytes => throw new NotImplementedException();

    /// <summary>Copies the payload, or as much of it as the destination holds.</summary>
    public readonly void CopyTo(Span<byte> destination) => throw new NotImplementedException();

    /// <summary>Keeps the payload past the call: its units stay with the receiver (and count against the sender's credit) until <see cref="HeldPayload.Release"/>.</summary>
    public HeldPayload Hold() => throw new NotImplementedException();
}
