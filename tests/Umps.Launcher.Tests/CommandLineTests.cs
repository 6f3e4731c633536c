using System;
using System.Collections.Generic;
using System.Linq;
using Umps.Launcher;
using Xunit;

namespace Umps.Tests;

/// <summary>What umpsrun's options say, and where they end.</summary>
public sealed class CommandLineTests
{
    [Fact]
    public void Parse_ProgramsOptions_AreNobodysBusiness()
    {
        LaunchOptions options = Parse("-n", "2", "app", "-n", "5", "--help", "--", "--hostfle");

        Assert.Equal(2, options.Ranks);
        Assert.Equal("app", options.Program);
        Assert.Equal(["-n", "5", "--help", "--", "--hostfle"], options.Arguments);
    }

    [Fact]
    public void Parse_DoubleDash_EndsTheOptions()
    {
        LaunchOptions options = Parse("-n", "2", "--", "-app", "x");

        Assert.Equal("-app", options.Program);
        Assert.Equal(["x"], options.Arguments);
    }

    [Theory]
    [InlineData("-n", "3")]
    [InlineData("-np", "3")]
    [InlineData("--np", "3")]
    [InlineData("-c", "3")]
    [InlineData("-n=3")]
    [InlineData("-np=3")]
    public void Parse_RanksByAnyName_AreRanks(params string[] arguments) => Assert.Equal(3, Parse([.. arguments, "app"]).Ranks);

    [Theory]
    [InlineData("--hostfile")]
    [InlineData("-hostfile")]
    [InlineData("--machinefile")]
    [InlineData("-machinefile")]
    [InlineData("-f")]
    public void Parse_HostfileByAnyName_IsHostfile(string name) => Assert.Equal("nodes", Parse(name, "nodes", "app").Hostfile);

    [Fact]
    public void Parse_MpirunsHabits_MeanNothingHere() => Assert.Equal(4, Parse("--oversubscribe", "--allow-run-as-root", "-np", "4", "app").Ranks);

    [Fact]
    public void Parse_AllOptions_AreRead()
    {
        LaunchOptions options = Parse("--host", "a,[::1]:2", "--transport", "TCP,shm", "--bind-to", "core", "--map-by=node", "-x", "A=b=c", "-x", "HOME",
            "-x=B=", "--wdir", "/", "--tag-output", "--timeout", "1.5", "--remote-path", "/opt/umpsrun", "--show-config", "--show-state", "--rt", "./app", "@file");

        Assert.Equal("a,[::1]:2", options.Hosts);
        Assert.Equal(["Tcp", "Shm"], options.Agents);
        Assert.True(options.BindToCore && options.MapByNode && options.TagOutput && options.ShowConfig && options.ShowState && options.RealTime);
        Assert.Equal([new("A", "b=c"), new("HOME", null), new("B", "")], (IEnumerable<KeyValuePair<string, string?>>)options.Variables);
        Assert.Equal("/", options.WorkingFolder);
        Assert.Equal(TimeSpan.FromSeconds(1.5), options.Timeout);
        Assert.Equal("/opt/umpsrun", options.RemotePath);
        Assert.Equal(["@file"], options.Arguments);
    }

    [Fact]
    public void Parse_NothingSaid_IsNothing()
    {
        LaunchOptions options = Parse("app");

        Assert.Null(options.Ranks);
        Assert.Null(options.Timeout);
        Assert.Empty(options.Agents);
        Assert.False(options.BindToCore || options.MapByNode || options.TagOutput || options.ShowConfig || options.ShowState || options.RealTime);
    }

    [Theory]
    [InlineData(3001, "")]
    [InlineData(3001, "-n 2")]
    [InlineData(3001, "-n 2 --")]
    [InlineData(3002, "--hostfle f app")]
    [InlineData(3002, "--mca btl tcp app")]
    [InlineData(3002, "-n4 app")]
    [InlineData(3003, "-n")]
    [InlineData(3003, "-n 2 -n 3 app")]
    [InlineData(3003, "--tag-output=yes app")]
    [InlineData(3003, "--wdir= app")]
    [InlineData(3004, "-n 0 app")]
    [InlineData(3004, "-n abc app")]
    [InlineData(3004, "-n -3 app")]
    [InlineData(3004, "-n +3 app")]
    [InlineData(3004, "-n 2.0 app")]
    [InlineData(3004, "-n 100000 app")]
    [InlineData(3004, "-n 99999999999999999999 app")]
    [InlineData(3005, "--transport ib app")]
    [InlineData(3005, "--transport shm, app")]
    [InlineData(3005, "--transport tcp,TCP app")]
    [InlineData(3005, "--transport none app")]
    [InlineData(3005, "--transport 1 app")]
    [InlineData(3006, "--bind-to socket app")]
    [InlineData(3006, "--map-by core app")]
    [InlineData(3007, "-x 1A app")]
    [InlineData(3007, "-x =v app")]
    [InlineData(3007, "-x A-B=v app")]
    [InlineData(3007, "-x UMPS_RANK=3 app")]
    [InlineData(3008, "--timeout 0 app")]
    [InlineData(3008, "--timeout -1 app")]
    [InlineData(3008, "--timeout soon app")]
    [InlineData(3008, "--timeout NaN app")]
    [InlineData(3011, "--host a --hostfile f app")]
    public void Parse_Wrong_IsThisError(int id, string arguments)
    {
        var error = Assert.Throws<LauncherException>(() => Parse(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

        Assert.Equal(id, error.ErrorId);
        Assert.Equal(2, error.ExitCode);
        Assert.StartsWith($"UMPS{id} umpsrun: ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--hostfle", "did you mean --hostfile?")]
    [InlineData("--tag-ouptut", "did you mean --tag-output?")]
    [InlineData("--time-out", "did you mean --timeout?")]
    [InlineData("-transport", "did you mean --transport?")]
    [InlineData("-nn", "did you mean -n?")]
    public void Parse_Typo_NamesTheRightOption(string typed, string hint)
    {
        var error = Assert.Throws<LauncherException>(() => Parse(typed, "x", "app"));

        Assert.Contains(hint, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_FarFromAnyOption_GuessesNothing() =>
        Assert.DoesNotContain("did you mean", Assert.Throws<LauncherException>(() => Parse("--xyzzy", "app")).Message, StringComparison.Ordinal);

    [Fact]
    public void Help_FitsAScreenAndNamesEveryOption()
    {
        string help = CommandLine.Help;
        string[] lines = help.Split('\n');

        Assert.True(lines.Length <= 24, $"{lines.Length} lines");
        Assert.All(lines, line => Assert.True(line.Length <= 100, line));
        Assert.All((string[])["-n N", "--hostfile", "--host ", "--transport", "--bind-to", "--map-by", "-x VAR", "--wdir", "--tag-output", "--timeout", "--remote-path", "--show-config", "--show-state", "--version"],
            option => Assert.Contains(option, help, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("-n 4 --help")]
    [InlineData("--help app")]
    public void Parse_Help_IsShown(string arguments)
    {
        LaunchOptions? options = new CommandLine().Parse(arguments.Split(' '), out string show);

        Assert.Null(options);
        Assert.StartsWith("umpsrun [options] PROGRAM", show, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_Version_IsShown()
    {
        new CommandLine().Parse(["--version"], out string show);

        Assert.Matches(@"^umpsrun \d+\.\d+\.\d+$", show);
    }

    private static LaunchOptions Parse(params string[] arguments) => new CommandLine().Parse(arguments, out _)!;
}
