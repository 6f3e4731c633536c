using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Umps.Testing;
using Xunit;

namespace Umps.Tests;

/// <summary>What umpsrun's options do to the ranks, and what it says to wrong ones.</summary>
public sealed class OptionTests : JobTest
{
    private static JobSetup Ranks(params string[] arguments) => JobSetup.Umpsrun(arguments);

    [Fact]
    public void Variables_Named_ReachEveryRank()
    {
        JobSetup setup = Ranks("-n", "2", "-x", "UMPS_TEST_A=1 = one", "-x", "UMPS_TEST_B", Repository.Ranks, "environment", "UMPS_TEST_A", "UMPS_TEST_B");

        JobResult result = JobRunner.Run(setup with { Environment = new Dictionary<string, string?> { ["UMPS_TEST_B"] = "two" } }).AssertExit(0).AssertQuiet();

        AssertEachRankSays(result, 2, rank => $"rank {rank} UMPS_TEST_A=1 = one");
        AssertEachRankSays(result, 2, rank => $"rank {rank} UMPS_TEST_B=two");
    }

    [Fact]
    public void Secret_IsInNoCommandLineOrEnvironmentName()
    {
        JobResult result = JobRunner.Run(Ranks("-n", "2", "env")).AssertExit(0);

        Assert.DoesNotContain(result.Out, line => line.Contains("SECRET", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void WorkingFolder_IsTheRanks()
    {
        string folder = Directory.CreateTempSubdirectory("umps-wdir-").FullName;
        try
        {
            JobResult result = JobRunner.Run(Ranks("-n", "2", "--wdir", folder, Repository.Ranks, "identity")).AssertExit(0).AssertQuiet();

            Assert.All(result.Out, line => Assert.Contains($" in {folder} ", line, StringComparison.Ordinal));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void ProgramArguments_AreTheProgramsOwn()
    {
        JobResult result = JobRunner.Run(Ranks("-np", "2", Repository.Ranks, "identity", "-n", "5", "--help", "a b", "")).AssertExit(0).AssertQuiet();

        AssertEachRankSays(result, 2, rank => $"rank {rank} of 2 ");
        Assert.All(result.Out, line => Assert.EndsWith("with [-n][5][--help][a b][]", line, StringComparison.Ordinal));
    }

    [Fact]
    public void BindToCore_RuntimeCountsOneProcessor()
    {
        JobResult result = JobRunner.Run(Ranks("-n", "2", "--bind-to", "core", Repository.Ranks, "identity")).AssertExit(0).AssertQuiet();

        Assert.All(result.Out, line => Assert.Contains(" cpus 1 ", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Timeout_EndsTheJobAndSaysSo()
    {
        JobResult result = JobRunner.Run(Ranks("-n", "2", "--timeout", "3", Repository.Ranks, "hang", "mixed") with { SecondsMax = 40 }).AssertExit(124);

        Assert.Contains("--timeout", AssertOneReport(result), StringComparison.Ordinal);
    }

    /// <summary>Every rank finds the same fault: it is told once, and without a stack.</summary>
    [Fact]
    public void WrongOption_IsOneLine()
    {
        JobSetup setup = Ranks("-n", "4", "-x", "UMPS__TRANSPORT__WINDOWMICROSECONDSMAX=soon", Repository.Ranks, "identity");

        JobResult result = JobRunner.Run(setup).AssertExit(1);

        string line = Assert.Single(result.Error);
        Assert.Contains("UMPS2401", line, StringComparison.Ordinal);
        Assert.Contains("WindowMicrosecondsMax", line, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Help_FitsAScreen()
    {
        JobResult result = JobRunner.Run(Ranks("--help")).AssertExit(0).AssertQuiet();

        Assert.InRange(result.Out.Count, 5, 40);
        Assert.All(result.Out, line => Assert.InRange(line.Length, 0, 120));
        foreach (string option in (string[])["-n", "--hostfile", "--host", "--transport", "--bind-to", "-x", "--wdir", "--tag-output", "--timeout"])
            result.AssertSays(option);
    }

    [Theory]
    [InlineData("--transprt", "--transport", "-n", "2", "--transprt", "shm", "env")]
    [InlineData("number of ranks", "zero", "-n", "zero", "env")]
    [InlineData("number of ranks", "0", "-n", "0", "env")]
    [InlineData("transport", "carrier-pigeon", "-n", "2", "--transport", "carrier-pigeon", "env")]
    [InlineData("hostfile", "nowhere.txt", "-n", "2", "--hostfile", "nowhere.txt", "env")]
    [InlineData("program", "no-such-program-anywhere", "-n", "2", "no-such-program-anywhere")]
    [InlineData("program", "umpsrun", "-n", "2")]
    public void Wrong_Arguments_AreNamedAndStartNothing(string names, string and, params string[] arguments)
    {
        JobResult result = JobRunner.Run(Ranks(arguments));

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("UMPS3", result.ErrorText, StringComparison.Ordinal);
        Assert.Contains(names, result.ErrorText, StringComparison.Ordinal);
        Assert.Contains(and, result.ErrorText, StringComparison.Ordinal);
        Assert.DoesNotContain(result.Error, line => line.StartsWith("   at ", StringComparison.Ordinal));
        Assert.Empty(result.Out);
    }

    [Fact]
    public void Hostfile_Wrong_IsToldWithLineAndColumn()
    {
        string folder = Directory.CreateTempSubdirectory("umps-hosts-").FullName;
        try
        {
            string path = Path.Combine(folder, "hosts");
            File.WriteAllText(path, "# nodes\nlocalhost slots=2\nlocalhost slots=many\n");

            JobResult result = JobRunner.Run(Ranks("-n", "2", "--hostfile", path, "env"));

            Assert.NotEqual(0, result.ExitCode);
            Assert.Contains($"{path}:3:", result.ErrorText, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
