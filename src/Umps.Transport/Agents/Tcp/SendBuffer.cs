using System;
using System.Runtime.InteropServices;

namespace Umps.Transport.Agents.Tcp;

/// <summary>Bytes of one peer that found no room in the socket: bounded, in order, native memory taken at the first need.</summary>
internal sealed unsafe class SendBuffer(int capacityBytes)
{
    private byte* _bytes;
    private int _head, _tail;

    /// <summary>Bytes that wait.</summary>
    public int LengthBytes => _tail - _head;

    /// <summary>Bytes that still fit.</summary>
    public int RoomBytes => capacityBytes - LengthBytes;

    /// <summary>The first byte that waits.</summary>
    public byte* First => _bytes + _head;

    /// <summary>Adds bytes; the caller has looked at <see cref="RoomBytes"/>.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_bytes == null)
            _bytes = (byte*)NativeMemory.Alloc((nuint)capacityBytes);
        if (bytes.Length > capacityBytes - _tail)
        {
            Buffer.MemoryCopy(First, _bytes, capacityBytes, LengthBytes);
            _tail -= _head;
            _head = 0;
        }
        bytes.CopyTo(new Span<byte>(_bytes + _tail, capacityBytes - _tail));
        _tail += bytes.Length;
    }

    /// <summary>The first bytes have left.</summary>
    public void Consume(int bytes)
    {
        _head += bytes;
        if (_head == _tail)
            _head = _tail = 0;
    }

    /// <summary>Drops what waits, and the memory.</summary>
    public void Free()
    {
        NativeMemory.Free(_bytes);
        _bytes = null;
        _head = _tail = 0;
    }
}
