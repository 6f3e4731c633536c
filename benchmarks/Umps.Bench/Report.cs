using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Umps.Bench;

/// <summary>Markdown tables from the lines that benchmarks/compare collected: "ROUND WHO NAME BYTES LINE_BEFORE VALUE LINE_AFTER".</summary>
/// <remarks>
/// A batch counts for the class of its line's time, and only when that was the same before and after it. A cell is the median over rounds of
/// each round's median, with the lowest and highest round; the ratio is ours to the better peer, so that below 1 is less time, and for
/// bandwidth above 1 is more.
/// </remarks>
internal static class Report
{
    private sealed record Batch(int Round, string Who, string Name, int Bytes, LineClass Class, double Value);

    private sealed record Cell(double Median, double Lowest, double Highest, int Rounds, int Batches);

    /// <summary>Writes the tables.</summary>
    public static int Write(string path, TextWriter output)
    {
        List<Batch> batches = [];
        int lines = 0;
        foreach (string[] fields in File.ReadLines(path).Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        {
            if (fields.Length != 7 || fields[0].StartsWith('#'))
                continue;
            lines++;
            LineClass before = ClassOf(Number(fields[4])), after = ClassOf(Number(fields[6]));
            if (before == after)
                batches.Add(new Batch((int)Number(fields[0]), fields[1], fields[2], (int)Number(fields[3]), before, Number(fields[5])));
        }

        if (batches.Count == 0)
        {
            Console.Error.WriteLine($"{path} has no batch of one class");
            return 1;
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{batches.Count} of {lines} batches lie in one class: {string.Join(", ", batches.GroupBy(b => b.Class).OrderBy(g => g.Key).Select(g => $"{g.Key} {100.0 * g.Count() / batches.Count:f0} %"))}."));
        foreach (var benchmark in batches.GroupBy(b => (b.Name, b.Bytes)))
            WriteTable(benchmark.Key.Name, benchmark.Key.Bytes, [.. benchmark], output);
        return 0;
    }

    private static void WriteTable(string name, int bytes, List<Batch> batches, TextWriter output)
    {
        bool more = name == "bw";
        string unit = more ? "MB/s" : "µs one way";
        string[] peers = [.. batches.Select(b => b.Who).Where(who => who != "ours").Distinct().Order()];
        output.WriteLine();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"**{name}, {bytes:n0} bytes, {unit}**"));
        output.WriteLine();
        output.WriteLine($"| class | Umps.Mpi | {string.Join(" | ", peers)} | ours / better peer |");
        output.WriteLine($"|---|---|{string.Concat(peers.Select(_ => "---|"))}---|");
        foreach (LineClass line in Enum.GetValues<LineClass>())
        {
            Cell? ours = Summarise(batches, "ours", line);
            Cell?[] theirs = [.. peers.Select(peer => Summarise(batches, peer, line))];
            if (ours is null && theirs.All(cell => cell is null))
                continue;
            double[] medians = [.. theirs.Where(cell => cell is not null).Select(cell => cell!.Median)];
            string ratio = ours is null || medians.Length == 0 ? "-" : (ours.Median / (more ? medians.Max() : medians.Min())).ToString("f2", CultureInfo.InvariantCulture);
            output.WriteLine($"| {line} | {Show(ours)} | {string.Join(" | ", theirs.Select(Show))} | {ratio} |");
        }
    }

    private static Cell? Summarise(List<Batch> batches, string who, LineClass line)
    {
        double[][] rounds = [.. batches.Where(b => b.Who == who && b.Class == line).GroupBy(b => b.Round).Select(g => g.Select(b => b.Value).ToArray())];
        if (rounds.Length == 0)
            return null;
        double[] medians = [.. rounds.Select(Median)];
        return new Cell(Median(medians), medians.Min(), medians.Max(), rounds.Length, rounds.Sum(round => round.Length));
    }

    private static string Show(Cell? cell)
    {
        if (cell is null)
            return "-";
        string format = cell.Median >= 100 ? "f0" : cell.Median >= 10 ? "f1" : "f3";
        string Text(double value) => value.ToString(format, CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{Text(cell.Median)} ({Text(cell.Lowest)}–{Text(cell.Highest)}; {cell.Batches} in {cell.Rounds} rounds)");
    }

    private static double Median(double[] values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /// <summary>The bounds lie between the times that occur: about 27, 55 and 240 ns.</summary>
    private static LineClass ClassOf(double nanoseconds) => nanoseconds < 40 ? LineClass.S : nanoseconds < 110 ? LineClass.N : LineClass.F;

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
