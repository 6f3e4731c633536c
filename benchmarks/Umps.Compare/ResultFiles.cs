using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Umps.Compare;

/// <summary>A comparison on disk: tables, JSON and plots, and the summary in docs/performance.md.</summary>
internal sealed class ResultFiles(Places places, CompareOptions options, Machine machine, IReadOnlyList<Contender> contenders, Campaign campaign, IReadOnlyList<Outcome> outcomes)
{
    // Read before this run's file replaces it.
    private readonly string? _against = Earlier.Compare(Earlier.Read(Folder(places, options), options.CommandLine), outcomes);

    private const string Begin = "<!-- compare: begin; written by benchmarks/compare -->", End = "<!-- compare: end -->";

    /// <summary>Writes all of it.</summary>
    /// <returns>The files, for the log.</returns>
    public IEnumerable<string> Write()
    {
        string folder = Folder(places, options);
        string stem = options.Write ? $"{DateTimeOffset.UtcNow:yyyy-MM-dd}-compare" : "compare";
        Directory.CreateDirectory(folder);
        string tables = Path.Combine(folder, stem + ".md"), json = Path.Combine(folder, stem + ".json");
        JsonResult.Write(json, machine, options, outcomes, campaign);
        IReadOnlyList<(string File, string Title)> plots = Plots.Write(outcomes, contenders, folder, stem);
        using (var output = new StreamWriter(tables))
        {
            output.WriteLine("# Beside Open MPI and MPICH");
            output.WriteLine("**Question.** How does Umps.Mpi compare with the peers, on one node and over tcp, and which goals are reached?");
            output.WriteLine();
            WriteHow(output);
            foreach ((string file, string title) in plots)
                output.WriteLine($"\n![{title}]({file})");
            MarkdownTables.Write(outcomes, contenders, output);
        }

        if (options.Write)
            WriteSummary(stem, plots);
        return [tables, json, .. plots.Select(plot => Path.Combine(folder, plot.File)), .. options.Write ? [SummaryPath] : Array.Empty<string>()];
    }

    private static string Folder(Places places, CompareOptions options) => options.Write ? places.Results : Path.Combine(places.Root, "artifacts/compare");

    private string SummaryPath => Path.Combine(places.Root, "docs/performance.md");

    /// <summary>Machine, command, classes, and what a cell holds.</summary>
    public void WriteHow(TextWriter output)
    {
        string peers = string.Join(", ", contenders.Where(c => !c.IsOurs).Select(c => $"{c.Name} {c.Version}"));
        string classes = string.Join(", ", campaign.Batches.GroupBy(b => b.Class).OrderBy(g => g.Key)
            .Select(g => string.Create(CultureInfo.InvariantCulture, $"{(g.Key == LineClass.Any ? "no class" : g.Key.ToString())} {100.0 * g.Count() / campaign.Batches.Count:f0} %")));
        output.WriteLine($"**Machine.** {machine.Sentence} Peers: {(peers.Length == 0 ? "none was found" : peers)}, Debian's packages as they come.");
        output.WriteLine();
        output.WriteLine($"**Command.** `benchmarks/compare {options.CommandLine}`: everybody in turn, {campaign.Rounds} rounds in {campaign.Seconds / 60:f0} min, a process a group and round; warm-up, then batches of milliseconds in passes over all rows.");
        output.WriteLine("Two ranks are pinned to a core each by everybody's launcher; more ranks than processors are not pinned, and Open MPI yields (`--oversubscribe`).");
        output.WriteLine();
        output.WriteLine($"**Classes.** A cache line one way between the two processors takes about 27 ns (S), 55–85 (N) or 240 (F); probed before and after each batch of two ranks; where ranks share processors a switch between them costs far more, and what the line takes is in both sides of each round's ratio. Here: {classes}.");
        output.WriteLine("A cell is the median of the rounds' medians (lowest–highest round; batches/rounds). The ratio is ours to the better peer of the same class, formed round by round: median (lowest–highest; of seven rounds or more the second lowest and highest).");
        output.WriteLine("*Open*: so many of the rounds reach the goal, the others do not, and another run may decide either way. No verdict where a class came by in half of the rounds or less.");
        if (_against is not null)
            output.WriteLine($"\n{_against}");
        foreach (string failure in campaign.Failures)
            output.WriteLine($"\nFailed: {failure}");
    }

    private void WriteSummary(string stem, IReadOnlyList<(string File, string Title)> plots)
    {
        var text = new StringWriter();
        text.WriteLine(Begin);
        text.WriteLine($"[All tables](../benchmarks/results/{stem}.md), [JSON](../benchmarks/results/{stem}.json).");
        text.WriteLine();
        WriteHow(text);
        foreach ((string file, string title) in plots.Where(plot => plot.Title.Contains("class N", StringComparison.Ordinal) || plots.All(other => !other.Title.Contains("class N", StringComparison.Ordinal))))
            text.WriteLine($"\n![{title}](../benchmarks/results/{file})");
        MarkdownTables.Write(outcomes, contenders, text);
        text.Write(End);
        string page = File.ReadAllText(SummaryPath);
        int begin = page.IndexOf(Begin, StringComparison.Ordinal), end = page.IndexOf(End, StringComparison.Ordinal);
        page = begin < 0 || end < begin ? page.TrimEnd() + "\n\n" + text + "\n" : page[..begin] + text + page[(end + End.Length)..];
        File.WriteAllText(SummaryPath, page);
    }
}
