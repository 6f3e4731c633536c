using System;
using System.Linq;
using Umps.Testing;
using Xunit;

namespace Umps.Tests;

/// <summary>What tests that start jobs share: the machine for themselves while they run, and the shape of their checks.</summary>
public abstract class JobTest : IDisposable
{
    private readonly MachineLock _machine = MachineLock.Take();

    /// <summary>Both agents, for theories.</summary>
    public static readonly TheoryData<string> Transports = ["shm", "tcp"];

    /// <summary>The rest of this test sleeps, mostly, or compiles: others need not wait for it.</summary>
    protected void LetOthersRun() => _machine.Dispose();

    /// <summary>Lets the next test have the machine.</summary>
    public void Dispose()
    {
        _machine.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Runs a scenario of tests/Umps.Ranks to a good end: exit status 0, nothing on stderr, nothing left.</summary>
    protected static JobResult RunWell(int ranks, string transport, params string[] scenario) =>
        JobRunner.Run(JobSetup.Scenario(ranks, transport, scenario)).AssertExit(0).AssertQuiet();

    /// <summary>Asserts that stdout holds this line once for each rank.</summary>
    protected static void AssertEachRankSays(JobResult result, int ranks, Func<int, string> line)
    {
        for (int rank = 0; rank < ranks; rank++)
        {
            string wanted = line(rank);
            int found = result.Out.Count(l => l.Contains(wanted, StringComparison.Ordinal));
            Assert.True(found == 1, $"{found} lines of stdout contain \"{wanted}\", expected 1{Environment.NewLine}{result}");
        }
    }

    /// <summary>Asserts that a job that failed says so in one report of umpsrun, whatever the ranks wrote themselves.</summary>
    /// <returns>The report's line.</returns>
    protected static string AssertOneReport(JobResult result)
    {
        string[] reports = [.. result.Error.Where(line => line.StartsWith("UMPS3", StringComparison.Ordinal))];
        Assert.True(reports.Length == 1, $"{reports.Length} reports of umpsrun (lines that begin with UMPS3), expected 1{Environment.NewLine}{result}");
        return reports[0];
    }
}
