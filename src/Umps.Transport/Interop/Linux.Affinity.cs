using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;

namespace Umps.Transport.Interop;

/// <summary>sched_setaffinity(2): on which processors a thread, and what it starts, runs.</summary>
internal static partial class Linux
{
    private const int MaskWords = 128;      // 8192 processors: the kernel's largest NR_CPUS

    /// <summary>Processors the calling thread may run on, ascending.</summary>
    public static unsafe IReadOnlyList<int> Affinity()
    {
        ulong* mask = stackalloc ulong[MaskWords];
        new Span<ulong>(mask, MaskWords).Clear();
        var processors = new List<int>();
        if (getMask(0, MaskWords * sizeof(ulong), mask) >= 0)
            for (int i = 0; i < MaskWords * 64; i++)
                if ((mask[i / 64] >> (i % 64) & 1) != 0)
                    processors.Add(i);
        return processors;
    }

    /// <summary>Lets the calling thread, and what it starts, run on these processors only.</summary>
    /// <returns>Errno.None; EINVAL when none of them may be used.</returns>
    public static unsafe Errno SetAffinity(IReadOnlyList<int> processors)
    {
        ulong* mask = stackalloc ulong[MaskWords];
        new Span<ulong>(mask, MaskWords).Clear();
        foreach (int processor in processors)
            mask[processor / 64] |= 1ul << (processor % 64);
        return setMask(0, MaskWords * sizeof(ulong), mask) == 0 ? Errno.None : LastError();
    }

    [LibraryImport("libc", EntryPoint = "sched_getaffinity", SetLastError = true)]
    private static unsafe partial int getMask(int thread, nuint sizeBytes, void* mask);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    private static unsafe partial int setMask(int thread, nuint sizeBytes, void* mask);
}
