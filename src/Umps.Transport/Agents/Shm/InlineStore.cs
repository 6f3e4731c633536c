using System;
using System.Runtime.InteropServices;

namespace Umps.Transport.Agents.Shm;

/// <summary>Payloads beside their header that are held: their slots go back at once, so they are copied here. Cells are used again; it grows to the most that were held together.</summary>
/// <param name="payloadBytesMax">The longest payload.</param>
internal sealed class InlineStore(int payloadBytesMax)
{
    private readonly int _cellBytes = sizeof(ushort) + payloadBytesMax;
    private byte[] _cells = [];
    private int[] _free = [];
    private int _freeCount;
    private int _used;

    /// <summary>Keeps a payload.</summary>
    /// <returns>Its cell.</returns>
    public int Add(ReadOnlySpan<byte> payload)
    {
        int cell = _freeCount > 0 ? _free[--_freeCount] : _used++;
        if (_used * _cellBytes > _cells.Length)
            Array.Resize(ref _cells, Math.Max(16 * _cellBytes, _cells.Length * 2));
        Span<byte> bytes = _cells.AsSpan(cell * _cellBytes, _cellBytes);
        MemoryMarshal.Write(bytes, (ushort)payload.Length);
        payload.CopyTo(bytes[sizeof(ushort)..]);
        return cell;
    }

    /// <summary>The payload in a cell.</summary>
    public ReadOnlySpan<byte> Get(int cell)
    {
        ReadOnlySpan<byte> bytes = _cells.AsSpan(cell * _cellBytes, _cellBytes);
        return bytes.Slice(sizeof(ushort), MemoryMarshal.Read<ushort>(bytes));
    }

    /// <summary>The cell is free again.</summary>
    public void Remove(int cell)
    {
        if (_freeCount == _free.Length)
            Array.Resize(ref _free, Math.Max(16, _free.Length * 2));
        _free[_freeCount++] = cell;
    }
}
