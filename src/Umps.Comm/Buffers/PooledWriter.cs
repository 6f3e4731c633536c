using System;
using System.Buffers;

namespace Umps.Buffers;

/// <summary>A growing array of the shared pool that a serializer writes into; one piece, so that it can be sent as it lies.</summary>
/// <remarks>A thread keeps its last one with its array, if that is not large: sending an object allocates nothing then.</remarks>
internal sealed class PooledWriter : IBufferWriter<byte>, IDisposable
{
    private const int KeptBytesMax = 64 * 1024;

    [ThreadStatic]
    private static PooledWriter? t_spare;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(1024);
    private int _count;
    private bool _isLent = true;

    private PooledWriter()
    {
    }

    /// <summary>A writer that nobody else uses, empty; <see cref="Dispose"/> gives it back.</summary>
    public static PooledWriter Rent()
    {
        PooledWriter? spare = t_spare;
        if (spare is null)
            return new PooledWriter();
        t_spare = null;
        spare._isLent = true;
        return spare;
    }

    /// <summary>What has been written.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _count);

    /// <inheritdoc cref="Written"/>
    public ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, _count);

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_bytes.Length - _count));
        _count += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(_count);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(_count);
    }

    /// <summary>Gives the writer or its array back.</summary>
    public void Dispose()
    {
        if (!_isLent)
            return;
        _isLent = false;
        if (t_spare is null && _bytes.Length <= KeptBytesMax)
        {
            _count = 0;
            t_spare = this;
            return;
        }

        byte[] bytes = _bytes;
        _bytes = [];
        _count = 0;
        if (bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(bytes);
    }

    private void Reserve(int sizeHint)
    {
        int wanted = Math.Max(sizeHint, 1);
        if (_bytes.Length - _count >= wanted)
            return;
        long size = Math.Max((long)_bytes.Length * 2, (long)_count + wanted);
        if ((long)_count + wanted > Array.MaxLength)
            throw new InvalidOperationException($"the serialised object is longer than {Array.MaxLength} bytes");
        byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(size, Array.MaxLength));
        _bytes.AsSpan(0, _count).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
