using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using Umps.Testing;
using Xunit;

namespace Umps.Tests;

/// <summary>Whichever process of a job is killed, none of it stays: no process, no socket, no segment, no file of the runtime.</summary>
public sealed class KillTests : JobTest
{
    private static JobRunner StartHanging(string how, string transport, int ranks = 4)
    {
        JobRunner job = JobRunner.Start(JobSetup.Scenario(ranks, transport, "hang", how) with { SecondsMax = 40 });
        job.WaitForLine("hangs", ranks);
        return job;
    }

    [Theory]
    [InlineData("recv", "shm")]
    [InlineData("recv", "tcp")]
    [InlineData("compute", "shm")]
    [InlineData("mixed", "tcp")]
    [InlineData("mixed", "udp")]
    public void Kill_Umpsrun_LeavesNothing(string how, string transport)
    {
        using JobRunner job = StartHanging(how, transport);

        job.Signal("KILL");

        Assert.Equal(128 + 9, job.WaitForExit().ExitCode);
    }

    [Theory]
    [InlineData("recv", "shm")]
    [InlineData("compute", "tcp")]
    [InlineData("recv", "udp")]
    public void Kill_Rank_EndsTheJobWithOneReport(string how, string transport)
    {
        using JobRunner job = StartHanging(how, transport);
        OwnProcess rank = job.RankProcess(2);

        Shell.Signal(rank.Pid, "KILL");

        JobResult result = job.WaitForExit().AssertExit(128 + 9);
        string report = AssertOneReport(result);
        Assert.Contains("rank 2", report, StringComparison.Ordinal);
        Assert.Contains($"pid {rank.Pid}", report, StringComparison.Ordinal);
        Assert.Contains("SIGKILL", report, StringComparison.Ordinal);
    }

    /// <summary>Every process of umpsrun beside the first, one at a time: a node agent or a guard, as the launcher has them.</summary>
    [Fact]
    public void Kill_ProcessesBesideUmpsrun_LeavesNothing()
    {
        int count;
        using (JobRunner job = StartHanging("recv", "shm"))
        {
            count = Helpers(job).Count;
            job.Signal("TERM");
            job.WaitForExit();
        }

        for (int i = 0; i < count; i++)
        {
            using JobRunner job = StartHanging("recv", "shm");
            Shell.Signal(Helpers(job)[i].Pid, "KILL");
            // A helper may be one that the job can do without; then it is ended in order, and must leave nothing all the same.
            if (!Deadline.After(3).WaitUntil(() => !OwnProcess.IsAlive(job.Pid)))
                job.Signal("TERM");
            Assert.NotEqual(0, job.WaitForExit().ExitCode);
        }
    }

    /// <summary>While umpsrun builds a project there is no rank yet, but a build that would go on.</summary>
    [Fact]
    public void Kill_UmpsrunThatBuilds_EndsTheBuild()
    {
        string folder = Directory.CreateTempSubdirectory("umps-build-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "Slow.csproj"), """
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup><OutputType>Exe</OutputType><TargetFramework>net10.0</TargetFramework></PropertyGroup>
                  <Target Name="Slow" BeforeTargets="CoreCompile"><Exec Command="sleep 4711.25" /></Target>
                </Project>
                """);
            File.WriteAllText(Path.Combine(folder, "Program.cs"), "System.Console.WriteLine();");
            using JobRunner job = JobRunner.Start(JobSetup.Umpsrun("-n", "1", folder) with { SecondsMax = 90 });
            Assert.True(Deadline.After(60).WaitUntil(() => Sleeps().Count > 0), "the build has not come to its slow target");

            job.Signal("KILL");
            job.WaitForExit();

            Assert.True(Deadline.After(20).WaitUntil(() => Sleeps().Count == 0), "the build goes on");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        static List<int> Sleeps() => [.. Process.GetProcessesByName("sleep").Where(IsOurs).Select(process => process.Id)];

        static bool IsOurs(Process process)
        {
            try
            {
                return File.ReadAllText($"/proc/{process.Id}/cmdline").Contains("4711.25", StringComparison.Ordinal);
            }
            catch (IOException)
            {
                return false;       // it has ended meanwhile
            }
        }
    }

    [Theory]
    [InlineData("KILL")]
    [InlineData("TERM")]
    [InlineData("INT")]
    public void End_Umpsrun_ProgramWithoutInitEndsToo(string signal)
    {
        using JobRunner job = JobRunner.Start(JobSetup.Umpsrun("-n", "4", "sleep", "100") with { SecondsMax = 40 });
        Assert.True(Deadline.After(20).WaitUntil(() => job.Processes().Count(p => p.Rank is not null && p.CommandLine.EndsWith("sleep 100", StringComparison.Ordinal)) == 4));

        job.Signal(signal);

        Assert.NotEqual(0, job.WaitForExit().ExitCode);
    }

    [Theory]
    [InlineData("INT", 128 + 2)]
    [InlineData("TERM", 128 + 15)]
    public void Signal_Umpsrun_EndsRanksThatWait(string signal, int status)
    {
        using JobRunner job = StartHanging("mixed", "shm");

        job.Signal(signal);

        job.WaitForExit().AssertExit(status);
    }

    [Fact]
    public void Signal_Umpsrun_RanksMayTidyUp()
    {
        using JobRunner job = JobRunner.Start(JobSetup.Scenario(3, "shm", "signals", "tidy") with { SecondsMax = 40 });
        job.WaitForLine("is ready", 3);

        job.Signal("INT");

        JobResult result = job.WaitForExit();
        AssertEachRankSays(result, 3, rank => $"rank {rank} tidied up");
        Assert.NotEqual(0, result.ExitCode);
    }

    [Fact]
    public void Signal_RanksIgnoreIt_AreKilledInTheEnd()
    {
        using JobRunner job = JobRunner.Start(JobSetup.Scenario(3, "shm", "signals", "ignore") with { SecondsMax = 60 });
        job.WaitForLine("is ready", 3);
        LetOthersRun();

        job.Signal("INT");

        JobResult result = job.WaitForExit();
        result.AssertSays("got SIGINT");
        Assert.NotEqual(0, result.ExitCode);
    }

    private static List<OwnProcess> Helpers(JobRunner job) =>
        [.. job.Processes().Where(process => process.IsUmpsrun && process.Pid != job.Pid).OrderBy(process => process.Pid)];
}
