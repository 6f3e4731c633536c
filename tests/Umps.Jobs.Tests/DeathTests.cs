using System;
using System.Globalization;
using System.Linq;
using Umps.Testing;
using Xunit;

namespace Umps.Tests;

/// <summary>However a rank ends while the others wait for it: the job ends soon, with that rank's status and one report, and nothing stays.</summary>
public sealed class DeathTests : JobTest
{
    private static JobSetup Die(string how, string transport) => JobSetup.Scenario(4, transport, "die", how, "1") with { SecondsMax = 30 };

    /// <summary>The ways that have a status of their own: it is the job's.</summary>
    [Theory]
    [InlineData("code", 42)]
    [InlineData("exit", 43)]
    [InlineData("abort", 17)]
    [InlineData("kill", 128 + 9)]
    [InlineData("fail-fast", 128 + 6)]
    public void Die_WithStatus_IsTheJobs(string how, int status)
    {
        foreach (string transport in (string[])["shm", "tcp"])
        {
            JobResult result = JobRunner.Run(Die(how, transport)).AssertExit(status);

            Assert.Contains("rank 1", AssertOneReport(result), StringComparison.Ordinal);
        }
    }

    /// <summary>An end that looks well is a failure all the same, for the others wait in vain.</summary>
    [Theory]
    [InlineData("zero")]
    [InlineData("exit-zero")]
    public void Die_WithStatusZeroWhileOthersWait_EndsTheJobWithAReport(string how)
    {
        foreach (string transport in (string[])["shm", "tcp"])
        {
            JobResult result = JobRunner.Run(Die(how, transport));

            Assert.True(result.ExitCode != 0, result.ToString());
            Assert.Contains("rank 1", AssertOneReport(result), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("exception", "something went wrong on purpose")]
    [InlineData("thread-exception", "a thread went wrong on purpose")]
    [InlineData("mpi-exception", "UMPS2004")]
    public void Die_ByException_ShowsItsStackAndEndsTheJob(string how, string says)
    {
        foreach (string transport in (string[])["shm", "tcp"])
        {
            JobResult result = JobRunner.Run(Die(how, transport)).AssertSays(says).AssertSays("Die.cs");

            Assert.True(result.ExitCode != 0, result.ToString());
            Assert.Contains("rank 1", AssertOneReport(result), StringComparison.Ordinal);
            AssertStackOnce(result, says);
        }
    }

    [Fact]
    public void Die_ByKill_ReportNamesRankHostPidSignal()
    {
        JobResult result = JobRunner.Run(Die("kill", "shm"));

        string report = AssertOneReport(result);
        string pid = result.Out.Single(line => line.Contains("dies by", StringComparison.Ordinal)).Split(' ')[3];
        Assert.Contains("rank 1", report, StringComparison.Ordinal);
        Assert.Contains($"pid {int.Parse(pid, CultureInfo.InvariantCulture)}", report, StringComparison.Ordinal);
        Assert.Contains("SIGKILL", report, StringComparison.Ordinal);
        Assert.True(report.Contains("localhost", StringComparison.Ordinal) || report.Contains(Environment.MachineName, StringComparison.Ordinal), report);
    }

    /// <summary>The others' calls break off because the job ends: that is no news, and would bury the report.</summary>
    [Fact]
    public void Die_OthersWaiting_SayNothing()
    {
        JobResult result = JobRunner.Run(Die("kill", "shm"));

        Assert.DoesNotContain(result.Error, line => line.Contains("UMPS2", StringComparison.Ordinal));
        Assert.DoesNotContain(result.Out, line => line.Contains("came back", StringComparison.Ordinal));
    }

    /// <summary>A program that never calls Init: the first status that is not 0 ends the job.</summary>
    [Fact]
    public void Outside_OneRankFails_EndsTheJob()
    {
        JobResult result = JobRunner.Run(JobSetup.Scenario(3, "shm", "outside", "7", "2") with { SecondsMax = 30 }).AssertExit(7);

        Assert.Contains("rank 2", AssertOneReport(result), StringComparison.Ordinal);
    }

    [Fact]
    public void Outside_AllEndWell_IsNoFailure() => RunWell(3, "shm", "outside", "0");

    private static void AssertStackOnce(JobResult result, string says)
    {
        int lines = result.Error.Count(line => line.Contains(says, StringComparison.Ordinal));
        Assert.True(lines is 1 or 2, $"{lines} lines of stderr contain \"{says}\", expected it once, or once more in the report{Environment.NewLine}{result}");
    }
}
