using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Umps.Buffers;

/// <summary>Typed memory seen as bytes: the casts of the thin typed surface, in one place.</summary>
internal static class SpanBytes
{
    /// <summary>Bytes of one element.</summary>
    public static int SizeOf<T>()
        where T : unmanaged => Unsafe.SizeOf<T>();

    /// <summary>The bytes of a value that the caller keeps alive: a local or a field.</summary>
    public static Span<byte> Of<T>(ref T value)
        where T : unmanaged => MemoryMarshal.AsBytes(new Span<T>(ref value));
}
