using System;

namespace Umps.Transport.Agents.Shm;

/// <summary>Payloads of up to 40 bytes that are held: their slot goes back at once, so they are copied here. Cells are used again; it grows to the most that were held together.</summary>
internal sealed class InlineStore
{
    private const int CellBytes = 1 + Rings.RingSlot.InlineBytesMax;

    private byte[] _cells = new byte[16 * CellBytes];
    private int[] _free = [];
    private int _freeCount;
    private int _used;

    /// <summary>Keeps a payload.</summary>
    /// <returns>Its cell.</returns>
    public int Add(ReadOnlySpan<byte> payload)
    {
        int cell = _freeCount > 0 ? _free[--_freeCount] : _used++;
        if (_used * CellBytes > _cells.Length)
            Array.Resize(ref _cells, _cells.Length * 2);
        Span<byte> bytes = _cells.AsSpan(cell * CellBytes, CellBytes);
        bytes[0] = (byte)payload.Length;
        payload.CopyTo(bytes[1..]);
        return cell;
    }

    /// <summary>The payload in a cell.</summary>
    public ReadOnlySpan<byte> Get(int cell) => _cells.AsSpan((cell * CellBytes) + 1, _cells[cell * CellBytes]);

    /// <summary>The cell is free again.</summary>
    public void Remove(int cell)
    {
        if (_freeCount == _free.Length)
            Array.Resize(ref _free, Math.Max(16, _free.Length * 2));
        _free[_freeCount++] = cell;
    }
}
