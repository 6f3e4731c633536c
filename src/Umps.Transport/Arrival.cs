using System;
using Umps.Transport.Agents;

namespace Umps.Transport;

/// <summary>The payload of a message that has just arrived: read it now, or hold it for later.</summary>
public readonly unsafe ref struct Arrival
{
    private readonly IPayloadHolder _holder;
    private readonly byte* _bytes;          // null: in units
    private readonly int _lengthBytes;

    /// <summary>A payload that lies in one piece: beside its header, in one unit, or in a receive buffer.</summary>
    internal Arrival(IPayloadHolder holder, byte* bytes, int lengthBytes, int peer = -1, nint cookie = 0)
    {
        _holder = holder;
        _bytes = bytes;
        _lengthBytes = lengthBytes;
        Peer = peer;
        Cookie = cookie;
    }

    /// <summary>Length of the payload.</summary>
    public int LengthBytes => _lengthBytes;

    /// <summary>The sender; for the agent.</summary>
    internal int Peer { get; }

    /// <summary>The agent's own: where it finds the units of a payload in several pieces, and what it must know to hold it.</summary>
    internal nint Cookie { get; }

    /// <summary>First byte of a payload in one piece; null when it lies in units that only the agent can walk.</summary>
    internal byte* Bytes => _bytes;

    /// <summary>Copies the payload, or as much of it as the destination holds.</summary>
    public void CopyTo(Span<byte> destination)
    {
        if (_bytes == null && _lengthBytes != 0)
            _holder.CopyUnits(in this, destination);
        else
            new ReadOnlySpan<byte>(_bytes, Math.Min(_lengthBytes, destination.Length)).CopyTo(destination);
    }

    /// <summary>Keeps the payload past the call: its units stay with the receiver (and count against the sender's credit) until <see cref="HeldPayload.Release"/>.</summary>
    public HeldPayload Hold() => new(_holder, _holder.Hold(in this), _lengthBytes);
}
