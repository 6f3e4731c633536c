using System;
using System.Linq;
using Umps.Testing;
using Xunit;

namespace Umps.Tests;

/// <summary><c>umpsrun --show-state</c>: at the end, and on SIGUSR1 while ranks compute, are blocked, or do not answer.</summary>
public sealed class StateTests : JobTest
{
    [Theory]
    [InlineData("shm", "shm:")]
    [InlineData("tcp", "tcp:")]
    [InlineData("udp", "udp:")]
    public void End_EachRankIsShown(string transport, string agent)
    {
        JobResult result = JobRunner.Run(JobSetup.Umpsrun("-n", "3", "--show-state", "--transport", transport, Repository.Ranks, "ring")).AssertExit(0);

        Assert.Equal("state of each rank at its end:", result.Error[0]);
        for (int rank = 0; rank < 3; rank++)
            Assert.Single(result.Error, line => line.StartsWith($"rank {rank} of 3 (", StringComparison.Ordinal));
        Assert.Equal(3, result.Error.Count(line => line.StartsWith("  polling SemiPolling: ", StringComparison.Ordinal) && line.Contains(" waits ", StringComparison.Ordinal)));
        Assert.Equal(3, result.Error.Count(line => line.StartsWith($"  {agent}", StringComparison.Ordinal)));
        Assert.Equal(3, result.Error.Count(line => line.StartsWith("  comm: ", StringComparison.Ordinal)));
    }

    /// <summary>Processes, more of them than processors, and none of them ever asleep.</summary>
    [Theory]
    [InlineData("shm")]
    [InlineData("tcp")]
    public void End_PollingOnly_NobodySleptOrRang(string transport)
    {
        JobResult result = JobRunner.Run(JobSetup.Umpsrun(
            "-n", "5", "--show-state", "--transport", transport, "-x", "UMPS__TRANSPORT__POLLING__MODE=PollingOnly", Repository.Ranks, "ring")).AssertExit(0);

        string[] polling = [.. result.Error.Where(line => line.StartsWith("  polling PollingOnly: ", StringComparison.Ordinal))];
        Assert.Equal(5, polling.Length);
        Assert.All(polling, line => Assert.DoesNotMatch(" (interrupts|sleeps|rings) ", line));
    }

    /// <summary>Ranks that compute and ranks that are blocked answer alike; and go on.</summary>
    [Fact]
    public void Signal_LivingJob_TellsAndGoesOn()
    {
        using JobRunner job = StartHanging();

        for (int round = 1; round <= 2; round++)
        {
            job.Signal("USR1");
            job.WaitForLine("state of each rank now:", round);
            job.WaitForLine("  shm: ", 4 * round);
        }

        job.Signal("TERM");
        JobResult result = job.WaitForExit();
        Assert.DoesNotContain("state of rank", result.ErrorText, StringComparison.Ordinal);     // what the scenario says when it gets the signal itself
        Assert.DoesNotContain("no answer", result.ErrorText, StringComparison.Ordinal);
    }

    [Fact]
    public void Signal_StoppedRank_IsNamed()
    {
        using JobRunner job = StartHanging();
        OwnProcess rank = job.RankProcess(2);
        Shell.Signal(rank.Pid, "STOP");

        job.Signal("USR1");

        string line = Assert.Single(job.WaitForLine("no answer within 2 s"));
        Assert.StartsWith("rank 2 of 4 (", line, StringComparison.Ordinal);
        Assert.Equal(3, job.WaitForLine("  shm: ", 3).Count);
        Shell.Signal(rank.Pid, "CONT");
        job.Signal("TERM");
        job.WaitForExit();
    }

    [Fact]
    public void Signal_WithoutTheOption_GoesToTheRanks()
    {
        using JobRunner job = JobRunner.Start(JobSetup.Umpsrun("-n", "2", Repository.Ranks, "hang", "recv") with { SecondsMax = 40 });
        job.WaitForLine("hangs", 2);

        job.Signal("USR1");

        job.WaitForLine("state of rank", 2);
        job.Signal("TERM");
        job.WaitForExit();
    }

    /// <summary>A rank that fails tells before it ends; one that is killed cannot.</summary>
    [Theory]
    [InlineData("exception", false)]
    [InlineData("kill", true)]
    public void Die_StateOfTheOthersIsShown(string how, bool isMissing)
    {
        JobResult result = JobRunner.Run(JobSetup.Umpsrun("-n", "3", "--show-state", Repository.Ranks, "die", how, "1"));

        Assert.NotEqual(0, result.ExitCode);
        string line = Assert.Single(result.Error, line => line.StartsWith("rank 1 of 3 (", StringComparison.Ordinal) && (line.Contains("): endpoint 1", StringComparison.Ordinal) || line.Contains("): it ", StringComparison.Ordinal)));
        Assert.Equal(isMissing, line.Contains("it ended without telling", StringComparison.Ordinal));
        AssertOneReport(result);
    }

    [Fact]
    public void Signal_TwoNodes_AllTell()
    {
        using TwoNodes nodes = TwoNodes.Make();
        using JobRunner job = JobRunner.Start(nodes.Job("-n", "8", "--show-state", Repository.Ranks, "hang", "recv"));
        job.WaitForLine("hangs", 8);

        job.Signal("USR1");

        job.WaitForLine("state of each rank now:");
        job.WaitForLine("  polling SemiPolling: ", 8);
        Assert.Equal(4, job.WaitForLine($"({nodes.Second.Address}, pid ", 4).Count);
        job.Signal("TERM");
        job.WaitForExit();
    }

    private static JobRunner StartHanging()
    {
        JobRunner job = JobRunner.Start(JobSetup.Umpsrun("-n", "4", "--show-state", Repository.Ranks, "hang", "mixed") with { SecondsMax = 40 });
        job.WaitForLine("hangs", 4);
        return job;
    }
}
