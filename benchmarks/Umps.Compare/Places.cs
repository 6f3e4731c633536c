using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Umps.Compare;

/// <summary>Where the programs are that are compared.</summary>
/// <param name="Root">The repository.</param>
internal sealed record Places(string Root)
{
    /// <summary>The command that is umpsrun: UMPS_COMPARE_UMPSRUN, or the Release build of this tree.</summary>
    public IReadOnlyList<string> Umpsrun => Command("UMPS_COMPARE_UMPSRUN", "src/Umps.Launcher/bin/Release/net10.0/umpsrun.dll");

    /// <summary>The program that is umpsbench: UMPS_COMPARE_UMPSBENCH (a native one, say), or the Release build of this tree.</summary>
    public IReadOnlyList<string> OurBench => [Environment.GetEnvironmentVariable("UMPS_COMPARE_UMPSBENCH") ?? Path.Combine(Root, "benchmarks/Umps.Bench/bin/Release/net10.0/umpsbench.dll")];

    /// <summary>umpsrun compiled ahead of time, as <c>benchmarks/compare --aot</c> makes it.</summary>
    public string NativeUmpsrun => Path.Combine(Root, "artifacts/aot/umpsrun");

    /// <summary>umpsbench compiled ahead of time.</summary>
    public string NativeBench => Path.Combine(Root, "artifacts/aot/umpsbench");

    /// <summary>Where results go.</summary>
    public string Results => Path.Combine(Root, "benchmarks/results");

    /// <summary>The peer's benchmark, as benchmarks/peers/build made it.</summary>
    public string PeerBench(string peer) => Path.Combine(Root, "artifacts/peers", $"bench.{peer}");

    /// <summary>The path of a command; null when there is none.</summary>
    public static string? OnPath(string command) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, command)).FirstOrDefault(File.Exists);

    private IReadOnlyList<string> Command(string variable, string build) =>
        Environment.GetEnvironmentVariable(variable) is { } path ? path.EndsWith(".dll", StringComparison.Ordinal) ? ["dotnet", path] : [path] : ["dotnet", Path.Combine(Root, build)];
}
