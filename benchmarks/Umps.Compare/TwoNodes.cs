using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;

namespace Umps.Compare;

/// <summary>Two nodes on this machine: network namespaces joined by a veth pair, each with a host name and a processor of its own. Gone with the object, and when the program is ended.</summary>
/// <remarks>
/// With a line rate there is a hub between them: a third namespace with a bridge, and a token bucket towards each node that counts a frame as Ethernet does, 24 bytes of preamble, check and gap
/// besides. It stands in the hub, for AF_XDP passes the queues of its own interface by.
/// Every launcher reaches the second by a stand-in for ssh that enters the namespace, so no server and no keys are needed. Host names differ, for Open MPI and MPICH tell nodes by them.
/// Processors are given by taskset outside of the launchers: each would bind its only rank on a node to the first one. Launchers and node agents sleep there meanwhile.
/// </remarks>
internal sealed class TwoNodes : IDisposable
{
    private const string Interface = "veth0", First = "10.79.0.1", Second = "10.79.0.2";

    private static readonly PosixSignal[] s_ending = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP];
    private static readonly string[] s_commands = ["ip", "tc", "unshare", "taskset", "hostname"];

    private readonly string[] _names;
    private readonly string? _hub;
    private readonly int _megabits;
    private readonly string _folder;
    private readonly PosixSignalRegistration[] _signals;
    private int _disposed;

    private TwoNodes(int megabits)
    {
        string prefix = $"umps{(megabits == 0 ? 'c' : 'g')}{Environment.ProcessId}";
        _names = [prefix + "a", prefix + "b"];
        _hub = megabits == 0 ? null : prefix + "h";
        _megabits = megabits;
        _folder = Directory.CreateTempSubdirectory("umps-nodes-").FullName;
        _signals = [.. s_ending.Select(signal => PosixSignalRegistration.Create(signal, _ => Dispose()))];      // and then it ends, as without
    }

    /// <summary>The stand-in for ssh.</summary>
    public string Agent => Path.Combine(_folder, "ssh");

    /// <summary>Both, for a launcher's command line.</summary>
    public static string Hosts => $"{First},{Second}";

    /// <summary>The network of both.</summary>
    public static string Network => "10.79.0.0/24";

    /// <summary>The hostfile of umpsrun.</summary>
    public string Hostfile => Path.Combine(_folder, "hosts");

    /// <summary>What stands before a launcher's command: it runs on the first node, and finds the stand-in.</summary>
    public IReadOnlyList<string> Prefix => [Path.Combine(_folder, "first"), _folder];

    /// <summary>The address of each.</summary>
    public static IReadOnlyList<string> Addresses => [First, Second];

    /// <summary>The interface of each.</summary>
    public static string InterfaceName => Interface;

    /// <summary>What stands before a command that is to run on one of them, on its processor.</summary>
    public IReadOnlyList<string> On(int node) => ["ip", "netns", "exec", _names[node], "taskset", "-c", $"{node}"];

    /// <summary>Makes them.</summary>
    /// <param name="log">Where what is missing is said.</param>
    /// <param name="megabits">The line's rate in 10^6 bits a second; 0: as fast as it goes, without a hub.</param>
    /// <returns>Null, and a line in the log, where that is not possible.</returns>
    public static TwoNodes? Make(TextWriter log, int megabits = 0)
    {
        string? missing = !Environment.IsPrivilegedProcess ? "needs root" : s_commands.FirstOrDefault(command => Places.OnPath(command) is null) is { } command ? $"{command} is missing" : null;
        if (missing is null)
        {
            var nodes = new TwoNodes(megabits);
            missing = nodes.Build();
            if (missing is null)
                return nodes;
            nodes.Dispose();
        }

        log.WriteLine($"two network namespaces: {missing}. Left out.");
        return null;
    }

    /// <summary>Removes both; what still runs there was started by a launcher that is gone, and is ended.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
            return;
        foreach (PosixSignalRegistration signal in _signals)
            signal.Dispose();
        foreach (string name in _names.Append(_hub).OfType<string>().Where(name => File.Exists("/run/netns/" + name)))
        {
            foreach (string pid in ProcessRun.Start(["ip", "netns", "pids", name], 10).Out)
                ProcessRun.Start(["kill", "-9", pid], 10);
            ProcessRun.Start(["ip", "netns", "delete", name], 10);
        }

        Directory.Delete(_folder, recursive: true);
    }

    private string? Build()
    {
        string[][] commands =
        [
            ["ip", "netns", "add", _names[0]],
            ["ip", "netns", "add", _names[1]],
            .. _hub is null ? [["ip", "link", "add", Interface, "netns", _names[0], "type", "veth", "peer", "name", Interface, "netns", _names[1]]] : Hub(),
            .. End(_names[0], First), .. End(_names[1], Second),
        ];
        foreach (string[] command in commands)
        {
            ProcessRun run = ProcessRun.Start(command, 10);
            if (run.ExitCode != 0)
                return $"{string.Join(' ', command)}: {run.Error}";
        }

        File.WriteAllText(Hostfile, $"localhost slots=1\n{Second} slots=1\n");
        Script("first", $"""
            PATH=$1:$PATH
            shift
            exec {Enter(0, 0)} "$0" "$@"' "$@"
            """);
        Script("ssh", $"""
            while :; do
                case $1 in
                -[oplF]) shift 2 ;;
                -*) shift ;;
                *) break ;;
                esac
            done
            shift
            exec {Enter(1, 1)} sh -c "$0"' "$*"
            """);
        return null;
    }

    /// <summary>Two cables to a bridge, whose sides to the nodes pass no more than the line would.</summary>
    private IEnumerable<string[]> Hub()
    {
        yield return ["ip", "netns", "add", _hub!];
        yield return ["ip", "-n", _hub!, "link", "add", "bridge", "type", "bridge"];
        yield return ["ip", "-n", _hub!, "link", "set", "bridge", "up"];
        for (int i = 0; i < _names.Length; i++)
        {
            string port = $"port{i}";
            yield return ["ip", "link", "add", Interface, "netns", _names[i], "type", "veth", "peer", "name", port, "netns", _hub!];
            yield return ["ip", "-n", _hub!, "link", "set", port, "master", "bridge", "up"];
            yield return ["tc", "-n", _hub!, "qdisc", "add", "dev", port, "root", "stab", "overhead", "24", "mpu", "84", "linklayer", "ethernet",
                "tbf", "rate", $"{_megabits}mbit", "burst", "16kb", "limit", "1mb"];
        }
    }

    private static string[][] End(string name, string address) =>
    [
        ["ip", "-n", name, "addr", "add", $"{address}/24", "dev", Interface],
        ["ip", "-n", name, "link", "set", "lo", "up"],
        ["ip", "-n", name, "link", "set", Interface, "up"],
    ];

    private string Enter(int node, int processor) => $"ip netns exec {_names[node]} unshare --uts sh -c 'hostname {_names[node]} && exec taskset -c {processor}";

    private void Script(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, $"#!/bin/sh\n{text}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
