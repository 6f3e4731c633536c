using System;

namespace Umps.Testing;

/// <summary>What code allocates on the calling thread.</summary>
public static class Allocations
{
    private const int Measurements = 5;

    /// <summary>Runs the code some times.</summary>
    /// <returns>The least it allocated in a run, in bytes: a collection that another test causes counts the rest of the thread's allocation context, up to 8 KiB, as
    /// allocated.</returns>
    public static long Least(Action code)
    {
        long least = long.MaxValue;
        for (int i = 0; i < Measurements; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            code();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
