using System;
using System.Globalization;
using System.Linq;
using System.Threading;
using Umps.Testing;
using Xunit;

namespace Umps.Tests;

/// <summary>A job on two nodes, by a real sshd: shared memory within each, tcp between; and its end, whatever breaks.</summary>
public sealed class TwoNodeTests : JobTest
{
    [Fact]
    public void Agents_WithinANodeShm_BetweenNodesTcp()
    {
        using TwoNodes nodes = TwoNodes.Make();

        JobResult result = JobRunner.Run(nodes.Job("-n", "8", Repository.Ranks, "agents")).AssertExit(0).AssertQuiet();

        Assert.Equal(8 * 7, result.Out.Count);
        for (int distance = 1; distance < 8; distance++)
        {
            int far = distance;
            AssertEachRankSays(result, 8, rank => $"rank {rank} to {(rank + far) % 8}: {(rank / 4 == (rank + far) % 8 / 4 ? "Shm" : "Tcp")}");
        }
    }

    [Fact]
    public void Traffic_Random_Arrives() => Seeds.Run(1, seed =>
    {
        using TwoNodes nodes = TwoNodes.Make();

        JobResult result = JobRunner.Run(nodes.Job("-n", "8", Repository.Ranks, "traffic", seed.ToString(CultureInfo.InvariantCulture), "300", "2")).AssertExit(0).AssertQuiet();

        AssertEachRankSays(result, 8, rank => $"rank {rank}: traffic of seed {seed} is right");
    });

    [Fact]
    public void Collectives_Right()
    {
        using TwoNodes nodes = TwoNodes.Make();

        JobResult result = JobRunner.Run(nodes.Job("-n", "7", Repository.Ranks, "collectives")).AssertExit(0).AssertQuiet();

        AssertEachRankSays(result, 7, rank => $"rank {rank}: collectives are right");
    }

    /// <summary>Datagrams over the same cable.</summary>
    [Fact]
    public void Traffic_Udp_Arrives() => Seeds.Run(1, seed =>
    {
        using TwoNodes nodes = TwoNodes.Make();

        JobResult agents = JobRunner.Run(nodes.Job("-n", "8", "--transport", "shm,udp,tcp", Repository.Ranks, "agents")).AssertExit(0).AssertQuiet();
        JobResult result = JobRunner.Run(nodes.Job("-n", "8", "--transport", "shm,udp", Repository.Ranks, "traffic", seed.ToString(CultureInfo.InvariantCulture), "300", "2")).AssertExit(0).AssertQuiet();

        Assert.All(agents.Out, line => Assert.DoesNotContain("Tcp", line, StringComparison.Ordinal));
        AssertEachRankSays(result, 8, rank => $"rank {rank}: traffic of seed {seed} is right");
    });

    [Fact]
    public void Environment_AndOutput_CrossTheCable()
    {
        using TwoNodes nodes = TwoNodes.Make();

        JobResult result = JobRunner.Run(nodes.Job("-n", "8", "-x", "UMPS_TEST_A=far away", Repository.Ranks, "environment", "UMPS_TEST_A")).AssertExit(0).AssertQuiet();
        JobResult lines = JobRunner.Run(nodes.Job("-n", "8", Repository.Ranks, "lines", "500", "100", "raw")).AssertExit(0).AssertQuiet();

        AssertEachRankSays(result, 8, rank => $"rank {rank} UMPS_TEST_A=far away");
        Assert.Equal(8 * 500, lines.Out.Count);
        Assert.All(lines.Out, line => Assert.True(line is ['<', .., '>'] && line.Length == 100, line));
    }

    [Theory]
    [InlineData("kill", 128 + 9)]
    [InlineData("code", 42)]
    public void Die_OnTheOtherNode_EndsTheJobWithOneReport(string how, int status)
    {
        using TwoNodes nodes = TwoNodes.Make();

        JobResult result = JobRunner.Run(nodes.Job("-n", "8", Repository.Ranks, "die", how, "6")).AssertExit(status);

        string report = AssertOneReport(result);
        Assert.Contains("rank 6", report, StringComparison.Ordinal);
        Assert.Contains(nodes.Second.Address, report, StringComparison.Ordinal);
    }

    [Fact]
    public void Kill_Umpsrun_LeavesNothingOnEitherNode()
    {
        using TwoNodes nodes = TwoNodes.Make();
        using JobRunner job = StartHanging(nodes);

        job.Signal("KILL");

        Assert.Equal(128 + 9, job.WaitForExit().ExitCode);
    }

    [Fact]
    public void Kill_AgentOfTheOtherNode_EndsTheJobWithOneReport()
    {
        using TwoNodes nodes = TwoNodes.Make();
        using JobRunner job = StartHanging(nodes);
        OwnProcess agent = OwnProcess.Of(nodes.Second.Pids()).First(p => p.IsUmpsrun && !p.CommandLine.Contains("sshd", StringComparison.Ordinal));

        Shell.Signal(agent.Pid, "KILL");

        JobResult result = job.WaitForExit();
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(nodes.Second.Address, AssertOneReport(result), StringComparison.Ordinal);
    }

    /// <summary>The cable is out for five seconds, then in again: what was sent is sent again, and the job goes on.</summary>
    [Theory]
    [InlineData("shm,tcp")]
    [InlineData("shm,udp")]
    public void Unplug_OtherNodeForAWhile_JobGoesOn(string transport)
    {
        using TwoNodes nodes = TwoNodes.Make();
        using JobRunner job = JobRunner.Start(nodes.Job("-n", "2", "--map-by", "node", "--transport", transport, Repository.Ranks, "ring", "60000"));

        Thread.Sleep(1500);
        nodes.Second.Unplug();
        LetOthersRun();
        Thread.Sleep(5000);
        nodes.Second.Plug();

        job.WaitForExit().AssertExit(0).AssertQuiet().AssertSays("token went 60000 rounds");
    }

    /// <summary>The cable is pulled: nothing arrives any more, not even an end. The job ends all the same, on both sides.</summary>
    [Theory]
    [InlineData("shm,tcp")]
    [InlineData("shm,udp")]
    public void Unplug_OtherNode_EndsTheJobWithAReport(string transport)
    {
        using TwoNodes nodes = TwoNodes.Make();
        using JobRunner job = StartHanging(nodes, checkLeaks: false, transport);
        LetOthersRun();

        nodes.Second.Unplug();

        JobResult result = job.WaitForExit();
        Assert.NotEqual(0, result.ExitCode);
        // Whoever notices first tells: umpsrun, of the node; or a rank, of a peer on it.
        string report = AssertOneReport(result);
        Assert.True(report.Contains(nodes.Second.Address, StringComparison.Ordinal) || report.Contains("node 1", StringComparison.Ordinal) || report.Contains("node 0", StringComparison.Ordinal), report);
        job.AssertNothingLeft(secondsMax: 60);      // the far side hears nothing either: it finds out by its own timers
    }

    [Fact]
    public void Host_Unreachable_IsToldAndStartsNothing()
    {
        using TwoNodes nodes = TwoNodes.Make();
        JobSetup setup = nodes.Job("-n", "8", Repository.Ranks, "identity");
        LetOthersRun();
        string[] arguments = ["--host", $"localhost:4,{nodes.Second.Address[..^1]}9:4", .. setup.Arguments.Skip(2)];

        JobResult result = JobRunner.Run(setup with { Arguments = arguments });

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains($"{nodes.Second.Address[..^1]}9", AssertOneReport(result), StringComparison.Ordinal);
    }

    private static JobRunner StartHanging(TwoNodes nodes, bool checkLeaks = true, string transport = "shm,tcp")
    {
        JobRunner job = JobRunner.Start(nodes.Job("-n", "8", "--transport", transport, Repository.Ranks, "hang", "recv") with { CheckLeaks = checkLeaks });
        job.WaitForLine("hangs", 8);
        return job;
    }
}
