using System;
using System.Threading;
using Umps.Transport.Pool;
using Umps.Transport.Rings;

namespace Umps.Transport.Agents.Shm;

/// <summary>Payloads past their arrival: units stay where they are, short ones are copied aside.</summary>
internal sealed unsafe partial class ShmAgent
{
    /// <summary>In a token: the payload is a copy of a wide message's. As in <see cref="UnitList"/>, the sender's local index stands above bit 32.</summary>
    private const long WideMark = 1L << 60;

    private readonly InlineStore _heldInline = new(RingSlot.InlineBytesMax);
    private readonly InlineStore _heldWide = new(RingSlot.WideBytesMax);

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
        if (arrival.LengthBytes <= RingSlot.InlineBytesMax && !new UnitList(arrival.Cookie).IsUnits)
            return _heldInline.Add(new ReadOnlySpan<byte>(arrival.Bytes, arrival.LengthBytes));
        _isHeld = true;
        return new UnitList(arrival.Cookie).IsUnits
            ? arrival.Cookie
            : WideMark | ((long)_peers[arrival.Peer]!.Local << 32) | (uint)_heldWide.Add(new ReadOnlySpan<byte>(arrival.Bytes, arrival.LengthBytes));
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
        ReadOnlySpan<byte> payload = ((token & WideMark) != 0 ? _heldWide : _heldInline).Get((int)token);
        payload[..Math.Min(payload.Length, destination.Length)].CopyTo(destination);
    }

    /// <inheritdoc/>
    public void ReleaseHeld(long token)
    {
        var units = new UnitList(token);
        if (!units.IsUnits)
        {
            if ((token & WideMark) == 0)
            {
                _heldInline.Remove((int)token);
                return;
            }
            _heldWide.Remove((int)token);
            ReleaseWide(_locals[units.Local]!);
            return;
        }
        ShmPeer to = _locals[units.Local]!;
        SendHome(to, units);
        AnswerRefused(to);
    }

    /// <summary>A wide message's payload is not needed any more. Nobody waits for this: without the credit the sender takes units.</summary>
    private static void ReleaseWide(ShmPeer from) => Volatile.Write(ref from.InLines->WideReleased, ++from.WideReleased);

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
