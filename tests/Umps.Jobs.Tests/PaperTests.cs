using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using Umps.Testing;
using Xunit;

namespace Umps.Tests;

/// <summary>The paper's evaluation in its short form: every section has rows, and rows have numbers. What they are is not looked at.</summary>
public sealed class PaperTests : JobTest
{
    private static readonly string[] s_ours =
        ["latency-polling", "latency-sleeping", "throughput", "one-a-frame", "load", "messages", "messages-latency", "gigabit", "idle", "micro", "peers"];

    private static readonly string[] s_kernel = ["latency-polling", "latency-sleeping", "throughput", "load", "gigabit"];

    [Fact]
    public void Quick_EverySection_HasNumbers()
    {
        NetworkNamespace.SkipUnlessPossible();
        Assert.SkipUnless(Shell.Find("tc") is not null, "needs tc(8): package iproute2");
        bool hasCompiler = Shell.Find("gcc") is not null;
        Shell.TryRun([Path.Combine(Repository.Root, "benchmarks/peers/build")]);
        string folder = Directory.CreateTempSubdirectory("umps-paper-").FullName;
        try
        {
            (int code, string output) = Shell.TryRun(
                ["env", $"UMPS_COMPARE_ROOT={Repository.Root}", $"UMPS_COMPARE_UMPSRUN={Repository.Umpsrun}", $"UMPS_COMPARE_UMPSBENCH={Repository.Output("benchmarks/Umps.Bench", "umpsbench.dll")}",
                    Repository.Dotnet, Repository.Output("benchmarks/Umps.Paper", "umpspaper.dll"), "--quick", "--agents", "xdp,udp", "--out", folder],
                secondsMax: 150);

            Assert.True(code == 0, output);
            using JsonDocument json = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "paper.json")));
            JsonElement[] rows = [.. json.RootElement.GetProperty("rows").EnumerateArray()];
            IEnumerable<string> Sections(bool raw) =>
                rows.Where(row => row.GetProperty("series").GetString()!.StartsWith("raw ", StringComparison.Ordinal) == raw).Select(row => row.GetProperty("section").GetString()!).Distinct();
            Assert.Empty(s_ours.Except(Sections(raw: false)));
            Assert.Empty(hasCompiler ? s_kernel.Except(Sections(raw: true)) : []);
            Assert.All(rows, row => Assert.All(row.GetProperty("rounds").EnumerateArray(), value => Assert.True(value.GetDouble() >= 0, row.ToString())));
            string page = File.ReadAllText(Path.Combine(folder, "umps-evaluation.md"));
            Assert.All((string[])["## Goals", "## Interrupts", "## Throughput", "## On a line", "## Latency", "## Processor", "## Static pool", "## Beside"], head => Assert.Contains(head, page, StringComparison.Ordinal));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
