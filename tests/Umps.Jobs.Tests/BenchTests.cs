using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json;
using Umps.Testing;
using Xunit;

namespace Umps.Tests;

/// <summary>The benchmarks run and print what scripts read; what they measure is not looked at.</summary>
public sealed class BenchTests : JobTest
{
    private static readonly string s_bench = Repository.Output("benchmarks/Umps.Bench", "umpsbench.dll");

    private static string[] Short => ["--iterations", "3", "--warmup", "1", "--settle", "0"];

    /// <summary>OSU's columns: lines that begin with #, then a size and its figures.</summary>
    [Theory]
    [InlineData("latency", 2, 0, 8, 4)]
    [InlineData("bw", 2, 65536, 65536, 1)]
    [InlineData("bibw", 2, 4096, 4096, 1)]
    [InlineData("mbw_mr", 4, 8, 8, 2)]
    [InlineData("multi_lat", 4, 8, 8, 1)]
    [InlineData("loan_latency", 2, 64, 64, 4)]
    [InlineData("loan_bw", 2, 4096, 4096, 1)]
    [InlineData("object_latency", 2, 1024, 1024, 4)]
    [InlineData("overlap", 2, 1048576, 1048576, 4)]
    [InlineData("ring", 3, 8, 8, 1)]
    [InlineData("allreduce", 3, 8, 16, 4)]
    [InlineData("alltoall", 3, 8, 8, 4)]
    public void Measure_Short_PrintsOsuColumns(string name, int ranks, int min, int max, int figures)
    {
        JobResult result = JobRunner.Run(JobSetup.Umpsrun(["-n", Text(ranks), s_bench, name, "--min", Text(min), "--max", Text(max), .. Short])).AssertExit(0).AssertQuiet();

        Assert.StartsWith("# Umps.Mpi ", result.Out[0], StringComparison.Ordinal);
        string head = Assert.Single(result.Out, line => line.StartsWith("# Size", StringComparison.Ordinal));
        string[][] lines = [.. result.Out.Where(line => !line.StartsWith('#')).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))];
        Assert.NotEmpty(lines);
        Assert.All(lines, fields =>
        {
            Assert.Equal(1 + figures, fields.Length);
            Assert.All(fields, field => Assert.True(double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out double figure) && figure >= 0, $"'{field}' is no figure{Environment.NewLine}{result}"));
        });
        Assert.Equal(Text(min), lines[0][0]);
        Assert.Equal(Text(max), lines[^1][0]);
        int width = 10 + 18 * figures;      // OSU's widths
        Assert.All(result.Out.Where(line => line == head || !line.StartsWith('#')), line => Assert.Equal(width, line.Length));
    }

    /// <summary>The first 20 ms of two bound ranks are full of waits that just sleep, for the runtime compiles beside them on the same processor: a wake-up that can be lost is lost here (decision 0091).</summary>
    [Fact]
    public void Latency_BoundRanksFromTheStart_LoseNoWakeUp()
    {
        for (int i = 0; i < 8; i++)
        {
            JobSetup job = JobSetup.Umpsrun("-n", "2", "--bind-to", "core", s_bench, "latency", "--min", "8192", "--max", "8192", "--iterations", "2000") with { SecondsMax = 30 };
            JobRunner.Run(job).AssertExit(0).AssertQuiet();
        }
    }

    /// <summary>What benchmarks/compare reads: the line's time before and after each figure.</summary>
    [Fact]
    public void Batches_Short_PrintALineABatch()
    {
        JobResult result = JobRunner.Run(JobSetup.Umpsrun("-n", "2", s_bench, "batches", "3", "0.2", "0", "1", "latency:8", "rate:8")).AssertExit(0).AssertQuiet();

        foreach (string spec in (string[])["latency 8", "rate 8"])
            Assert.Equal(3, result.Out.Count(line => line.StartsWith($"batch {spec} ", StringComparison.Ordinal) && line.Split(' ').Length == 6));
        Assert.Single(result.Out, line => line.StartsWith("# build ", StringComparison.Ordinal));
    }

    /// <summary>The short form of the soak: every message whole, memory as it was. On both agents, and with more ranks than processors.</summary>
    [Theory]
    [InlineData("2", "shm", "3")]
    [InlineData("5", "shm", "3")]
    [InlineData("2", "tcp", "2")]
    public void Soak_Seconds_LosesNothingAndDoesNotGrow(string ranks, string transport, string seconds) =>
        JobRunner.Run(JobSetup.Umpsrun("-n", ranks, "--transport", transport, s_bench, "soak", "--seconds", seconds)).AssertExit(0).AssertQuiet().AssertSays("soak passed: ");

    [Fact]
    public void StartUp_SaysItsColumns()
    {
        JobResult result = JobRunner.Run(JobSetup.Umpsrun("-n", "2", s_bench, "startup")).AssertExit(0).AssertQuiet();

        Assert.Equal(4, result.Out[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public void Json_HoldsTheTable()
    {
        string folder = Directory.CreateTempSubdirectory("umps-bench-").FullName;
        try
        {
            string file = Path.Combine(folder, "bcast.json");

            JobRunner.Run(JobSetup.Umpsrun(["-n", "2", s_bench, "bcast", "--min", "1K", "--max", "2K", "--json", file, .. Short])).AssertExit(0).AssertQuiet();

            using JsonDocument json = JsonDocument.Parse(File.ReadAllText(file));
            Assert.Equal("bcast", json.RootElement.GetProperty("benchmark").GetString());
            Assert.Equal([1024, 2048], json.RootElement.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("bytes").GetInt32()));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A wrong argument is one sentence, of rank 0, that names it and says what to write.</summary>
    [Theory]
    [InlineData("2", "--min is '-3'", "latency", "--min", "-3")]
    [InlineData("2", "--window is '0'", "bw", "--window", "0")]
    [InlineData("2", "--min 64 is above --max 8", "latency", "--min", "64", "--max", "8")]
    [InlineData("2", "there is no measure 'lat'", "lat")]
    [InlineData("2", "Unrecognized command or argument '--sizes'", "latency", "--sizes")]
    [InlineData("2", "--json /nowhere/x.json cannot be written", "latency", "--json", "/nowhere/x.json")]
    [InlineData("3", "latency is for 2 ranks, not 3", "latency")]
    [InlineData("3", "mbw_mr is for pairs of ranks, not 3", "mbw_mr")]
    public void WrongArgument_IsOneSentenceOfRank0(string ranks, string sentence, params string[] arguments)
    {
        JobResult result = JobRunner.Run(JobSetup.Umpsrun(["-n", ranks, s_bench, .. arguments])).AssertExit(2);

        result.AssertErrorLines(sentence, 1);
        Assert.DoesNotContain(result.Error, line => line.StartsWith("   at ", StringComparison.Ordinal));
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
