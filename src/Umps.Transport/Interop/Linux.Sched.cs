using System;
using System.Runtime.InteropServices;

namespace Umps.Transport.Interop;

/// <summary>sched(7): giving the processor away, and which processors there are.</summary>
internal static unsafe partial class Linux
{
    /// <summary>Words of a mask that the node's memory holds: 1024 processors. Those beyond are not counted, which makes a node look more crowded than it is.</summary>
    public const int ProcessorWords = 16;

    private const int AffinityWords = 128;      // 8192 processors: the kernel's largest NR_CPUS; a smaller mask is EINVAL

    /// <summary>sched_yield(2): lets another runnable thread of this processor run, for as long as the scheduler gives it.</summary>
    public static void YieldProcessor() => _ = sched_yield();

    /// <summary>sched_getaffinity(2): processors the calling thread may run on, a bit each.</summary>
    /// <param name="mask">Where the bits go; none when the kernel does not say.</param>
    /// <param name="words">Words of the mask; processors beyond are left out.</param>
    public static void ReadAffinity(ulong* mask, int words)
    {
        ulong* all = stackalloc ulong[AffinityWords];
        new Span<ulong>(all, AffinityWords).Clear();
        // On an error nothing is written.
        _ = sched_getaffinity(0, AffinityWords * sizeof(ulong), all);
        new ReadOnlySpan<ulong>(all, Math.Min(words, AffinityWords)).CopyTo(new Span<ulong>(mask, words));
    }

    // It gives the processor away, for milliseconds perhaps, so no SuppressGCTransition.
    // SetLastError though it never fails: without it the generator writes a bare DllImport, which is banned.
    [LibraryImport("libc", SetLastError = true)]
    private static partial int sched_yield();

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sched_getaffinity(int pid, nuint sizeBytes, ulong* mask);
}
