using System;
using System.Runtime.InteropServices;
using Umps;

namespace Umps.Bench;

/// <summary>A message buffer as OSU's programs have it: page-aligned and touched; this rank's own memory, or with --allocate memory that the node's ranks map.</summary>
internal sealed class BenchBuffer : IDisposable
{
    private const int PageBytes = 4096;

    private readonly SharedBuffer<byte>? _shared;

    private BenchBuffer(Memory<byte> memory, SharedBuffer<byte>? shared) => (Memory, _shared) = (memory, shared);

    /// <summary>The bytes.</summary>
    public Memory<byte> Memory { get; }

    /// <summary>The bytes.</summary>
    public Span<byte> Span => Memory.Span;

    /// <summary>A buffer.</summary>
    public static BenchBuffer Make(BenchContext context, int bytes)
    {
        if (context.Allocate)
        {
            SharedBuffer<byte> shared = context.Comm.Allocate<byte>(bytes);
            return new BenchBuffer(shared.Memory, shared);
        }

        byte[] array = GC.AllocateUninitializedArray<byte>(bytes + PageBytes, pinned: true);
        array.AsSpan().Clear();
        int lead = (int)(-Marshal.UnsafeAddrOfPinnedArrayElement(array, 0) & (PageBytes - 1));
        return new BenchBuffer(array.AsMemory(lead, bytes), null);
    }

    /// <summary>Gives shared memory back.</summary>
    public void Dispose() => _shared?.Dispose();
}
