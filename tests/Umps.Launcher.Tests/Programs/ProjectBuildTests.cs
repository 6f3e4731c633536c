using System;
using System.IO;
using Umps.Launcher;
using Xunit;

namespace Umps.Tests;

/// <summary>The SDK really builds a project and a single-file program, and says where they lie.</summary>
public sealed class ProjectBuildTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("umps-build-").FullName;
    private readonly ProjectBuild _build = new(DotnetHost.Find, _ => { });

    public ProjectBuildTests()
    {
        // The folder is outside the repository: what stands here is all there is.
        File.WriteAllText(Path.Combine(_folder, "App.csproj"),
            """
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <AssemblyName>an.app</AssemblyName>
              </PropertyGroup>
            </Project>
            """);
        File.WriteAllText(Path.Combine(_folder, "Program.cs"), "System.Console.WriteLine(1);");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Build_Project_IsInRelease()
    {
        BuiltProject built = _build.Build(Path.Combine(_folder, "App.csproj"), "App");

        Assert.Equal(new BuiltProject(Path.Combine(_folder, "bin", "Release", "net10.0", "an.app.dll"), true), built);
        Assert.True(File.Exists(built.TargetPath) && ExecutableFile.Is(built.TargetPath[..^4]));
    }

    [Fact]
    public void Build_Broken_ShowsWhatTheCompilerSays()
    {
        File.WriteAllText(Path.Combine(_folder, "Program.cs"), "System.Console.WriteLine(nothing);");

        var error = Assert.Throws<LauncherException>(() => _build.Build(Path.Combine(_folder, "App.csproj"), "App"));

        Assert.Equal((3044, 126), (error.ErrorId, error.ExitCode));
        Assert.Contains("Program.cs(1,26): error CS0103", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_SingleFile_IsAProgram()
    {
        string source = Path.Combine(Directory.CreateDirectory(Path.Combine(_folder, "single")).FullName, "app.cs");
        File.WriteAllText(source, "System.Console.WriteLine(1);");

        BuiltProject built = _build.Build(source, "app.cs");

        Assert.True(File.Exists(built.TargetPath), built.TargetPath);
        Directory.Delete(Path.GetFullPath(Path.Combine(built.TargetPath, "..", "..", "..")), recursive: true);
    }
}
