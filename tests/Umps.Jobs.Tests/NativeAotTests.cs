using System;
using System.IO;
using System.Linq;
using Umps.Testing;
using Xunit;

namespace Umps.Tests;

/// <summary>Programs that are compiled to machine code ahead of time run as ranks, and nothing in the library is lost by trimming.</summary>
public sealed class NativeAotTests : JobTest
{
    [Fact]
    public void Stencil2D_NativeAot_EqualsOneRankBitForBit()
    {
        string? missing = Missing();
        Assert.SkipWhen(missing is not null, $"Native AOT needs {missing}");
        string folder = Directory.CreateTempSubdirectory("umps-aot-").FullName;
        LetOthersRun();
        try
        {
            (int code, string said) = Shell.TryRun(
            [
                Repository.Dotnet, "publish", Path.Combine(Repository.Root, "samples/Stencil2D"), "-c", "Release", "-r", "linux-x64", "-p:PublishAot=true",
                "-p:TrimmerSingleWarn=false", "-o", folder, "--nologo", "-v", "quiet", "-m:1",
                // A tree of its own: a restore for one runtime in the usual one would have the next Release build there begin anew. ReadyToRun code is not what is compiled here.
                "--artifacts-path", Path.Combine(folder, "artifacts"), "-p:HouseReadyToRun=false",
            ], secondsMax: 600);     // some 40 s on a quiet machine: only a hang meets it
            Assert.SkipWhen(code != 0 && said.Contains("NU1101", StringComparison.Ordinal), "the package of the Native AOT compiler cannot be had here");
            Assert.True(code == 0, said);
            Assert.DoesNotContain("warning IL", said, StringComparison.Ordinal);

            JobRunner.Run(JobSetup.Umpsrun("-n", "4", Path.Combine(folder, "Stencil2D"), "--steps", "200", "--verify")).AssertExit(0).AssertQuiet().AssertSays("bit for bit");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>What the platform's linker step needs and is not here; null: all is.</summary>
    private static string? Missing() =>
        !OperatingSystem.IsLinux() || System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture != System.Runtime.InteropServices.Architecture.X64 ? "linux-x64 (in this test)"
        : Shell.Find("clang") is null && Shell.Find("gcc") is null ? "clang or gcc on PATH"
        : !File.Exists("/usr/include/zlib.h") && !File.Exists("/usr/local/include/zlib.h") ? "zlib's header (zlib1g-dev)"
        : null;
}
