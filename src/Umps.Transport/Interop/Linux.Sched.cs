using System.Numerics;
using System.Runtime.InteropServices;

namespace Umps.Transport.Interop;

/// <summary>sched(7): giving the processor away, and which processors there are.</summary>
internal static unsafe partial class Linux
{
    private const int AffinityWords = 128;      // 8192 processors: the kernel's largest NR_CPUS; a smaller mask is EINVAL

    /// <summary>sched_yield(2): lets another runnable thread of this processor run, for as long as the scheduler gives it.</summary>
    public static void YieldProcessor() => _ = sched_yield();

    /// <summary>sched_getaffinity(2): processors the calling thread may run on.</summary>
    /// <returns>Their number; 1 when the kernel does not say.</returns>
    public static int CountProcessors()
    {
        ulong* mask = stackalloc ulong[AffinityWords];
        new System.Span<ulong>(mask, AffinityWords).Clear();
        if (sched_getaffinity(0, AffinityWords * sizeof(ulong), mask) != 0)
            return 1;
        int count = 0;
        for (int i = 0; i < AffinityWords; i++)
            count += BitOperations.PopCount(mask[i]);
        return count > 0 ? count : 1;
    }

    // It gives the processor away, for milliseconds perhaps, so no SuppressGCTransition.
    // SetLastError though it never fails: without it the generator writes a bare DllImport, which is banned.
    [LibraryImport("libc", SetLastError = true)]
    private static partial int sched_yield();

    [LibraryImport("libc", SetLastError = true)]
    private static partial int sched_getaffinity(int pid, nuint sizeBytes, ulong* mask);
}
