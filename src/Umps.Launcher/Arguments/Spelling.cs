using System;
using System.Collections.Generic;
using System.Linq;

namespace Umps.Launcher;

/// <summary>Finds what somebody meant who mistyped it.</summary>
internal static class Spelling
{
    /// <summary>The candidate nearest to <paramref name="typed"/>, or null when none is near: a third of its letters may be wrong, dashes and case do not count.</summary>
    public static string? Nearest(string typed, IEnumerable<string> candidates)
    {
        string bare = Bare(typed);
        (string? nearest, int distance) = candidates
            .Select(candidate => (candidate, Distance(bare, Bare(candidate))))
            .DefaultIfEmpty((null!, int.MaxValue))
            .MinBy(pair => pair.Item2);
        return distance <= Math.Max(1, bare.Length / 3) && distance < bare.Length ? nearest : null;
    }

    /// <summary>Letters to insert, remove, replace, or swap with their neighbour, from one word to the other.</summary>
    internal static int Distance(string from, string to)
    {
        // Three rows of the table: a swap looks two rows back.
        int[] before = new int[to.Length + 1], above = new int[to.Length + 1], row = new int[to.Length + 1];
        for (int j = 0; j <= to.Length; j++)
            above[j] = j;
        for (int i = 1; i <= from.Length; i++)
        {
            row[0] = i;
            for (int j = 1; j <= to.Length; j++)
            {
                int replaced = above[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                row[j] = Math.Min(replaced, 1 + Math.Min(above[j], row[j - 1]));
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                    row[j] = Math.Min(row[j], 1 + before[j - 2]);
            }

            (before, above, row) = (above, row, before);
        }

        return above[to.Length];
    }

    private static string Bare(string word) => word.TrimStart('-').Replace("-", "", StringComparison.Ordinal).ToUpperInvariant();
}
