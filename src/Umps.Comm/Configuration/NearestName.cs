using System;
using System.Collections.Generic;
using System.Linq;

namespace Umps.Configuration;

/// <summary>Which name was meant by one that does not exist.</summary>
internal static class NearestName
{
    /// <summary>The nearest by edits (Levenshtein, in any case); null when none is near enough to be meant: a third of the name, at least two.</summary>
    public static string? Of(string name, IEnumerable<string> known)
    {
        (string nearest, int edits) = known.Select(other => (other, Edits(name.ToUpperInvariant(), other.ToUpperInvariant()))).MinBy(pair => pair.Item2);
        string last = name[(name.LastIndexOf(':') + 1)..];
        return edits <= Math.Max(2, last.Length / 3) ? nearest : null;
    }

    private static int Edits(string a, string b)
    {
        int[] above = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int[] row = new int[b.Length + 1];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
                row[j] = Math.Min(Math.Min(row[j - 1], above[j]) + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
            above = row;
        }

        return above[b.Length];
    }
}
