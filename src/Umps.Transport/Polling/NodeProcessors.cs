using System.Numerics;
using System.Threading;
using Umps.Transport.Interop;

namespace Umps.Transport.Polling;

/// <summary>Processors that the ranks of a node may use, all together: what the count of ranks awake is held against.</summary>
/// <remarks>
/// One rank's own affinity would not do: with a core for each rank, every rank has one processor, and every rank would think the node crowded. Two ranks bound to
/// one of two processors count as having both; they notice by their late yields.
/// </remarks>
internal static unsafe class NodeProcessors
{
    /// <summary>Adds the processors of the calling thread.</summary>
    public static void Add(ulong* shared)
    {
        ulong* own = stackalloc ulong[Linux.ProcessorWords];
        Linux.ReadAffinity(own, Linux.ProcessorWords);
        for (int i = 0; i < Linux.ProcessorWords; i++)
        {
            if ((own[i] & ~shared[i]) != 0)
                Interlocked.Or(ref shared[i], own[i]);
        }
    }

    /// <summary>Their number, at least 1.</summary>
    public static int Count(ulong* shared)
    {
        int count = 0;
        for (int i = 0; i < Linux.ProcessorWords; i++)
            count += BitOperations.PopCount(shared[i]);
        return count > 0 ? count : 1;
    }
}
