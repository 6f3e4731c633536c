using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Umps.Testing;
using Xunit;

namespace Umps.Tests;

/// <summary>Interfaces without root: with the capabilities that the node agent needs, and without; and what <c>umpsrun --doctor</c> says of either.</summary>
public sealed class PrivilegeTests : JobTest
{
    private static readonly string[] s_xdp = ["net_raw", "net_admin", "bpf", "ipc_lock"];

    /// <summary>An ordinary user's umpsrun with those capabilities and no others opens the interface; its ranks have none of them.</summary>
    [Theory]
    [InlineData("xdp", "net_raw", "net_admin", "bpf", "ipc_lock")]
    [InlineData("packet", "net_raw")]
    public void NodeAgent_WithCapabilities_OpensTheInterface_AndRanksHaveNone(string transport, params string[] capabilities) => InNamespace(here =>
    {
        JobResult agents = JobRunner.Run(AsUser(here, capabilities, "-n", "2", "--transport", transport, Repository.Ranks, "agents")).AssertExit(0).AssertQuiet();
        JobResult rights = JobRunner.Run(AsUser(here, capabilities, "-n", "2", "--transport", transport, "grep", "^Cap", "/proc/self/status")).AssertExit(0).AssertQuiet();

        Assert.All(agents.Out, line => Assert.EndsWith("Shm", line, StringComparison.Ordinal));
        foreach (string set in (string[])["CapPrm", "CapEff", "CapAmb"])
            Assert.Equal(2, rights.Out.Count(line => line.StartsWith(set, StringComparison.Ordinal) && line.EndsWith(":\t0000000000000000", StringComparison.Ordinal)));
    });

    /// <summary>The same by the executable's own capabilities, as an administrator gives them.</summary>
    [Fact]
    public void NodeAgent_WithFileCapabilities_OpensTheInterface_AndRanksHaveNone() => InNamespace(here =>
    {
        if (Shell.Find("setcap") is not { } setcap)
        {
            Assert.Skip("needs setcap(8): package libcap2-bin");
            return;
        }

        string folder = Directory.CreateTempSubdirectory("umps-caps-").FullName;
        try
        {
            File.SetUnixFileMode(folder, (UnixFileMode)0b111_101_101);
            foreach (string file in Directory.GetFiles(Path.GetDirectoryName(Repository.Umpsrun)!))
                File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            string executable = Path.Combine(folder, "umpsrun");
            if (Shell.TryRun([setcap, "cap_net_raw,cap_net_admin,cap_bpf,cap_ipc_lock=ep", executable]) is { ExitCode: not 0 } refused)
                Assert.Skip($"the file system takes no capabilities: {refused.Output.Trim()}");
            JobSetup Setup(params string[] arguments)
            {
                JobSetup setup = AsUser(here, [], arguments);
                return setup with
                {
                    Command = [.. OrdinaryUser.Exec(), executable],
                    Environment = new Dictionary<string, string?>(setup.Environment) { ["DOTNET_ROOT"] = Path.GetDirectoryName(Repository.Dotnet) },
                };
            }

            JobRunner.Run(Setup("-n", "2", "--transport", "xdp", Repository.Ranks, "agents")).AssertExit(0).AssertQuiet();
            JobResult rights = JobRunner.Run(Setup("-n", "2", "--transport", "xdp", "grep", "^CapEff", "/proc/self/status")).AssertExit(0).AssertQuiet();

            Assert.Equal(["CapEff:\t0000000000000000", "CapEff:\t0000000000000000"], rights.Out);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    });

    /// <summary>What is missing is named, before a rank starts; where tcp is listed, a job of one node does not even ask.</summary>
    [Theory]
    [InlineData("xdp", "CAP_NET_ADMIN")]
    [InlineData("xdp", "CAP_BPF")]
    [InlineData("shm,packet", "CAP_NET_RAW")]
    public void NodeAgent_WithoutCapabilities_NamesThem(string transport, string capability) => InNamespace(here =>
    {
        JobResult refused = JobRunner.Run(AsUser(here, [], "-n", "2", "--transport", transport, Repository.Ranks, "agents")).AssertExit(2);
        JobRunner.Run(AsUser(here, [], "-n", "2", "--transport", $"{transport},tcp", "true")).AssertExit(0).AssertQuiet();

        string report = AssertOneReport(refused);
        Assert.Contains("UMPS3114", report, StringComparison.Ordinal);
        Assert.Contains(capability, report, StringComparison.Ordinal);
        Assert.Empty(refused.Out);
    });

    [Fact]
    public void Doctor_AsRoot_HasAll() => InNamespace(here =>
    {
        JobResult result = JobRunner.Run(JobSetup.Umpsrun("--doctor") with { Namespace = here }).AssertExit(0).AssertQuiet();

        foreach (string what in (string[])["shm", "tcp", "udp", $"packet {here.Interface}", $"xdp {here.Interface}", "RLIMIT_MEMLOCK", "CAP_NET_RAW", "CAP_NET_ADMIN", "CAP_BPF", "CAP_IPC_LOCK"])
            Assert.Equal("ok", StateOf(result, what));
        foreach (string what in (string[])["cross-memory copy", "huge pages", "busy poll", "/proc/self/pagemap", "SCHED_FIFO", "ssh"])
            Assert.Contains(StateOf(result, what), (string[])["ok", "missing"]);
        Assert.Contains(result.Out, line => line.StartsWith($"xdp {here.Interface}", StringComparison.Ordinal) && line.Contains("native", StringComparison.Ordinal));
    });

    /// <summary>The defaults work for anybody; what does not is told with what it would need.</summary>
    [Fact]
    public void Doctor_AsAnOrdinaryUser_SaysWhatIsMissing() => InNamespace(here =>
    {
        JobResult result = JobRunner.Run(AsUser(here, [], "--doctor")).AssertExit(0).AssertQuiet();

        foreach (string what in (string[])["shm", "tcp", "udp"])
            Assert.Equal("ok", StateOf(result, what));
        foreach (string what in (string[])[$"packet {here.Interface}", $"xdp {here.Interface}", "CAP_NET_RAW", "CAP_NET_ADMIN", "CAP_BPF", "/proc/self/pagemap"])
            Assert.Equal("missing", StateOf(result, what));
        Assert.Contains(result.Out, line => line.StartsWith($"packet {here.Interface}", StringComparison.Ordinal) && line.Contains("CAP_NET_RAW", StringComparison.Ordinal));
        Assert.Contains(result.Out, line => line.StartsWith($"xdp {here.Interface}", StringComparison.Ordinal) && line.Contains("CAP_BPF", StringComparison.Ordinal));
    });

    [Fact]
    public void Doctor_WithCapabilities_HasXdp() => InNamespace(here =>
    {
        JobResult result = JobRunner.Run(AsUser(here, s_xdp, "--doctor")).AssertExit(0).AssertQuiet();

        Assert.Equal("ok", StateOf(result, $"packet {here.Interface}"));
        Assert.Equal("ok", StateOf(result, $"xdp {here.Interface}"));
    });

    private static string StateOf(JobResult result, string what)
    {
        string line = Assert.Single(result.Out, line => line.StartsWith(what + " ", StringComparison.Ordinal));
        return line[what.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
    }

    private static JobSetup AsUser(NetworkNamespace here, IReadOnlyList<string> capabilities, params string[] arguments) => new()
    {
        // What a test makes is root's: the user's job has other folders.
        Command = [.. OrdinaryUser.Exec([.. capabilities]), Repository.Dotnet, Repository.Umpsrun],
        Arguments = arguments is ["--doctor"] ? arguments : ["--wdir", "/", .. arguments],
        Environment = new Dictionary<string, string?> { ["TMPDIR"] = "/tmp", ["HOME"] = "/tmp", ["DOTNET_EnableDiagnostics"] = "0" },
        Namespace = here,
    };

    private static void InNamespace(Action<NetworkNamespace> body)
    {
        NetworkNamespace.SkipUnlessPossible();
        OrdinaryUser.SkipUnlessPossible();
        (NetworkNamespace here, NetworkNamespace there) = NetworkNamespace.MakePair();
        using (here)
        using (there)
            body(here);
    }
}
