using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.RegularExpressions;
using Umps.Testing;
using Xunit;

namespace Umps.Tests;

/// <summary>stdout and stderr come line by line, whole and in each rank's order; stdin goes to rank 0.</summary>
public sealed partial class StreamTests : JobTest
{
    [Theory]
    [InlineData("out")]
    [InlineData("error")]
    [InlineData("both")]
    [InlineData("raw")]
    public void Lines_OfFourRanks_AreNeverMixed(string where)
    {
        const int ranks = 4, count = 2000;

        JobResult result = JobRunner.Run(JobSetup.Scenario(ranks, "shm", "lines", count.ToString(CultureInfo.InvariantCulture), "120", where)).AssertExit(0);

        if (where is not "error")
            AssertWholeAndInOrder(result.Out, ranks, count, "");
        if (where is "error" or "both")
            AssertWholeAndInOrder(result.Error, ranks, count, "");
    }

    [Fact]
    public void Lines_Long_StayWhole() =>
        AssertWholeAndInOrder(RunWell(3, "shm", "lines", "20", "300000").Out, 3, 20, "");

    [Fact]
    public void TagOutput_EveryLine_NamesItsRank()
    {
        JobSetup setup = JobSetup.Scenario(3, "shm", "lines", "200", "60", "both");

        JobResult result = JobRunner.Run(setup with { Arguments = ["--tag-output", .. setup.Arguments] }).AssertExit(0);

        AssertWholeAndInOrder(result.Out, 3, 200, "tagged");
        AssertWholeAndInOrder(result.Error, 3, 200, "tagged");
    }

    [Fact]
    public void Input_Bytes_AllGoToRankZero()
    {
        using JobRunner job = JobRunner.Start(JobSetup.Scenario(3, "shm", "input") with { WithInput = true });
        var text = new string('x', 99) + "\n";
        for (int i = 0; i < 5000; i++)
            job.Input.Write(text);
        job.Input.Close();

        JobResult result = job.WaitForExit().AssertExit(0).AssertQuiet();

        result.AssertSays("rank 0 read 500000 bytes").AssertSays("rank 1 read 0 bytes").AssertSays("rank 2 read 0 bytes");
    }

    [Fact]
    public void Input_LineByLine_IsHeardAtOnce()
    {
        using JobRunner job = JobRunner.Start(JobSetup.Scenario(2, "shm", "input", "echo") with { WithInput = true });
        job.WaitForLine("rank 0 listens");

        foreach (string line in (string[])["one", "two"])
        {
            job.Input.WriteLine(line);
            job.Input.Flush();
            job.WaitForLine($"rank 0 heard {line}");
        }

        job.Input.Close();
        job.WaitForExit().AssertExit(0);
    }

    private static void AssertWholeAndInOrder(IReadOnlyList<string> lines, int ranks, int count, string tagged)
    {
        var next = new int[ranks];
        foreach (string line in lines)
        {
            Match match = LineOfRank().Match(line);
            Assert.True(match.Success, $"not a whole line: {line[..Math.Min(line.Length, 300)]}");
            int rank = int.Parse(match.Groups["rank"].Value, CultureInfo.InvariantCulture);
            Assert.Equal(next[rank]++, int.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture));
            Assert.Equal((char)('a' + rank), match.Groups["fill"].Value.Distinct().Single());
            Assert.Equal(tagged.Length > 0 ? match.Groups["rank"].Value : "", match.Groups["tag"].Value);
        }

        Assert.All(next, lineCount => Assert.Equal(count, lineCount));
    }

    [GeneratedRegex(@"^(?:\[(?<tag>\d+)\] ?)?<(?<rank>\d+):(?<number>\d+):(?<fill>[a-z]+)>$")]
    private static partial Regex LineOfRank();
}
