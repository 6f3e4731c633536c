using System;
using System.Collections.Generic;
using System.Globalization;
using Umps.Testing;
using Xunit;

namespace Umps.Tests;

/// <summary>Long messages between two processes of a node, copied by one or both; and where the system does not allow it.</summary>
public sealed class CopyTests : JobTest
{
    [Theory]
    [InlineData("true", "true")]
    [InlineData("true", "false")]
    [InlineData("false", "true")]
    public void Copies_OfAnyLength_AreRight(string crossCopy, string hugePages) => Seeds.Run(1, seed =>
    {
        JobSetup setup = JobSetup.Scenario(2, "shm", "copies", seed.ToString(CultureInfo.InvariantCulture)) with
        {
            SecondsMax = 120,
            Environment = new Dictionary<string, string?>
            {
                ["UMPS__TRANSPORT__SHM__CROSSCOPY"] = crossCopy,
                ["UMPS__TRANSPORT__SHM__HUGEPAGES"] = hugePages,
            },
        };

        AssertEachRankSays(JobRunner.Run(setup).AssertExit(0).AssertQuiet(), 2, rank => $"rank {rank}: copies are right");
    });

    /// <summary>The sender did its share (it may find none in one message, but not in none of hundreds).</summary>
    [Fact]
    public void Copies_SenderThatWaits_Helps() =>
        AssertEachRankSays(RunWell(2, "shm", "copies", "7"), 2, rank => $"rank {rank}: copies are right, by both");

    /// <summary>A rank is killed while both copy one message after the other: whichever it is, the other does not wait for its chunk for ever.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Copies_RankKilledMeanwhile_EndsTheJob(int victim)
    {
        for (int round = 0; round < 3; round++)
        {
            JobSetup setup = JobSetup.Scenario(2, "shm", "copies", "1", "forever") with { SecondsMax = 30 };
            JobResult result = RunAndKill(setup, victim, 150 + (37 * round)).AssertExit(128 + 9);

            Assert.Contains($"rank {victim}", AssertOneReport(result), StringComparison.Ordinal);
        }
    }

    private static JobResult RunAndKill(JobSetup setup, int victim, int afterMilliseconds)
    {
        using JobRunner job = JobRunner.Start(setup);
        job.WaitForLine("copies", 2);
        System.Threading.Thread.Sleep(afterMilliseconds);
        Shell.Signal(job.RankProcess(victim).Pid, "KILL");
        return job.WaitForExit();
    }
}
