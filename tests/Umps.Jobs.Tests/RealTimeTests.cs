using System;
using System.Collections.Generic;
using Umps.Testing;
using Xunit;

namespace Umps.Tests;

/// <summary><c>umpsrun --rt</c>: one real-time thread a rank, and what is said where the system does not allow it.</summary>
public sealed class RealTimeTests : JobTest
{
    /// <summary>More ranks than processors too: then several real-time threads share one, and each must let the others run.</summary>
    [Theory]
    [InlineData(2, "shm")]
    [InlineData(5, "shm")]
    [InlineData(2, "tcp")]
    public void Run_OneThreadOfEachRankIsRealTime(int ranks, string transport)
    {
        if (Shell.Find("chrt") is not { } chrt)
        {
            Assert.Skip("needs chrt(1): package util-linux");
            return;
        }

        if (!Environment.IsPrivilegedProcess || Shell.TryRun([chrt, "-f", "10", "true"]) is not { ExitCode: 0 })
            Assert.Skip("needs CAP_SYS_NICE and CAP_IPC_LOCK, and a control group with a share of real time");

        JobResult result = JobRunner.Run(JobSetup.Umpsrun("-n", $"{ranks}", "--rt", "--transport", transport, Repository.Ranks, "realtime")).AssertExit(0).AssertQuiet();

        AssertEachRankSays(result, ranks, rank => $"rank {rank}: program True, new thread False, in all 1, cpus 1, locked True, concurrent collector False");
    }

    /// <summary>Each rank finds the same: it is told once, with what is missing and where it is written how to get it.</summary>
    [Fact]
    public void Run_WithoutPrivilege_NamesWhatIsMissing()
    {
        OrdinaryUser.SkipUnlessPossible();
        JobSetup setup = new()
        {
            Command = [.. OrdinaryUser.Exec(), Repository.Dotnet, Repository.Umpsrun],
            Arguments = ["--wdir", "/", "-n", "2", "--rt", Repository.Ranks, "realtime"],
            Environment = new Dictionary<string, string?> { ["TMPDIR"] = "/tmp", ["HOME"] = "/tmp", ["DOTNET_EnableDiagnostics"] = "0" },
        };

        JobResult result = JobRunner.Run(setup).AssertExit(1);

        string line = Assert.Single(result.Error);
        Assert.Contains("UMPS2403", line, StringComparison.Ordinal);
        Assert.Contains("CAP_IPC_LOCK", line, StringComparison.Ordinal);
        Assert.Contains("docs/launcher.md", line, StringComparison.Ordinal);
    }
}
