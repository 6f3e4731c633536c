using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Umps.Compare;

/// <summary>Runs everybody in turn, round after round, and collects the batches.</summary>
internal sealed class Campaign(IReadOnlyList<Contender> contenders, CompareOptions options, TwoNodes? nodes, TextWriter log)
{
    private const double RunSecondsMax = 60;

    /// <summary>Of the peers: their code is compiled, and needs its buffers and the processor's clock only.</summary>
    private const double PeerWarmSecondsMax = 0.3;

    private readonly List<Batch> _batches = [];

    /// <summary>Batches that lie in one class.</summary>
    public IReadOnlyList<Batch> Batches => _batches;

    /// <summary>Lines of all batches, those of two classes too.</summary>
    public int Lines { get; private set; }

    /// <summary>Rounds that were run.</summary>
    public int Rounds { get; private set; }

    /// <summary>How long they took.</summary>
    public double Seconds { get; private set; }

    /// <summary>Runs that failed, as sentences.</summary>
    public List<string> Failures { get; } = [];

    /// <summary>Where ranks were, as they said.</summary>
    public SortedSet<string> Pinning { get; } = [];

    /// <summary>Runs it all.</summary>
    /// <exception cref="NotReleaseException">A benchmark says that it is not a Release build.</exception>
    public void Run()
    {
        long begun = Stopwatch.GetTimestamp();
        double last = 0;
        for (int round = 1; round <= options.Rounds && Seconds + last <= options.SecondsMax; round++)
        {
            List<string> times = [];
            foreach (Group group in options.Groups.Where(g => round <= Math.Min(options.IsQuick ? g.QuickRoundsMax : int.MaxValue, g.RoundsMax)))
            {
                long start = Stopwatch.GetTimestamp();
                IReadOnlyList<Contender> takers = [.. contenders.Where(group.IsFor)];
                for (int i = 0; i < takers.Count * group.Repeats; i++)
                    RunOnce(group, takers[(i + round) % takers.Count], round);      // each comes first in its turn
                times.Add(string.Create(CultureInfo.InvariantCulture, $"{group.Name} {Stopwatch.GetElapsedTime(start).TotalSeconds:f0}"));
            }

            (last, Seconds, Rounds) = (Stopwatch.GetElapsedTime(begun).TotalSeconds - Seconds, Stopwatch.GetElapsedTime(begun).TotalSeconds, round);
            log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {round} of {options.Rounds}, {DateTimeOffset.UtcNow:HH:mm:ss}, {last:f0} s: {string.Join(", ", times)}"));
        }
    }

    private void RunOnce(Group group, Contender contender, int round)
    {
        string[] arguments = group.IsStartUp ? contender.IsOurs ? ["startup", "--bare"] : ["startup"] : BatchArguments(group, contender);
        ProcessRun run = ProcessRun.Start(contender.Command(new RunSetup(group.Ranks, group.IsPinned, group.IsTcp, group.IsAcross ? nodes : null, group.IsNative, arguments)), RunSecondsMax);
        if (run.ExitCode != 0)
        {
            Failures.Add($"round {round}, {group.Name}, {contender.Name}: {(run.ExitCode < 0 ? $"took more than {RunSecondsMax} s" : $"exit code {run.ExitCode}")} {run.Error.ReplaceLineEndings(" ")}");
            log.WriteLine(Failures[^1]);
            return;
        }

        if (group.IsStartUp)
        {
            Lines++;
            _batches.Add(new Batch(round, contender.Name, $"{group.Name}/{group.Rows[0].Spec}", LineClass.Any, run.Seconds));
            return;
        }

        if (!run.Out.Contains("# build Release"))
            throw new NotReleaseException(contender.Name);
        foreach (string line in run.Out)
            Read(line, group, contender, round);
    }

    private string[] BatchArguments(Group group, Contender contender)
    {
        (int passes, double milliseconds, double warm) = options.IsQuick ? (25, 1.5, 0.5) : (40, 2, 0.8);
        return
        [
            "batches", $"{passes}", Text(milliseconds), Text(contender.IsOurs ? group.WarmSeconds ?? warm : PeerWarmSecondsMax), Text(options.IsQuick ? group.RowSeconds / 2 : group.RowSeconds), .. group.Rows.Select(row => row.SpecOf(contender)).OfType<string>(),
        ];

        static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
    }

    private void Read(string line, Group group, Contender contender, int round)
    {
        string[] fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (line.StartsWith("# rank", StringComparison.Ordinal) && group.IsPinned)
            Pinning.Add(line[2..]);
        if (fields is not ["batch", var measure, var bytes, var before, var value, var after])
            return;
        Lines++;
        LineClass? here = group.ClassFrom == ClassSource.None ? LineClass.Any
            : LineClasses.Of(Number(before)) is { } lineClass1 && LineClasses.Of(Number(after)) == lineClass1 ? lineClass1 : null;
        if (here is { } lineClass)
            foreach (Row row in group.Rows.Where(row => row.SpecOf(contender) == $"{measure}:{bytes}"))
                _batches.Add(new Batch(round, contender.Name, $"{group.Name}/{row.Spec}", lineClass, Number(value)));
    }

    private static double Number(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
}
