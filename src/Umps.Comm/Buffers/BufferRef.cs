using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Umps.Transport;

namespace Umps.Buffers;

/// <summary>Where the bytes of an operation are: an array and an offset in it, or memory that does not move.</summary>
/// <remarks>An array is not pinned by being referred to: its bytes are looked up when they are needed (<see cref="Bytes"/>), and pinned
/// (<see cref="PinnedBuffer"/>) only for a rendezvous, where another process or a later poll uses the address.</remarks>
internal readonly unsafe struct BufferRef
{
    private readonly Array? _owner;      // null: native
    private readonly nint _place;        // offset in the array's data, or an address

    private BufferRef(Array? owner, nint place, nint lengthBytes)
    {
        _owner = owner;
        _place = place;
        LengthBytes = lengthBytes;
    }

    /// <summary>Memory that does not move while the operation lasts: pinned, native, or on the stack of a blocked caller.</summary>
    public BufferRef(NativeSpan native)
        : this(null, native.Address, native.LengthBytes)
    {
    }

    /// <summary>Bytes in all.</summary>
    public nint LengthBytes { get; }

    /// <summary>True when it refers to an array, which the collector may move.</summary>
    public bool IsMovable => _owner is not null;

    /// <summary>The address of memory that does not move; 0 for an array, pinned or not.</summary>
    public nint FixedAddress => _owner is null ? _place : 0;

    /// <summary>The array, for pinning; null when it does not move.</summary>
    internal Array? Owner => _owner;

    /// <summary>A part of an array of bytes.</summary>
    public static BufferRef Of(byte[] array, int lengthBytes) => new(array, 0, lengthBytes);

    /// <summary>Refers to a memory: by array and offset where it is part of one, else pinned into <paramref name="pin"/>.</summary>
    public static BufferRef Of<T>(ReadOnlyMemory<T> memory, ref PinnedBuffer pin)
        where T : unmanaged
    {
        if (MemoryMarshal.TryGetArray(memory, out ArraySegment<T> segment))
            return new BufferRef(segment.Array, (nint)segment.Offset * sizeof(T), (nint)segment.Count * sizeof(T));
        return new BufferRef(null, pin.Pin(memory.Pin()), (nint)memory.Length * sizeof(T));
    }

    /// <summary>A part as a span. Of an array it is valid as long as any span: the collector follows it.</summary>
    public Span<byte> Bytes(nint offsetBytes, int lengthBytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((nuint)offsetBytes, (nuint)LengthBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((nuint)lengthBytes, (nuint)(LengthBytes - offsetBytes));
        return _owner is null
            ? new Span<byte>((void*)(_place + offsetBytes), lengthBytes)
            : MemoryMarshal.CreateSpan(
                ref Unsafe.AddByteOffset(ref MemoryMarshal.GetArrayDataReference(_owner), _place + offsetBytes), lengthBytes);
    }

    /// <summary>Copies a message's payload to the front; it is not longer than this.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Fill(scoped in Arrival payload)
    {
        ref byte first = ref _owner is null
            ? ref *(byte*)_place
            : ref Unsafe.AddByteOffset(ref MemoryMarshal.GetArrayDataReference(_owner), _place);
        payload.CopyTo(MemoryMarshal.CreateSpan(ref first, payload.LengthBytes));
    }

    /// <summary>The whole as memory that does not move; the array must be pinned.</summary>
    public NativeSpan Fixed() => _owner is null
        ? new NativeSpan(_place, LengthBytes)
        : new NativeSpan(
            (nint)Unsafe.AsPointer(ref Unsafe.AddByteOffset(ref MemoryMarshal.GetArrayDataReference(_owner), _place)), LengthBytes);
}
