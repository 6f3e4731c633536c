using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Threading.Tasks;

namespace Umps.Testing;

/// <summary>Runs a command to its end, for the tools a test needs beside umpsrun.</summary>
public static class Shell
{
    /// <summary>Runs the command and returns exit status and output.</summary>
    public static (int ExitCode, string Output) TryRun(IReadOnlyList<string> command, double secondsMax = 60, string? folder = null)
    {
        var start = new ProcessStartInfo(command[0])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder ?? Repository.Root,
        };
        for (int i = 1; i < command.Count; i++)
            start.ArgumentList.Add(command[i]);
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromSeconds(secondsMax)))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{string.Join(' ', command)} did not end within {secondsMax} s");
        }

        return (process.ExitCode, output.GetAwaiter().GetResult() + error.GetAwaiter().GetResult());
    }

    /// <summary>Runs the command; its failure is an exception that shows its output.</summary>
    public static string Run(params string[] command)
    {
        (int code, string output) = TryRun(command);
        return code == 0 ? output : throw new InvalidOperationException($"{string.Join(' ', command)}: exit status {code}\n{output}");
    }

    /// <summary>Whether a program is on the PATH or where the system keeps its daemons.</summary>
    public static string? Find(string program)
    {
        foreach (string folder in $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':'))
            if (folder.Length > 0 && System.IO.File.Exists(System.IO.Path.Combine(folder, program)))
                return System.IO.Path.Combine(folder, program);
        return null;
    }

    /// <summary>Sends a signal: "INT", "TERM", "KILL", "STOP"… A process that has gone is no error.</summary>
    public static void Signal(int pid, string signal) => TryRun(["/bin/sh", "-c", $"kill -{signal} {pid}"], folder: "/");
}
