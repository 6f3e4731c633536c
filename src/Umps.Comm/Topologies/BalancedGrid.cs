using System;
using System.Collections.Generic;

namespace Umps.Topologies;

/// <summary>The most balanced grid for a number of nodes: the largest dimension is as small as can be, then the next, and so on.</summary>
/// <remarks>
/// MPI 4.1 §8.5.2. A search over divisors. Dealing out prime factors is quicker and not always balanced (72 nodes: 12 x 6, not 9 x 8; Träff, Lübbe:
/// Specification Guideline Violations by MPI_Dims_create, EuroMPI 2015).
/// </remarks>
internal static class BalancedGrid
{
    /// <summary>Fills the zeros of the dimensions.</summary>
    public static int[] Fill(int nodes, ReadOnlySpan<int> dimensions)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(nodes);
        int free = 0;
        long product = 1;
        foreach (int dimension in dimensions)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(dimension, nameof(dimensions));
            if (dimension == 0)
                free++;
            else
                product = Math.Min(product * dimension, int.MaxValue + 1L);
        }
        if (nodes % product != 0 || (free == 0 && product != nodes))
            throw new ArgumentException($"{nodes} nodes do not part into a grid of {string.Join(" x ", dimensions.ToArray())} (0: free).", nameof(dimensions));

        int[] filled = dimensions.ToArray();
        var chosen = new int[free];
        int rest = (int)(nodes / product);
        TryChoose(rest, rest, Divisors(rest), chosen);
        int next = 0;
        for (int i = 0; i < filled.Length; i++)
        {
            if (filled[i] == 0)
                filled[i] = chosen[next++];
        }
        return filled;
    }

    /// <summary>Parts the nodes into factors that do not grow, the first as small as can be.</summary>
    private static bool TryChoose(int nodes, int longest, List<int> divisors, Span<int> chosen)
    {
        if (chosen.Length == 0)
            return nodes == 1;
        if (chosen.Length == 1)
        {
            chosen[0] = nodes;
            return nodes <= longest;
        }
        foreach (int divisor in divisors)
        {
            if (divisor > longest)
                return false;
            if (nodes % divisor != 0 || Math.Pow(divisor, chosen.Length) < nodes - 0.5)
                continue;       // the others may not be longer, so it must be at least the root
            chosen[0] = divisor;
            if (TryChoose(nodes / divisor, divisor, divisors, chosen[1..]))
                return true;
        }
        return false;
    }

    private static List<int> Divisors(int nodes)
    {
        var divisors = new List<int>();
        for (int low = 1; low <= nodes / low; low++)
        {
            if (nodes % low != 0)
                continue;
            divisors.Add(low);
            if (low != nodes / low)
                divisors.Add(nodes / low);
        }
        divisors.Sort();
        return divisors;
    }
}
