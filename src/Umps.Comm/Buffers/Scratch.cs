using System;
using System.Buffers;

namespace Umps.Buffers;

/// <summary>Memory for the length of a call: the caller's stack where it is enough, else an array of the shared pool.</summary>
internal ref struct Scratch
{
    /// <summary>What a caller gives of its stack: enough for the values and short vectors that are reduced most often, little enough to be cleared in passing.</summary>
    public const int StackBytes = 256;

    private byte[]? _rented;

    /// <summary>Takes as many bytes; their contents are not defined.</summary>
    /// <param name="stack">The caller's stack.</param>
    /// <param name="lengthBytes">How many.</param>
    public Scratch(Span<byte> stack, int lengthBytes)
    {
        _rented = lengthBytes <= stack.Length ? null : ArrayPool<byte>.Shared.Rent(lengthBytes);
        Bytes = (_rented is null ? stack : _rented.AsSpan())[..lengthBytes];
    }

    /// <summary>The memory.</summary>
    public Span<byte> Bytes { get; }

    /// <summary>Gives it back.</summary>
    public void Dispose()
    {
        if (_rented is { } rented)
            ArrayPool<byte>.Shared.Return(rented);
        _rented = null;
    }
}
