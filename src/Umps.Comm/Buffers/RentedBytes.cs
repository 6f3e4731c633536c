using System;
using System.Buffers;

namespace Umps.Buffers;

/// <summary>A message whose length was not known before it came: an array of the shared pool, given back by <see cref="Return"/>.</summary>
internal sealed class RentedBytes
{
    [ThreadStatic]
    private static RentedBytes? t_spare;

    public byte[]? Bytes;
    public int LengthBytes;

    public ReadOnlyMemory<byte> Memory => new(Bytes, 0, LengthBytes);

    /// <summary>One that nobody else uses, empty.</summary>
    public static RentedBytes Rent()
    {
        RentedBytes? spare = t_spare;
        t_spare = null;
        return spare ?? new RentedBytes();
    }

    /// <summary>Gives the array back, and this object too: no receive may know it any more.</summary>
    public void Recycle()
    {
        Return();
        LengthBytes = 0;
        t_spare = this;
    }

    public void Return()
    {
        if (Bytes is null)
            return;
        ArrayPool<byte>.Shared.Return(Bytes);
        Bytes = null;
    }
}
