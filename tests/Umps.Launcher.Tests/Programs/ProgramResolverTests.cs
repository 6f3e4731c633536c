using System;
using System.Collections.Generic;
using System.IO;
using Umps.Launcher;
using Xunit;

namespace Umps.Tests;

/// <summary>From a name to a command. What is built is built by a stand-in here; real builds are the system tests'.</summary>
public sealed class ProgramResolverTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("umps-programs-").FullName;
    private readonly List<string> _built = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Resolve_NameOnThePath_IsAbsolute() => Assert.EndsWith("/sh", Assert.Single(Resolve("sh").Command), StringComparison.Ordinal);

    [Fact]
    public void Resolve_ExecutableByPath_IsItself()
    {
        string script = Make("run", executable: true);

        Assert.Equal([script], Resolve(script).Command);
    }

    [Fact]
    public void Resolve_Dll_IsStartedByDotnet()
    {
        string dll = Make("app.dll");

        Assert.Equal(["/dotnet", dll], Resolve(dll).Command);
    }

    [Fact]
    public void Resolve_FolderWithAProject_IsBuilt()
    {
        string project = Make("app.csproj");

        ResolvedProgram program = Resolve(_folder);

        Assert.Equal([project], _built);
        Assert.Equal(["/dotnet", Path.Combine(_folder, "out", "app.dll")], program.Command);
    }

    [Fact]
    public void Resolve_AppHost_IsStartedItself()
    {
        Make("out/app", executable: true);

        ResolvedProgram program = Resolve(Make("app.csproj"));

        Assert.Equal([Path.Combine(_folder, "out", "app")], program.Command);
    }

    [Fact]
    public void Resolve_SingleFile_IsBuilt()
    {
        string source = Make("app.cs");

        Resolve(source);

        Assert.Equal([source], _built);
    }

    [Fact]
    public void Resolve_FolderWithoutOneProject_IsAnError()
    {
        Assert.Equal(3042, Error(_folder).ErrorId);
        Make("a.csproj");
        Make("b.fsproj");

        Assert.Contains("a.csproj, b.fsproj", Error(_folder).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Resolve_NotExecutable_Is126()
    {
        LauncherException error = Error(Make("data"));

        Assert.Equal((3041, 126), (error.ErrorId, error.ExitCode));
    }

    [Fact]
    public void Resolve_NotThere_Is127AndGuesses()
    {
        Make("solver", executable: true);

        LauncherException error = Error(Path.Combine(_folder, "slover"));

        Assert.Equal((3040, 127), (error.ErrorId, error.ExitCode));
        Assert.Contains("did you mean", error.Message, StringComparison.Ordinal);
        Assert.Equal(3040, Error("no-such-command-anywhere").ErrorId);
    }

    [Fact]
    public void Resolve_NoRankHere_LeavesThePathToTheOthers()
    {
        Assert.Equal(["/nonexistent/app"], Resolve("/nonexistent/app", mustBeHere: false).Command);
        Assert.Equal(["no-such-command-anywhere"], Resolve("no-such-command-anywhere", mustBeHere: false).Command);
    }

    [Fact]
    public void Understand_Library_IsAnError() =>
        Assert.Equal(3043, Assert.Throws<LauncherException>(() => ProjectBuild.Understand("""{"Properties":{"TargetPath":"/x.dll","OutputType":"Library","UseAppHost":""}}""", "x")).ErrorId);

    [Fact]
    public void Understand_SeveralFrameworks_IsAnError() =>
        Assert.Contains("net9.0;net10.0", Assert.Throws<LauncherException>(() => ProjectBuild.Understand("""{"Properties":{"TargetPath":"","OutputType":"Exe","TargetFrameworks":"net9.0;net10.0"}}""", "x")).Message, StringComparison.Ordinal);

    [Fact]
    public void Understand_Executable_IsWhereTheSdkSays()
    {
        string dll = Make("x.dll");

        BuiltProject built = ProjectBuild.Understand($$$"""{"Properties":{"TargetPath":"{{{dll}}}","OutputType":"Exe","UseAppHost":"false"}}""", "x");

        Assert.Equal(new BuiltProject(dll, false), built);
    }

    [Fact]
    public void Find_Dotnet_IsThere() => Assert.True(ExecutableFile.Is(DotnetHost.Find()));

    private string Make(string name, bool executable = false)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "#!/bin/sh\n");
        if (executable)
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }

    private ResolvedProgram Resolve(string program, bool mustBeHere = true) => new ProgramResolver(new BuildStandIn(_built), () => "/dotnet").Resolve(program, mustBeHere);

    private LauncherException Error(string program) => Assert.Throws<LauncherException>(() => Resolve(program));

    private sealed class BuildStandIn(List<string> built) : ProjectBuild(() => "/dotnet", _ => { })
    {
        public override BuiltProject Build(string project, string name)
        {
            built.Add(project);
            return new BuiltProject(Path.Combine(Path.GetDirectoryName(project)!, "out", Path.GetFileNameWithoutExtension(project) + ".dll"), true);
        }
    }
}
