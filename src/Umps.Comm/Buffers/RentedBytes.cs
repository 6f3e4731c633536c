using System;
using System.Buffers;

namespace Umps.Buffers;

/// <summary>A message whose length was not known before it came: an array of the shared pool, given back by <see cref="Return"/>.</summary>
internal sealed class RentedBytes
{
    public byte[]? Bytes;
    public int LengthBytes;

    public ReadOnlyMemory<byte> Memory => new(Bytes, 0, LengthBytes);

    public void Return()
    {
        if (Bytes is null)
            return;
        ArrayPool<byte>.Shared.Return(Bytes);
        Bytes = null;
    }
}
