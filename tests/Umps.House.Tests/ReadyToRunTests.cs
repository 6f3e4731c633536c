using System;
using System.IO;
using System.Linq;
using Umps.Testing;
using Xunit;

namespace Umps.Tests;

/// <summary>The build fetches the compiler of ReadyToRun code on a machine that does not have it; where it cannot be had, the build goes on without, and says so once.</summary>
public sealed class ReadyToRunTests : IDisposable
{
    private const string Package = "microsoft.netcore.app.crossgen2.", Refusal = $"without ReadyToRun code, for the package {Package}";

    private readonly string _folder = Directory.CreateTempSubdirectory("umps-r2r-").FullName;

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void FetchCompiler_NoSourceOfPackages_BuildGoesOnAndSaysSoOnce()
    {
        SetSource(null);

        (int code, string output) = Fetch();

        Assert.True(code == 0, output);
        Assert.Contains(Refusal, output);
        Assert.DoesNotContain("error", output, StringComparison.OrdinalIgnoreCase);

        (code, output) = Fetch();
        Assert.True(code == 0, output);
        Assert.DoesNotContain(Refusal, output);
    }

    [Fact]
    public void FetchCompiler_SourceHasThePackage_CompilerIsThere()
    {
        // This machine's own cache of packages is a source, too: nothing goes over the network.
        string cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget/packages");
        Assert.SkipUnless(Directory.Exists(cache) && Directory.EnumerateDirectories(cache, Package + "*").Any(), $"{cache} has no {Package}*: the Release build of src has not fetched it here");
        SetSource(cache);

        (int code, string output) = Fetch();

        Assert.True(code == 0, output);
        Assert.DoesNotContain(Refusal, output);
        Assert.NotEmpty(Directory.EnumerateFiles(Packages, "crossgen2", SearchOption.AllDirectories));
    }

    private string Packages => Path.Combine(_folder, "packages");

    private void SetSource(string? source) => File.WriteAllText(
        Path.Combine(_folder, "NuGet.config"), $"<configuration><packageSources><clear />{(source is null ? "" : $"<add key=\"here\" value=\"{source}\" />")}</packageSources></configuration>");

    /// <summary>The target alone, with an empty cache of packages and a folder of its own: the restore finds the NuGet.config above that folder.</summary>
    private (int Code, string Output) Fetch() => Shell.TryRun(
    [
        "/usr/bin/env", $"NUGET_PACKAGES={Packages}", Repository.Dotnet, "msbuild", Path.Combine(Repository.Root, "src/Umps.WireUp/Umps.WireUp.csproj"),
        "-t:_FetchR2RCompiler", "-p:Configuration=Release", $"-p:_R2RPackages={Packages}/", $"-p:_R2RFolder={_folder}/R2R/", "-nologo", "-v:m", "-nodeReuse:false",
    ], secondsMax: 170, folder: _folder);
}
