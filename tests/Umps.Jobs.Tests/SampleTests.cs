using System;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Umps.Testing;
using Xunit;

namespace Umps.Tests;

/// <summary>Every sample runs, on 2 and on 3 ranks, and the stencil's result is the same on any number.</summary>
public sealed partial class SampleTests : JobTest
{
    private static string Sample(string name) => Repository.Output($"samples/{name}", $"{name}.dll");

    private static JobResult RunSample(int ranks, string transport, string name, params string[] arguments) =>
        JobRunner.Run(JobSetup.Umpsrun(["-n", $"{ranks}", "--transport", transport, Sample(name), .. arguments]) with { SecondsMax = 120 }).AssertExit(0).AssertQuiet();

    [RankTheory(2, 3)]
    public void Hello_EveryRank_SaysIt(int ranks) =>
        AssertEachRankSays(RunSample(ranks, "shm", "Hello"), ranks, rank => $"rank {rank} of {ranks}");

    [RankTheory(2, 3, With = new object[] { "shm", "tcp" })]
    public void Ring_Token_MakesAllItsHops(int ranks, string transport) =>
        RunSample(ranks, transport, "Ring", "200").AssertSays($"over {ranks} ranks");

    [RankTheory(1, 2, 3)]
    public void Pi_IsPi(int ranks) => RunSample(ranks, "shm", "Pi").AssertSays("3.14159265358");

    [RankTheory(2)]
    public void UmpsPingPong_SevenCalls_CarryData(int ranks) => RunSample(ranks, "shm", "UmpsPingPong").AssertSays("every answer was right");

    [RankTheory(2, 3)]
    public void Stencil3D_Verify_EqualsOneRank(int ranks) => RunSample(ranks, "shm", "Stencil3D", "64", "50", "--verify");

    /// <summary>One rank meets no agent: once.</summary>
    [Theory]
    [InlineData(1, "shm")]
    [InlineData(2, "shm")]
    [InlineData(3, "shm")]
    [InlineData(4, "shm")]
    [InlineData(6, "shm")]
    [InlineData(8, "shm")]
    [InlineData(2, "tcp")]
    [InlineData(3, "tcp")]
    [InlineData(4, "tcp")]
    [InlineData(6, "tcp")]
    [InlineData(8, "tcp")]
    public void Stencil2D_Verify_EqualsOneRankBitForBit(int ranks, string transport)
    {
        string folder = Directory.CreateTempSubdirectory("umps-heat-").FullName;
        try
        {
            string picture = Path.Combine(folder, "heat.png");

            RunSample(ranks, transport, "Stencil2D", "--steps", "60", "--verify", "--output", picture).AssertSays("bit for bit");

            Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(picture).Take(4));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Stencil2D_VerifyOnTwoNodes_EqualsOneRankBitForBit()
    {
        using TwoNodes nodes = TwoNodes.Make();

        JobRunner.Run(nodes.Job("-n", "8", Sample("Stencil2D"), "--steps", "200", "--verify") with { SecondsMax = 120 }).AssertExit(0).AssertSays("bit for bit");
    }

    /// <summary>A fault that every rank agrees on: one sentence, exit status, and no stack.</summary>
    [Fact]
    public void Stencil2D_PictureMissing_IsOneSentence()
    {
        JobResult result = JobRunner.Run(JobSetup.Umpsrun("-n", "3", Sample("Stencil2D"), "--image", "nowhere.png")).AssertExit(2);

        result.AssertErrorLines("nowhere.png", 1);
        Assert.DoesNotContain(result.Error, line => line.StartsWith("   at ", StringComparison.Ordinal));
    }

    /// <summary>The README's second way in: a project folder is built once, then started.</summary>
    [Fact]
    public void ProjectFolder_IsBuiltAndStarted()
    {
        JobResult result = JobRunner.Run(JobSetup.Umpsrun("-n", "2", Path.Combine(Repository.Root, "samples/Hello")) with { SecondsMax = 240 }).AssertExit(0);

        AssertEachRankSays(result, 2, rank => $"rank {rank} of 2");
    }

    /// <summary>The README's program as a reader would save it.</summary>
    [Fact]
    public void ReadmeProgram_AsSingleFile_Runs()
    {
        string folder = Directory.CreateTempSubdirectory("umps-app-").FullName;
        try
        {
            string readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
            string program = Program().Match(readme).Groups["code"].Value.Replace("#:project src/", $"#:project {Repository.Root}/src/", StringComparison.Ordinal);
            string file = Path.Combine(folder, "app.cs");
            File.WriteAllText(file, program);

            JobResult result = JobRunner.Run(JobSetup.Umpsrun("-n", "3", file) with { SecondsMax = 240 }).AssertExit(0);

            AssertEachRankSays(result, 3, rank => $"rank {rank} of 3: {(rank + 2) % 3} from rank {(rank + 2) % 3}, 3 from all");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [GeneratedRegex(@"^```csharp\n(?<code>#:project.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Program();
}
