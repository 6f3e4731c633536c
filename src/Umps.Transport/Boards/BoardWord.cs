using System.Runtime.CompilerServices;
using System.Threading;
using Umps.Transport.Interop;

namespace Umps.Transport.Boards;

/// <summary>A word of a board, and the number it must have reached for a wait to be over. Words only grow.</summary>
internal readonly unsafe struct BoardWord(ulong* word, ulong awaited)
{
    /// <summary>True when the word has it: what was written before it may be read.</summary>
    public bool IsReached
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(ref *word) >= awaited;
    }

    /// <summary>Yields, at most so often, until the word has it.</summary>
    /// <returns>True when it has.</returns>
    public bool YieldForIt(int yieldsMax)
    {
        Linux.YieldUntilReached(word, awaited, yieldsMax);
        return IsReached;
    }
}
