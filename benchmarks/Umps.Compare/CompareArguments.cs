using System;
using System.CommandLine;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Umps.Compare;

/// <summary>Compare's command line.</summary>
internal static class CompareArguments
{
    private const int RoundsUsual = 7, RoundsQuick = 3, MinutesUsual = 12, ExitUsage = 2;

    /// <summary>Reads it.</summary>
    /// <returns>What it says; or null, with the exit code.</returns>
    public static CompareOptions? Read(string[] args, TextWriter error, out int exitCode)
    {
        var groups = new Argument<string[]>("groups") { Arity = ArgumentArity.ZeroOrMore, Description = $"Of {string.Join(" ", Groups.All.Select(g => g.Name))}. Default: all" };
        var rounds = new Option<string>("--rounds") { HelpName = "N", Description = $"Runs of each contender. Default: {RoundsUsual}, with --quick {RoundsQuick}" };
        var minutes = new Option<string>("--minutes") { HelpName = "N", Description = $"No further round begins when it would end after that. Default: {MinutesUsual}" };
        var quick = new Option<bool>("--quick") { Description = "Fewer and shorter batches: a third of the time" };
        var write = new Option<bool>("--write") { Description = "Write to benchmarks/results and docs/performance.md, as a run of all groups does; otherwise to artifacts/compare" };
        var native = new Option<bool>("--aot") { Description = "Publish umpsrun and umpsbench by Native AOT to artifacts/aot (some minutes), and take the groups aot8 and aot64 too, as a run of all groups does" };
        var root = new RootCommand("Umps.Mpi beside Open MPI and MPICH: the same loops, interleaved, pinned alike; medians, spreads, ratios and verdicts") { groups, rounds, minutes, quick, write, native };
        ParseResult parsed = root.Parse(args);
        exitCode = ExitUsage;
        if (parsed.Action is not null)
        {
            exitCode = parsed.Invoke();
            return null;
        }

        if (parsed.Errors.Count > 0)
            return Refuse($"{parsed.Errors[0].Message} See benchmarks/compare --help.");
        string[] names = parsed.GetValue(groups) ?? [];
        if (names.FirstOrDefault(name => Groups.All.All(g => !IsNamed(g, name))) is { } unknown)
            return Refuse($"there is no group {unknown}. Name one of {string.Join(" ", Groups.All.Select(g => g.Name))}.");
        bool isQuick = parsed.GetValue(quick);
        int count = isQuick ? RoundsQuick : RoundsUsual;
        if (parsed.GetValue(rounds) is { } text && (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) || count is < 1 or > 1000))
            return Refuse($"--rounds is '{text}', which is not a number of 1 to 1000. Write --rounds 7.");
        int minutesMax = MinutesUsual;
        if (parsed.GetValue(minutes) is { } most && (!int.TryParse(most, NumberStyles.None, CultureInfo.InvariantCulture, out minutesMax) || minutesMax is < 1 or > 1440))
            return Refuse($"--minutes is '{most}', which is not a number of 1 to 1440. Write --minutes 12.");
        exitCode = 0;
        bool takesNative = parsed.GetValue(native);
        return new CompareOptions([.. Groups.All.Where(g => names.Length == 0 || names.Any(name => IsNamed(g, name)) || (takesNative && g.IsNative))], count, minutesMax * 60, isQuick, parsed.GetValue(write) || (names.Length == 0 && !isQuick), string.Join(" ", args));

        CompareOptions? Refuse(string message)
        {
            error.WriteLine($"compare: {message}");
            return null;
        }
    }

    /// <summary>By its name, or by one that stands for several: crowd, startup, tcp, and by a measure in it, as ring and barrier.</summary>
    private static bool IsNamed(Group group, string name) =>
        group.Name == name || group.Name.StartsWith(name, StringComparison.Ordinal) || group.Rows.Any(row => row.Measure == name && !group.IsTcp && !group.IsNative);
}
