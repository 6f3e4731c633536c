using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.Win32.SafeHandles;
using Umps.Transport.Interop;
using Umps.WireUp;

namespace Umps.Launcher;

/// <summary>Starts a node agent on another node: <c>ssh host umpsrun --agent</c>, the ssh that PATH has.</summary>
/// <remarks>
/// A non-interactive shell there has neither DOTNET_ROOT nor the user's PATH: so the whole path goes into the command. Environment, secret and
/// plan do not: every user may read a command line. They go over stdin.
/// </remarks>
internal static class SshStarter
{
    /// <summary>"user@host", or the host alone.</summary>
    public static string Target(PlannedNode node) => node.User is null ? node.Host : $"{node.User}@{node.Host}";

    /// <summary>Starts ssh; the node's answer comes to <paramref name="report"/>.</summary>
    /// <exception cref="LauncherException">UMPS3104: there is no ssh here.</exception>
    public static RemoteNode Start(PlannedNode node, string? remotePath, NodeOrders orders, IOutput output, WireUpBoard board, Action<WireUpMessage> report)
    {
        string[] command =
        [
            "ssh", "-T", "-x",
            "-o", "BatchMode=yes",              // a question that nobody sees would hang the job
            "-o", "ConnectTimeout=10",
            "-o", "ServerAliveInterval=5",      // a cable that is pulled is noticed in 15 s
            "-o", "ServerAliveCountMax=3",
            Target(node), AgentCommand(remotePath),
        ];
        Check(Linux.Pipe(out SafeFileHandle inputRead, out SafeFileHandle input), node);
        Check(Linux.Pipe(out SafeFileHandle result, out SafeFileHandle resultWrite), node);
        Check(Linux.Pipe(out SafeFileHandle error, out SafeFileHandle errorWrite), node);
        using (inputRead)
        using (resultWrite)
        using (errorWrite)
        {
            var standard = ((int)inputRead.DangerousGetHandle(), (int)resultWrite.DangerousGetHandle(), (int)errorWrite.DangerousGetHandle());
            Check(Linux.Spawn(command, RankVariables.Own(), null, standard, ownSession: true, out int pid), node);
            return new RemoteNode(node, pid, (input, result, error), orders, output, board, report);
        }
    }

    /// <summary>The command for the login shell there, whichever it is.</summary>
    internal static string AgentCommand(string? remotePath)
    {
        string? runtime = RankVariables.RuntimeFolder();
        string own = Path.Combine(AppContext.BaseDirectory, "umpsrun.dll");
        // Started by its own executable, it is that one there too: an administrator may have given it capabilities (docs/launcher.md, Privileges).
        bool isByHost = runtime is not null && File.Exists(own) && Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet";
        string path = remotePath ?? (isByHost ? own : Environment.ProcessPath!);
        List<string> words = ["exec"];
        if (path.EndsWith(".dll", StringComparison.Ordinal))
            words.Add(Path.Combine(runtime ?? "", "dotnet"));
        else if (runtime is not null)
            words.AddRange(["env", $"DOTNET_ROOT={runtime}"]);
        words.Add(path);
        words.Add(AgentVerb);
        return string.Join(' ', words.Select(Quote));
    }

    /// <summary>The hidden argument that makes umpsrun a node agent.</summary>
    public const string AgentVerb = "--agent";

    // Single quotes hold in sh, bash, zsh, csh and fish alike; plain words stay readable.
    private static string Quote(string word) =>
        word.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_' or '=') ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static void Check(Errno error, PlannedNode node)
    {
        if (error != Errno.None)
            throw new LauncherException(ErrorId.NodeUnreachable, $"start ssh to {node.Host}: {error}. umpsrun needs an ssh client on PATH for other nodes.", ExitCode.Internal);
    }
}
