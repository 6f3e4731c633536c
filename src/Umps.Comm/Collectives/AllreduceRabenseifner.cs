using System;
using System.Numerics;
using Umps.Buffers;
using Umps.Collectives.Shapes;

namespace Umps.Collectives;

/// <summary>Allreduce of long vectors: halves are swapped and reduced until each rank holds a part of the result, then the parts are brought together.</summary>
/// <remarks>
/// Rabenseifner: Optimization of Collective Reduction Operations, ICCS 2004; Thakur, Rabenseifner, Gropp, IJHPCA 19(1), 2005, §8.
/// Cost, n bytes on p = 2^k ranks (α s a message, β s a byte sent, γ s a byte reduced): 2kα + 2 (p - 1)/p nβ + (p - 1)/p nγ; other p fold in and out:
/// + 2(α + nβ) + nγ. Right for long vectors. The nearest partners swap first, so rank order is kept; each part is reduced by one rank: all get the same bits.
/// <code>
/// p = 4, vector abcd:   0, 2 keep ab, 1, 3 keep cd  →  0 a, 2 b, 1 c, 3 d  →  0, 2 ab, 1, 3 cd  →  abcd on all
/// </code>
/// Parts are whole elements; with fewer elements than ranks some are empty.
/// </remarks>
internal static class AllreduceRabenseifner
{
    public static void Run(Comm comm, Span<byte> vector, Reduction reduction, int tag)
    {
        var ranks = new FoldedRanks(comm.Rank, comm.Size);
        using var scratch = new Scratch(stackalloc byte[Scratch.StackBytes], vector.Length);
        ranks.Fold(comm, vector, scratch.Bytes, reduction, tag);
        if (!ranks.IsIdle)
            HalveAndDouble(comm, ranks, vector, scratch.Bytes, reduction, tag);
        ranks.Unfold(comm, vector, tag);
    }

    private static void HalveAndDouble(Comm comm, in FoldedRanks ranks, Span<byte> vector, Span<byte> incoming, Reduction reduction, int tag)
    {
        int elementBytes = reduction.ElementBytes;
        int rounds = BitOperations.Log2((uint)ranks.Size);
        Span<int> starts = stackalloc int[32];
        Span<int> ends = stackalloc int[32];
        int start = 0;
        int end = vector.Length / elementBytes;
        for (int round = 0; round < rounds; round++)
        {
            starts[round] = start;
            ends[round] = end;
            int middle = start + (end - start) / 2;
            int partner = ranks.ToRank(ranks.Number ^ (1 << round));
            bool keepLower = comm.Rank < partner;
            (int sentStart, int sentEnd) = keepLower ? (middle, end) : (start, middle);
            (start, end) = keepLower ? (start, middle) : (middle, end);
            Span<byte> kept = vector[(start * elementBytes)..(end * elementBytes)];
            Span<byte> others = incoming[..kept.Length];
            comm.Exchange(vector[(sentStart * elementBytes)..(sentEnd * elementBytes)], partner, others, partner, tag);
            reduction.Combine(kept, others, mineFirst: keepLower);
        }
        for (int round = rounds - 1; round >= 0; round--)
        {
            int partner = ranks.ToRank(ranks.Number ^ (1 << round));
            (int otherStart, int otherEnd) = comm.Rank < partner ? (end, ends[round]) : (starts[round], start);
            comm.Exchange(
                vector[(start * elementBytes)..(end * elementBytes)], partner, vector[(otherStart * elementBytes)..(otherEnd * elementBytes)], partner, tag);
            start = starts[round];
            end = ends[round];
        }
    }
}
