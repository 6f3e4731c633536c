using System;
using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Umps.Transport;

namespace Umps.Buffers;

/// <summary>Typed memory seen as bytes: the casts of the thin typed surface, in one place.</summary>
internal static unsafe class SpanBytes
{
    /// <summary>Bytes of one element.</summary>
    public static int SizeOf<T>()
        where T : unmanaged => sizeof(T);

    /// <summary>The bytes of a value that the caller keeps alive: a local or a field.</summary>
    public static Span<byte> Of<T>(ref T value)
        where T : unmanaged => new(Unsafe.AsPointer(ref value), sizeof(T));

    /// <summary>The bytes of elements.</summary>
    /// <exception cref="OverflowException">They are more than a span of bytes can hold.</exception>
    public static Span<byte> Of<T>(Span<T> elements)
        where T : unmanaged => MemoryMarshal.AsBytes(elements);

    /// <inheritdoc cref="Of{T}(Span{T})"/>
    public static ReadOnlySpan<byte> Of<T>(ReadOnlySpan<T> elements)
        where T : unmanaged => MemoryMarshal.AsBytes(elements);

    /// <summary>Elements at an address that does not move.</summary>
    public static Span<T> At<T>(nint address, int length)
        where T : unmanaged => new((void*)address, length);

    /// <summary>A handle on an element of memory that does not move but may be given back: it is not while the handle lives.</summary>
    public static MemoryHandle HandleAt<T>(nint address, int element, IPinnable pinnable)
        where T : unmanaged => new((T*)address + element, default, pinnable);

    /// <summary>Bytes seen as elements; the rest of a whole element is left out.</summary>
    public static Span<T> As<T>(Span<byte> bytes)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(bytes);

    /// <inheritdoc cref="As{T}(Span{byte})"/>
    public static ReadOnlySpan<T> As<T>(ReadOnlySpan<byte> bytes)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(bytes);

    /// <summary>Reads a value from the front of bytes that need not be aligned.</summary>
    public static T Read<T>(ReadOnlySpan<byte> bytes)
        where T : unmanaged => MemoryMarshal.Read<T>(bytes);

    /// <summary>Copies between memories that do not move, of any length; they may overlap.</summary>
    public static void Copy(NativeSpan source, NativeSpan destination) =>
        Buffer.MemoryCopy((void*)source.Address, (void*)destination.Address, destination.LengthBytes, source.LengthBytes);
}
