using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using Umps.Compare;
using static Umps.Paper.EvaluationPlan;

namespace Umps.Paper;

/// <summary>The evaluation on disk: JSON with every round, plots, and the page.</summary>
internal sealed class ReportFiles(Places places, RunFacts facts, Samples samples)
{
    /// <summary>Writes all of it.</summary>
    /// <returns>The files.</returns>
    public IReadOnlyList<string> Write()
    {
        bool write = facts.Options.Write;
        string folder = write ? places.Results : facts.Options.Folder ?? Path.Combine(places.Root, "artifacts/paper"), stem = write ? $"{DateTimeOffset.UtcNow:yyyy-MM-dd}-paper" : "paper";
        Directory.CreateDirectory(folder);
        string json = Path.Combine(folder, stem + ".json"), page = write ? Path.Combine(places.Root, "docs/umps-evaluation.md") : Path.Combine(folder, "umps-evaluation.md");
        WriteJson(json);
        List<string> plots = WritePlots(folder, stem);
        using (var output = new StreamWriter(page))
            new Page(facts, samples, output, write ? "../benchmarks/results/" : "", stem + ".json", plots).Write();
        return [json, page, .. plots.Select(plot => Path.Combine(folder, plot))];
    }

    private List<string> WritePlots(string folder, string stem)
    {
        List<string> written = [];
        Draw(LatencyPolling, "us", "Latency, polling receivers", "bytes of a message", "µs one way", true);
        Draw(LatencySleeping, "us", "Latency, sleeping receivers", "bytes of a message", "µs one way", true);
        Draw(Throughput, "mbit", "Throughput", "bytes of a message", "Mbit/s", true);
        Draw(Load, "rx-interrupts", "Interrupts against offered load", "messages a second", "interrupts a second", false);
        Draw(Load, "rx-cpu", "Receiver's processor against offered load", "messages a second", "% of a processor", false);
        return written;

        void Draw(string section, string measure, string title, string x, string y, bool hasSizes)
        {
            string file = $"{stem}-{section}-{measure}.svg";
            var lines = samples.SeriesOf(section, measure).Select(series => (series, (IReadOnlyList<(double, double)>)[.. samples.PlacesOf(section)
                .Select(place => (place, samples.Median(section, series, place, measure) ?? 0))])).ToList();
            if (Plots.Write(Path.Combine(folder, file), title, x, y, lines, hasSizes))
                written.Add(file);
        }
    }

    private void WriteJson(string path)
    {
        using FileStream file = File.Create(path);
        using var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("date", DateTimeOffset.UtcNow);
        json.WriteString("command", facts.Options.CommandLine);
        json.WriteString("machine", facts.Machine.Sentence);
        json.WriteNumber("rounds", facts.Rounds);
        json.WriteStartArray("rows");
        foreach ((string section, string series, double x, string measure, IReadOnlyDictionary<int, double> rounds) in samples.All)
        {
            json.WriteStartObject();
            json.WriteString("section", section);
            json.WriteString("series", series);
            json.WriteNumber("x", x);
            json.WriteString("measure", measure);
            json.WriteStartArray("rounds");
            foreach (double value in rounds.Values)
                json.WriteNumberValue(double.IsFinite(value) ? Math.Round(value, 4) : -1);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
