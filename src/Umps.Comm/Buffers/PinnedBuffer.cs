using System.Buffers;
using System.Runtime.InteropServices;

namespace Umps.Buffers;

/// <summary>Holds memory in place while an operation needs its address; <see cref="Release"/> lets go, once.</summary>
internal unsafe struct PinnedBuffer
{
    private GCHandle _handle;
    private MemoryHandle _memory;
    private bool _holdsMemory;

    /// <summary>True while something is pinned.</summary>
    public readonly bool IsHeld => _handle.IsAllocated || _holdsMemory;

    /// <summary>Pins the array a buffer refers to; nothing to do for one that does not move, or is pinned already.</summary>
    public void Pin(in BufferRef buffer)
    {
        if (buffer.Owner is { } array && !_handle.IsAllocated)
            _handle = GCHandle.Alloc(array, GCHandleType.Pinned);
    }

    /// <summary>Takes over a memory's own pin.</summary>
    /// <returns>Its address.</returns>
    public nint Pin(MemoryHandle memory)
    {
        _memory = memory;
        _holdsMemory = true;
        return (nint)memory.Pointer;
    }

    /// <summary>Lets go of what is held, if anything.</summary>
    public void Release()
    {
        if (IsHeld)
            ReleaseSlow();
    }

    private void ReleaseSlow()
    {
        if (_handle.IsAllocated)
            _handle.Free();
        if (!_holdsMemory)
            return;
        _holdsMemory = false;
        _memory.Dispose();
        _memory = default;
    }
}
