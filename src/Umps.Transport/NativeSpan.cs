using System;

namespace Umps.Transport;

/// <summary>An address and a length: memory that does not move (pinned or native) while an operation needs it.</summary>
/// <param name="Address">First byte.</param>
/// <param name="LengthBytes">Bytes.</param>
public readonly record struct NativeSpan(nint Address, nint LengthBytes)
{
    /// <summary>True when it holds no byte.</summary>
    public bool IsEmpty => LengthBytes == 0;

    /// <summary>The bytes as a span; at most <see cref="int.MaxValue"/> of them.</summary>
    /// <exception cref="OverflowException">The memory is longer than a span can be.</exception>
    public unsafe Span<byte> AsSpan() => new((void*)Address, checked((int)LengthBytes));

    /// <summary>A part of it.</summary>
    /// <param name="offsetBytes">Where the part begins.</param>
    /// <param name="lengthBytes">Its length.</param>
    /// <returns>The part.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The part is not inside.</exception>
    public NativeSpan Slice(nint offsetBytes, nint lengthBytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((nuint)offsetBytes, (nuint)LengthBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((nuint)lengthBytes, (nuint)(LengthBytes - offsetBytes));
        return new NativeSpan(Address + offsetBytes, lengthBytes);
    }
}
