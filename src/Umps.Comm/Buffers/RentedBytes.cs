using System;
using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Umps.Transport;

namespace Umps.Buffers;

/// <summary>A message whose length was not known before it came: an array of the shared pool, given back by <see cref="Return"/>.</summary>
internal sealed class RentedBytes
{
    /// <summary>As much as most objects have, and as a message may have that is received directly.</summary>
    private const int KeptBytes = 8 * 1024;

    [ThreadStatic]
    private static RentedBytes? t_spare;

    public byte[]? Bytes;
    public int LengthBytes;

    private readonly byte[]? _kept;

    /// <summary>One whose array is rented with the message.</summary>
    public RentedBytes()
    {
    }

    private RentedBytes(byte[] kept) => _kept = kept;

    public ReadOnlyMemory<byte> Memory => new(Bytes ?? _kept, 0, LengthBytes);

    /// <summary>Memory that does not move and stays with this object, for a short message: its length goes to <see cref="LengthBytes"/>, and <see cref="Bytes"/> stays null. Empty: there is none.</summary>
    public unsafe NativeSpan Kept => _kept is null ? default : new NativeSpan((nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_kept)), _kept.Length);

    /// <summary>One that nobody else uses, empty, with memory of its own for a short message.</summary>
    public static RentedBytes Rent()
    {
        RentedBytes? spare = t_spare;
        t_spare = null;
        return spare ?? new RentedBytes(GC.AllocateUninitializedArray<byte>(KeptBytes, pinned: true));
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
