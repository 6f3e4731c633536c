using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading.Tasks;

namespace Umps.Compare;

/// <summary>A process that is started, heard and, after its time, ended.</summary>
/// <param name="ExitCode">Its exit code; -1 when its time was over.</param>
/// <param name="Out">Lines of stdout.</param>
/// <param name="Error">Its stderr.</param>
/// <param name="Seconds">How long it lasted.</param>
internal sealed record ProcessRun(int ExitCode, IReadOnlyList<string> Out, string Error, double Seconds)
{
    /// <summary>Runs a command to its end.</summary>
    public static ProcessRun Start(IReadOnlyList<string> command, double secondsMax)
    {
        var start = new ProcessStartInfo(command[0]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (string argument in command.Skip(1))
            start.ArgumentList.Add(argument);
        long begun = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{command[0]} did not start");
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        bool ended = process.WaitForExit(TimeSpan.FromSeconds(secondsMax));
        double seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        if (!ended)
            process.Kill(entireProcessTree: true);
        process.WaitForExit();
        return new ProcessRun(ended ? process.ExitCode : -1, output.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries), error.Result.Trim(), seconds);
    }

    /// <summary>What a command prints.</summary>
    public static string Capture(IReadOnlyList<string> command) => string.Join('\n', Start(command, 20).Out);
}
