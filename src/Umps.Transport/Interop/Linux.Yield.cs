using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;

namespace Umps.Transport.Interop;

/// <summary>Giving the processor away until a word in shared memory changes, with as little code between two yields as there can be.</summary>
/// <remarks>
/// Probably why it matters: Linux keeps a processor's address translations of six processes; with more of them in turn each yield comes back to none, and every page that a look touches, of code or of data,
/// costs a walk through the page tables, in a virtual machine through two. So the loops touch the word and nothing else, and the C library is called by a pointer: an imported
/// function whose errno is kept costs calls into two more libraries.
/// </remarks>
internal static unsafe partial class Linux
{
    private static readonly delegate* unmanaged<int> s_yield = (delegate* unmanaged<int>)NativeLibrary.GetExport(NativeLibrary.Load("libc", typeof(Linux).Assembly, null), "sched_yield");

    /// <summary>sched_yield(2), at most so often, until the word has the value.</summary>
    /// <returns>How often.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int YieldUntilEqual(uint* word, uint value, int yieldsMax)
    {
        int yields = 0;
        do
        {
            _ = s_yield();
            yields++;
        }
        while (yields < yieldsMax && Volatile.Read(ref *word) != value);
        return yields;
    }

    /// <summary>sched_yield(2), at most so often, until the word has reached the value.</summary>
    /// <returns>How often.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int YieldUntilReached(ulong* word, ulong value, int yieldsMax)
    {
        int yields = 0;
        do
        {
            _ = s_yield();
            yields++;
        }
        while (yields < yieldsMax && Volatile.Read(ref *word) < value);
        return yields;
    }
}
