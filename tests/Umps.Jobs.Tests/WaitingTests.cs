using System;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using Umps.Testing;
using Xunit;

namespace Umps.Tests;

/// <summary>More ranks than processors, and ranks that wait: they cost processor time, which is counted here, and not the clock's.</summary>
public sealed partial class WaitingTests : JobTest
{
    [Theory]
    [MemberData(nameof(Transports))]
    public void Idle_RankBlockedInRecv_UsesHardlyAnyCpu(string transport)
    {
        JobResult result = RunWell(4, transport, "idle", "3000");

        AssertCpu(result, waiting: 3, millisecondsMax: 200);
    }

    [Fact]
    public void Beside_WaitingRanks_LeaveTheProcessorsToThoseThatCompute()
    {
        JobResult result = RunWell(8, "shm", "beside", "1000");

        AssertCpu(result, waiting: 6, millisecondsMax: 200);
        Assert.Equal(2, result.Out.Count(line => line.Contains("computed 1000 ms of CPU", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Transports))]
    public void Ring_ThirtyTwoRanks_GoesRound(string transport) =>
        RunWell(32, transport, "ring", "20").AssertSays("token went 20 rounds of 32");

    [Fact]
    public void Hello_ThirtyTwoRanks_AllSayIt()
    {
        JobResult result = JobRunner.Run(JobSetup.Umpsrun("-n", "32", Repository.Output("samples/Hello", "Hello.dll"))).AssertExit(0).AssertQuiet();

        Assert.Equal(32, result.Out.Count(line => line.Contains("of 32", StringComparison.Ordinal)));
    }

    private static void AssertCpu(JobResult result, int waiting, double millisecondsMax)
    {
        double[] costs = [.. result.Out.Select(line => CpuOfWaiter().Match(line)).Where(m => m.Success).Select(m => double.Parse(m.Groups["ms"].Value, CultureInfo.InvariantCulture))];
        Assert.True(costs.Length == waiting && costs.Max() < millisecondsMax, $"{waiting} waiting ranks, each with less than {millisecondsMax} ms of CPU{Environment.NewLine}{result}");
    }

    [GeneratedRegex(@"waited with (?<ms>[\d.]+) ms of CPU")]
    private static partial Regex CpuOfWaiter();
}
