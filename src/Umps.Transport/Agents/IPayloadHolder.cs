using System;

namespace Umps.Transport.Agents;

/// <summary>Keeps payloads past the call that brought them: what stands behind <see cref="Arrival"/> and <see cref="HeldPayload"/>.</summary>
internal interface IPayloadHolder
{
    /// <summary>Copies a payload that lies in units (see <see cref="Arrival"/>).</summary>
    void CopyUnits(in Arrival arrival, Span<byte> destination);

    /// <summary>Keeps the payload of an arrival.</summary>
    /// <returns>A token that names it to <see cref="CopyHeld"/> and <see cref="ReleaseHeld"/>.</returns>
    long Hold(in Arrival arrival);

    /// <summary>Where a payload that is held lies, if in one piece that does not move; null otherwise.</summary>
    unsafe byte* HeldBytes(long token) => null;

    /// <summary>Copies a payload that is held.</summary>
    void CopyHeld(long token, Span<byte> destination);

    /// <summary>Gives a payload that is held back to its sender, or frees it.</summary>
    void ReleaseHeld(long token);
}
