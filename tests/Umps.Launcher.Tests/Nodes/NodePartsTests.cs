using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Umps.Launcher;
using Umps.Testing;
using Umps.Transport.Interop;
using Umps.WireUp;
using Xunit;

namespace Umps.Tests.Nodes;

public sealed class NodePartsTests
{
    /// <summary>Whatever the pieces, the lines are the same, in order, and the last needs no newline.</summary>
    [Fact]
    public void LineSplitter_RandomPieces_SameLines() => Seeds.Run(random =>
    {
        string[] lines = [.. Enumerable.Range(0, random.Next(1, 30)).Select(i => new string((char)('a' + i % 26), random.Next(1, 200)))];
        byte[] bytes = Encoding.UTF8.GetBytes(string.Join('\n', lines));
        var output = new Lines();
        var splitter = new LineSplitter(3, isError: true);

        for (int at = 0, piece; at < bytes.Length; at += piece)
        {
            piece = Math.Min(random.Next(1, 300), bytes.Length - at);
            splitter.Take(bytes.AsSpan(at, piece), output);
        }

        splitter.Complete(output);

        Assert.Equal(lines, output.Got);
    });

    [Fact]
    public void CoreOrder_TwoThreadsACore_EachCoreOnceFirst()
    {
        IReadOnlyList<int> order = CoreOrder.Of([0, 1, 2, 3, 4, 5], processor => $"{processor / 2 * 2}-{(processor / 2 * 2) + 1}");

        Assert.Equal([0, 2, 4, 1, 3, 5], order);
    }

    [Fact]
    public void RuntimeFiles_OfThesePids_AreRemovedAndNoOthers()
    {
        string folder = Directory.CreateTempSubdirectory("umps-files-").FullName;
        string[] names = ["dotnet-diagnostic-12-345-socket", "clr-debug-pipe-12-345-in", "clr-debug-pipe-12-345-out", "dotnet-diagnostic-123-345-socket", "clr-debug-pipe-1-12-in", "notes-12-"];
        foreach (string name in names)
            File.WriteAllText(Path.Combine(folder, name), "");

        RuntimeFiles.Remove(folder, [12]);

        Assert.Equal(names[3..].Order(), Directory.GetFiles(folder).Select(path => Path.GetFileName(path)!).Order());
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Orders_Encoded_DecodeToTheSame()
    {
        var orders = new NodeOrders
        {
            Node = 1,
            NodeName = "b",
            NodeOfRank = [0, 1, 0, 1],
            Command = ["/bin/echo", "", "grüße"],
            WorkingFolder = "/tmp",
            Environment = [new("A", "1=2\n3")],
            Settings = [new("Umps:EnvelopesMax", "17")],
            BindToCore = true,
            Input = InputSource.Sent,
            Secret = new byte[] { 1, 2, 3 },
        };

        NodeOrders decoded = NodeOrders.Decode(orders.Encode());

        Assert.Equal(orders.Command, decoded.Command);
        Assert.Equal(orders.Environment, decoded.Environment);
        Assert.Equal(orders.Settings, decoded.Settings);
        Assert.Equal([1, 3], decoded.Ranks);
        Assert.Equal([0, 0, 1, 1], decoded.Facts().LocalIndexOfRank);
        Assert.Equal((true, InputSource.Sent, "b"), (decoded.BindToCore, decoded.Input, decoded.NodeName));
        Assert.Equal(orders.Secret.ToArray(), decoded.Secret.ToArray());
    }

    /// <summary>Ranks with a processor each compile again soon; those that share them start slowly, and do so later; what the user has set stays.</summary>
    [Theory]
    [InlineData(1, null, "A")]
    [InlineData(2, null, "64")]
    [InlineData(64, null, "7D0")]
    [InlineData(64, "10", "10")]
    public void RankVariables_RanksAProcessor_SayWhenTheRuntimeCompilesAgain(int ranksAProcessor, string? set, string? expected)
    {
        NodeOrders orders = OrdersOf(ranksAProcessor * Environment.ProcessorCount, bindToCore: false, set is null ? [] : [new("DOTNET_TC_CallCountingDelayMs", set)]);

        Assert.Equal(expected, RankVariables.Common(orders).GetValueOrDefault("DOTNET_TC_CallCountingDelayMs"));
    }

    /// <summary>A rank that is bound to a core sees one processor, where the runtime compiles its hot methods ten times later unless it is told otherwise.</summary>
    [Theory]
    [InlineData(null, "1")]
    [InlineData("3", "3")]
    public void RankVariables_OneProcessorInSight_RuntimeCompilesAgainAsSoonAsElsewhere(string? set, string expected)
    {
        const string Variable = "DOTNET_TC_DelaySingleProcMultiplier";
        NodeOrders orders = OrdersOf(ranks: 1, bindToCore: true, set is null ? [] : [new(Variable, set)]);

        Assert.Equal(expected, RankVariables.Common(orders)[Variable]);
    }

    /// <summary>What has left its process group and session is found by its environment, and ended.</summary>
    [Fact]
    public void Cleanup_ProcessInSessionOfItsOwn_IsEnded()
    {
        string mark = $"UMPS_TEST_CLEANUP={Guid.NewGuid():N}";
        Assert.Equal(Errno.None, Spawn(["/bin/sleep", "300"], [mark], out int pid));
        Assert.Contains(pid, Cleanup.Find(mark));

        List<int> ended = Cleanup.End(mark);

        Assert.Equal([pid], ended);
        Assert.Empty(Cleanup.Find(mark));
    }

    [Fact]
    public void Spawn_ProgramMissing_SaysENOENT() => Assert.Equal(Errno.ENOENT, Spawn(["/nonexistent/program"], [], out _));

    /// <summary>The end of a child is seen without reaping it: its pid stays its own.</summary>
    [Theory]
    [InlineData("exit 7", 7, 0)]
    [InlineData("kill -SEGV $$", 0, 11)]
    public void PeekEnd_LeavesTheChild(string script, int status, int signal)
    {
        Assert.Equal(Errno.None, Spawn(["/bin/sh", "-c", script], ["PATH=/usr/bin:/bin"], out int pid));
        using SafeFileHandle process = Linux.OpenProcess(pid, out _);
        Assert.Equal(1, Linux.WaitReadable([new WatchedDescriptor((int)process.DangerousGetHandle())], 20_000));

        ProcessEnd? first = Linux.TryPeekEnd(pid), again = Linux.TryPeekEnd(pid);

        Assert.Equal(new ProcessEnd(status, signal), first);
        Assert.Equal(first, again);
        Assert.True(Linux.TryReap(pid));
    }

    /// <summary>.NET ignores SIGPIPE; a child must not.</summary>
    [Fact]
    public void Spawn_SignalsAreAtTheirDefaults()
    {
        Assert.Equal(Errno.None, Spawn(["/bin/sh", "-c", "kill -PIPE $$; exit 1"], ["PATH=/usr/bin:/bin"], out int pid));
        using SafeFileHandle process = Linux.OpenProcess(pid, out _);
        Linux.WaitReadable([new WatchedDescriptor((int)process.DangerousGetHandle())], 20_000);

        Assert.Equal(new ProcessEnd(0, 13), Linux.TryPeekEnd(pid));
        Assert.True(Linux.TryReap(pid));
    }

    [Theory]
    [InlineData(null, "--agent")]
    [InlineData("/opt/umps/umpsrun", "/opt/umps/umpsrun --agent")]
    [InlineData("/opt/my umps/umpsrun.dll", "'/opt/my umps/umpsrun.dll' --agent")]
    public void AgentCommand_IsOneLineForAnyShell(string? remotePath, string end)
    {
        string command = SshStarter.AgentCommand(remotePath);

        Assert.StartsWith("exec ", command, StringComparison.Ordinal);
        Assert.EndsWith(end, command, StringComparison.Ordinal);
    }

    /// <summary>The scheduler may keep sessions apart (sched_autogroup): ranks that yield to each other must share one, and a signal must find each by its group.</summary>
    [Fact]
    public void RankProcess_HasAGroupOfItsOwnInTheSessionOfAll()
    {
        using SafeFileHandle nothing = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite);
        using RankProcess rank = RankProcess.Start(0, ["/bin/sleep", "300"], [], "/", nothing);

        string[] own = StatOf(Environment.ProcessId), its = StatOf(rank.Pid);
        Linux.Kill(-rank.Pid, Signals.Kill);
        Linux.WaitReadable([new WatchedDescriptor((int)rank.Handle.DangerousGetHandle())], 20_000);

        Assert.Equal((rank.Pid.ToString(CultureInfo.InvariantCulture), own[3]), (its[2], its[3]));
    }

    /// <summary>From the state on: state, parent, group, session…</summary>
    private static string[] StatOf(int process)
    {
        string text = File.ReadAllText($"/proc/{process}/stat");
        return text[(text.LastIndexOf(')') + 2)..].Split(' ');
    }

    private static NodeOrders OrdersOf(int ranks, bool bindToCore, IReadOnlyList<KeyValuePair<string, string>> environment) => new()
    {
        Node = 0,
        NodeName = "a",
        NodeOfRank = new int[ranks],
        Command = ["/bin/true"],
        WorkingFolder = "/tmp",
        Environment = environment,
        Settings = [],
        BindToCore = bindToCore,
        Input = InputSource.Sent,
        Secret = new byte[] { 1, 2, 3 },
    };

    private static Errno Spawn(string[] command, string[] environment, out int pid)
    {
        using SafeFileHandle nothing = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite);
        int none = (int)nothing.DangerousGetHandle();
        return Linux.Spawn(command, environment, "/", (none, none, none), ownSession: true, out pid);
    }

    private sealed class Lines : IOutput
    {
        public List<string> Got { get; } = [];

        public void Line(int rank, bool isError, ReadOnlySpan<byte> line)
        {
            Assert.Equal((3, true), (rank, isError));
            Got.Add(Encoding.UTF8.GetString(line));
        }

        public void Say(string launcherMessage) => Assert.Fail(launcherMessage);
    }
}
