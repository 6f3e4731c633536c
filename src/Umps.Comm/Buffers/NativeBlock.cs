using System.Runtime.InteropServices;
using Umps.Transport;

namespace Umps.Buffers;

/// <summary>Native memory of any length for a copy of a message that is neither sent nor received yet; freed once by <see cref="Free"/>.</summary>
internal unsafe struct NativeBlock
{
    private void* _address;
    private nint _lengthBytes;

    /// <summary>The bytes.</summary>
    public readonly NativeSpan Span => new((nint)_address, _lengthBytes);

    /// <summary>Allocates.</summary>
    public static NativeBlock Allocate(nint lengthBytes) =>
        new() { _address = NativeMemory.Alloc((nuint)lengthBytes), _lengthBytes = lengthBytes };

    /// <summary>Gives the memory back.</summary>
    public void Free()
    {
        NativeMemory.Free(_address);
        _address = null;
        _lengthBytes = 0;
    }
}
