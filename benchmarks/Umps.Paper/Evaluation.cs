using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using Umps.Compare;

namespace Umps.Paper;

/// <summary>The evaluation, start to end: nodes, what runs here, rounds, files.</summary>
internal static class Evaluation
{
    private const int Gigabit = 1000;

    /// <summary>Runs it.</summary>
    /// <returns>The exit code: 1 where a program failed.</returns>
    public static int Run(Places places, PaperArguments options, TextWriter log)
    {
        using TwoNodes? plain = TwoNodes.Make(log);
        if (plain is null)
            return 77;
        bool wantsGigabit = options.Sections.Count == 0 || options.Sections.Contains("gigabit");
        using TwoNodes? gigabit = wantsGigabit ? TwoNodes.Make(log, Gigabit) : null;
        long begun = Stopwatch.GetTimestamp();
        var samples = new Samples();
        var runner = new Runner(places, plain, gigabit, samples, options.IsQuick, log);
        Machine machine = Machine.Here();
        List<string> left = [];
        List<Series> ours = [];
        foreach (Series series in Series.Ours.Where(series => options.Agents.Contains(series.Agent)))
        {
            if (runner.Runs(series, out string why))
                ours.Add(series);
            else
                left.Add($"{series.Name}: {why}");
        }

        bool hasWire = File.Exists(runner.Wire);
        if (!hasWire)
            left.Add("the kernel's own paths: gcc is missing, benchmarks/peers/build makes the program");
        left.ForEach(line => log.WriteLine($"left out: {line}"));
        var peers = new PeerPrograms(places, runner, plain);
        IReadOnlyList<Launch> launches = EvaluationPlan.Of(options, ours);
        Launch[] kernel = hasWire ? [.. EvaluationPlan.Kernel(options)] : [];
        double last = 0, seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        int rounds = 0;
        do
        {
            rounds++;
            Launch[] all = [.. launches, .. kernel];
            for (int i = 0; i < all.Length; i++)
                runner.Run(all[(i + (rounds - 1) * 7) % all.Length], rounds);       // each comes early and late in its turn
            if (options.Sections.Count == 0 || options.Sections.Contains("messages"))
                runner.RunMicro(rounds);
            if (options.Sections.Count == 0 || options.Sections.Contains("peers"))
                peers.Run(options, ours, rounds);
            double now = Stopwatch.GetElapsedTime(begun).TotalSeconds;
            (last, seconds) = (now - seconds, now);
            log.WriteLine(string.Create(CultureInfo.InvariantCulture, $"round {rounds}, {last:f0} s"));
        }
        while (!options.IsQuick && seconds + last <= options.Minutes * 60);

        var facts = new RunFacts(options, machine, rounds, seconds, [.. ours.Select(series => series.Name)], left, runner.Failures, peers.Versions);
        foreach (string file in new ReportFiles(places, facts, samples).Write())
            log.WriteLine($"written: {file}");
        return runner.Failures.Count == 0 ? 0 : 1;
    }
}
