using System;
using System.Linq;
using Umps.Testing;
using Xunit;

namespace Umps.Tests;

/// <summary>Blocks that processes lend each other: read in place, sent on, given back; and what becomes of them when a process dies.</summary>
public sealed class LoanTests : JobTest
{
    [RankTheory(1, 2, 3, With = new object[] { "shm", "tcp" })]
    public void Loans_GoRound_AreRight(int ranks, string transport) =>
        AssertEachRankSays(RunWell(ranks, transport, "loans", "round"), ranks, rank => $"rank {rank}: loans are right, 0 are held");

    /// <summary>320 MiB through an arena of 64: the lender waits for what comes home.</summary>
    [Fact]
    public void Loans_MoreThanTheArenaHolds_PassThroughIt()
    {
        JobResult result = JobRunner.Run(WithSmallArena(3, "flood", "40")).AssertExit(0).AssertQuiet();

        AssertEachRankSays(result, 3, rank => $"rank {rank}: 40 blocks of 4 MiB are right");
    }

    [Fact]
    public void Loans_HolderIsKilled_EndsTheJob()
    {
        JobResult result = JobRunner.Run(WithSmallArena(3, "full", "1") with { SecondsMax = 30 });

        Assert.Equal(128 + 9, result.ExitCode);
        Assert.Contains("rank 1", AssertOneReport(result), StringComparison.Ordinal);
        result.AssertSays("has them all");
        Assert.DoesNotContain(result.Error, line => line.Contains("UMPS23", StringComparison.Ordinal));
    }

    private static JobSetup WithSmallArena(int ranks, params string[] how)
    {
        JobSetup setup = JobSetup.Scenario(ranks, "shm", ["loans", .. how]);
        return setup with { Arguments = ["-x", "Umps__Transport__Shm__LoanArenaBytes=67108864", .. setup.Arguments] };
    }
}
