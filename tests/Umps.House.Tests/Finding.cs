using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace Umps.Tests;

/// <summary>Something in the repository that breaks a rule of the house.</summary>
/// <param name="File">Where, relative to the repository.</param>
/// <param name="Line">Which line; 0 for the file as a whole.</param>
/// <param name="What">What stands there.</param>
/// <param name="Why">Which rule it breaks.</param>
/// <param name="Instead">What to do instead.</param>
internal sealed record Finding(string File, int Line, string What, string Why, string Instead)
{
    /// <summary>Fails with every finding, a line each.</summary>
    public static void AssertNone(IEnumerable<Finding> findings)
    {
        List<Finding> all = [.. findings];
        Assert.True(all.Count == 0, $"{all.Count} findings:{Environment.NewLine}{string.Join(Environment.NewLine, all.Take(50))}");
    }

    /// <inheritdoc/>
    public override string ToString() => $"{File}{(Line > 0 ? $":{Line}" : "")}: {What}: {Why}. {Instead}.";
}
