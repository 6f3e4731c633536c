using System;
using Umps;

namespace Umps.Bench;

/// <summary>A message buffer as OSU's programs have it: page-aligned and touched.</summary>
internal sealed class BenchBuffer : IDisposable
{
    private const int PageBytes = 4096;

    private BenchBuffer(Memory<byte> memory) => Memory = memory;

    /// <summary>The bytes.</summary>
    public Memory<byte> Memory { get; }

    /// <summary>The bytes.</summary>
    public Span<byte> Span => Memory.Span;

    /// <summary>A buffer; every rank calls it alike.</summary>
    public static BenchBuffer Make(BenchContext context, int bytes)
    {
        _ = context;
        byte[] array = GC.AllocateUninitializedArray<byte>(bytes + PageBytes, pinned: true);
        array.AsSpan().Clear();
        nint start = System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(array, 0);
        int lead = (int)(-start & (PageBytes - 1));
        return new BenchBuffer(array.AsMemory(lead, bytes));
    }

    /// <summary>Gives shared memory back.</summary>
    public void Dispose()
    {
    }
}
