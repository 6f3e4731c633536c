using System;
using System.Collections;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using System.Text;
using Umps.Transport;

namespace Umps.Launcher;

/// <summary><c>umpsrun --doctor</c>: what this machine can do for a job, a line each, and what each missing piece would need.</summary>
/// <remarks>It attaches nothing and changes nothing: interfaces that running jobs use go on as they are. Of this node only; on another it is <c>ssh node umpsrun --doctor</c>.</remarks>
internal static class Doctor
{
    /// <summary>What a job with the default options cannot do without.</summary>
    private static readonly string[] s_defaults = ["shm", "tcp"];

    /// <summary>Looks, and writes.</summary>
    /// <param name="write">Takes the text, all of it.</param>
    /// <returns>umpsrun's exit code: 0 when a job with the default options works here.</returns>
    public static int Run(Action<string> write)
    {
        var variables = new Dictionary<string, string>();
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
            variables[(string)entry.Key] = (string?)entry.Value ?? "";
        TransportOptions options = NodeOptions.Of([], variables, Environment.CurrentDirectory);
        List<Finding> findings = [.. TransportFindings.All(options), .. MachineFindings.All(options)];
        write(Show(findings));
        return findings.TrueForAll(one => one.State == FindingState.Ok || Array.IndexOf(s_defaults, one.What) < 0) ? ExitCode.Ok : ExitCode.Unfit;
    }

    private static string Show(List<Finding> findings)
    {
        int width = 0;
        foreach (Finding one in findings)
            width = Math.Max(width, one.What.Length);
        var text = new StringBuilder();
        text.Append($"{Environment.MachineName}: {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, {Environment.ProcessorCount} processors, {(Environment.IsPrivilegedProcess ? "root" : "an ordinary user")}");
        foreach (Finding one in findings)
            text.Append('\n').Append(one.What.PadRight(width)).Append(one.State == FindingState.Ok ? "  ok       " : "  missing  ").Append(one.Text.ReplaceLineEndings(" "));
        return text.ToString();
    }
}
