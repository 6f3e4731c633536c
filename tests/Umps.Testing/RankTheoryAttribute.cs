using System;
using System.Collections.Generic;
using System.Threading.Tasks;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace Umps.Testing;

/// <summary>A test for several numbers of ranks. The method takes the number (<c>int ranks</c>) and hands its body to <see cref="RankHost.Run(int, Action{Comm}, MpiOptions?, double)"/>.</summary>
/// <remarks>Without numbers: 1, 2, 3, 4, 7, 8; odd ones on purpose.</remarks>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer(typeof(TheoryDiscoverer))]
public sealed class RankTheoryAttribute(params int[] counts) : TheoryAttribute(null, -1), IDataAttribute
{
    /// <summary>The numbers of ranks.</summary>
    public IReadOnlyList<int> Counts { get; } = counts.Length > 0 ? counts : [1, 2, 3, 4, 7, 8];

    /// <summary>More values for the same test: every number of ranks is run with each of them as the second argument.</summary>
    public object[]? With { get; set; }

    /// <summary>One rank is run with the first of <see cref="With"/> only: alone, it meets none of the agents that the others name.</summary>
    public bool AloneOnce { get; set; }

    bool? IDataAttribute.Explicit => null;
    string? IDataAttribute.Label => null;
    string? IDataAttribute.Skip => null;
    Type? IDataAttribute.SkipType => null;
    string? IDataAttribute.SkipUnless => null;
    string? IDataAttribute.SkipWhen => null;
    string? IDataAttribute.TestDisplayName => null;
    int? IDataAttribute.Timeout => null;
    string[]? IDataAttribute.Traits => null;

    ValueTask<IReadOnlyCollection<ITheoryDataRow>> IDataAttribute.GetData(System.Reflection.MethodInfo testMethod, DisposalTracker disposalTracker)
    {
        var rows = new List<ITheoryDataRow>();
        foreach (int count in Counts)
        {
            if (With is null)
                rows.Add(new TheoryDataRow(count));
            else
                foreach (object value in AloneOnce && count == 1 ? With.AsSpan(0, 1) : With)
                    rows.Add(new TheoryDataRow(count, value));
        }

        return new(rows);
    }

    bool IDataAttribute.SupportsDiscoveryEnumeration() => true;
}
