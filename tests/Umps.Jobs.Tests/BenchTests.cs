using System;
using System.Globalization;
using System.Linq;
using Umps.Testing;
using Xunit;

namespace Umps.Tests;

/// <summary>The benchmarks run, so that they do not rot; what they measure is not looked at.</summary>
public sealed class BenchTests : JobTest
{
    [Theory]
    [InlineData("latency", 8)]
    [InlineData("bw", 65536)]
    public void Bench_Small_PrintsALineABatch(string name, int bytes)
    {
        string bench = Repository.Output("benchmarks/Umps.Bench", "umpsbench.dll"), size = bytes.ToString(CultureInfo.InvariantCulture);

        JobResult result = JobRunner.Run(JobSetup.Umpsrun("-n", "2", bench, name, size, "3", "10")).AssertExit(0).AssertQuiet();

        Assert.Equal(3, result.Out.Count(line => line.StartsWith($"{name} {size} ", StringComparison.Ordinal)));
    }
}
