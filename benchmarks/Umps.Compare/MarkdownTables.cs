using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Umps.Compare;

/// <summary>The outcomes as tables, one a group.</summary>
internal static class MarkdownTables
{
    /// <summary>Writes them.</summary>
    public static void Write(IReadOnlyList<Outcome> outcomes, IReadOnlyList<Contender> contenders, TextWriter output)
    {
        foreach (IGrouping<Group, Outcome> group in outcomes.Where(o => !IsStray(o, outcomes)).GroupBy(o => o.Group))
        {
            Contender[] shown = [.. contenders.Where(c => group.Any(o => o.Cells.ContainsKey(c.Name)))];
            output.WriteLine();
            output.WriteLine($"### {group.Key.Title} (`{group.Key.Name}`)");
            output.WriteLine();
            output.WriteLine($"| measure | class | {string.Join(" | ", shown.Select(c => c.Name))} | ratio | goal | reached |");
            output.WriteLine($"|---|---|{string.Concat(shown.Select(_ => "---|"))}---|---|---|");
            foreach (Outcome outcome in group)
                output.WriteLine($"| {Name(outcome.Row)} | {Class(outcome.Class)} | {string.Join(" | ", shown.Select(c => Show(outcome.Cells.GetValueOrDefault(c.Name))))} | {Ratio(outcome)} | {Goal(outcome)} | {Verdict(outcome)} |");
        }
    }

    /// <summary>Size in words.</summary>
    public static string Size(int bytes) => bytes >= 1 << 20 && bytes % (1 << 20) == 0 ? $"{bytes >> 20} MiB" : bytes >= 1024 && bytes % 1024 == 0 ? $"{bytes >> 10} KiB" : $"{bytes} B";

    /// <summary>A figure with three digits or more.</summary>
    public static string Text(double value) =>
        value.ToString(value >= 100 ? "f0" : value >= 10 ? "f1" : value >= 1 ? "f2" : "f3", CultureInfo.InvariantCulture);

    private static string Name(Row row) => row.Measure is "barrier" or "idle" or "imbalance" or "startup" || row.Bytes == 0 && row.Measure != "latency" ? $"{row.Measure}, {row.Unit}" : $"{row.Measure} {Size(row.Bytes)}, {row.Unit}";

    private static string Class(LineClass line) => line == LineClass.Any ? "–" : line.ToString();

    private static string Show(Cell? cell) => cell is null ? "–" : $"{Text(cell.Median)} ({Text(cell.Lowest)}–{Text(cell.Highest)}; {cell.Batches}/{cell.Rounds.Count})";

    private static string Ratio(Outcome outcome) => outcome.Ratio is not { } ratio ? "–"
        : ratio.Rounds.Count == 1 ? Two(ratio.Median) : $"{Two(ratio.Median)} ({Two(ratio.Low)}–{Two(ratio.High)})";

    private static string Two(double ratio) => ratio.ToString("f2", CultureInfo.InvariantCulture);

    private static string Goal(Outcome outcome) => outcome.Goal is null ? "–" : outcome.Row.Own is null ? $"{outcome.Goal} ×" : $"{outcome.Goal} {outcome.Row.Unit}";

    private static string Verdict(Outcome outcome) => outcome.Verdict switch
    {
        Umps.Compare.Verdict.Reached => "yes",
        Umps.Compare.Verdict.NotReached => "**no**",
        Umps.Compare.Verdict.Open => $"open, {outcome.RoundsReached} of {outcome.Judged!.Rounds.Count}",
        _ => "–",
    };

    /// <summary>A class that came by too seldom to compare, of a row that has another.</summary>
    private static bool IsStray(Outcome outcome, IReadOnlyList<Outcome> outcomes) =>
        outcome.Cells.Values.Max(cell => cell.Rounds.Count) < outcome.RoundsMin && outcomes.Any(o => o != outcome && o.Group == outcome.Group && o.Row == outcome.Row && o.Cells.Values.Max(cell => cell.Rounds.Count) >= o.RoundsMin);
}
