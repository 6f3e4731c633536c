using System;
using Umps.Transport.Pool;

namespace Umps.Transport.Agents.Shm;

/// <summary>Payloads past their arrival: units stay where they are, short ones are copied aside.</summary>
internal sealed unsafe partial class ShmAgent
{
    private readonly InlineStore _heldInline = new();

    /// <inheritdoc/>
    public void CopyUnits(in Arrival arrival, Span<byte> destination)
    {
        var units = new UnitList(arrival.Cookie);
        CopyUnits(_locals[units.Local]!, units, destination);
    }

    /// <inheritdoc/>
    public long Hold(in Arrival arrival)
    {
        _counters.Held++;
        if (!new UnitList(arrival.Cookie).IsUnits)
            return _heldInline.Add(new ReadOnlySpan<byte>(arrival.Bytes, arrival.LengthBytes));
        _isHeld = true;
        return arrival.Cookie;
    }

    /// <inheritdoc/>
    public byte* HeldBytes(long token)
    {
        var units = new UnitList(token);
        return units.IsUnits && units.IsRun ? UnitAddress(_locals[units.Local]!, units.First) : null;
    }

    /// <inheritdoc/>
    public void CopyHeld(long token, Span<byte> destination)
    {
        var units = new UnitList(token);
        if (units.IsUnits)
        {
            CopyUnits(_locals[units.Local]!, units, destination);
            return;
        }
        ReadOnlySpan<byte> payload = _heldInline.Get((int)token);
        payload[..Math.Min(payload.Length, destination.Length)].CopyTo(destination);
    }

    /// <inheritdoc/>
    public void ReleaseHeld(long token)
    {
        var units = new UnitList(token);
        if (!units.IsUnits)
        {
            _heldInline.Remove((int)token);
            return;
        }
        ShmPeer to = _locals[units.Local]!;
        SendHome(to, units);
        AnswerRefused(to);
    }

    private void CopyUnits(ShmPeer from, UnitList units, Span<byte> destination)
    {
        int length = Math.Min(units.LengthBytes, destination.Length);
        uint[] chain = from.Chain!;
        uint unit = units.First;
        for (int offset = 0; offset < length; offset += PoolSize.UnitBytes)
        {
            int bytes = Math.Min(PoolSize.UnitBytes, length - offset);
            new ReadOnlySpan<byte>(UnitAddress(from, unit), bytes).CopyTo(destination[offset..]);
            unit = chain[unit] & 0xffff;
        }
    }

    private byte* UnitAddress(ShmPeer from, uint unit) => _memory.At((long)from.UnitsOffset) + ((nuint)unit << PoolSize.UnitShift);
}
