using System;
using System.Collections.Generic;
using System.Linq;
using Xunit;

namespace Umps.Testing;

/// <summary>How a job ended, and everything it wrote.</summary>
/// <param name="Command">The command line, for messages.</param>
/// <param name="ExitCode">umpsrun's exit status; 128 + signal when one killed it.</param>
/// <param name="Out">Lines of stdout.</param>
/// <param name="Error">Lines of stderr.</param>
public sealed record JobResult(string Command, int ExitCode, IReadOnlyList<string> Out, IReadOnlyList<string> Error)
{
    /// <summary>All of stdout.</summary>
    public string OutText => string.Join('\n', Out);

    /// <summary>All of stderr.</summary>
    public string ErrorText => string.Join('\n', Error);

    /// <summary>Asserts the exit status, and shows the job's output when it differs.</summary>
    public JobResult AssertExit(int expected)
    {
        Assert.True(ExitCode == expected, $"exit status {ExitCode}, expected {expected}{Environment.NewLine}{this}");
        return this;
    }

    /// <summary>Asserts that a line of stdout or stderr contains the text.</summary>
    public JobResult AssertSays(string text)
    {
        Assert.True(Out.Concat(Error).Any(line => line.Contains(text, StringComparison.Ordinal)), $"nothing says \"{text}\"{Environment.NewLine}{this}");
        return this;
    }

    /// <summary>Asserts how many lines of stderr contain the text: a job's failure is reported once.</summary>
    public JobResult AssertErrorLines(string text, int count)
    {
        int found = Error.Count(line => line.Contains(text, StringComparison.Ordinal));
        Assert.True(found == count, $"{found} lines of stderr contain \"{text}\", expected {count}{Environment.NewLine}{this}");
        return this;
    }

    /// <summary>Asserts that stderr is empty: a job that goes well has nothing to say there.</summary>
    public JobResult AssertQuiet()
    {
        Assert.True(Error.Count == 0, $"stderr is not empty{Environment.NewLine}{this}");
        return this;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Command}\nexit status {ExitCode}\nstdout, {Out.Count} lines:\n{Shorten(Out)}\nstderr, {Error.Count} lines:\n{Shorten(Error)}";

    private static string Shorten(IReadOnlyList<string> lines) =>
        lines.Count <= 60
            ? string.Join('\n', lines.Select(Cut))
            : string.Join('\n', lines.Take(30).Select(Cut)) + $"\n… {lines.Count - 60} lines …\n" + string.Join('\n', lines.TakeLast(30).Select(Cut));

    private static string Cut(string line) => line.Length <= 400 ? line : line[..400] + "…";
}
