using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;

namespace Umps.Compare;

/// <summary>The outcomes as JSON, for scripts and for comparing days.</summary>
internal static class JsonResult
{
    /// <summary>Writes the file.</summary>
    public static void Write(string path, Machine machine, CompareOptions options, IReadOnlyList<Outcome> outcomes, Campaign campaign)
    {
        using FileStream file = File.Create(path);
        using var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("date", DateTimeOffset.UtcNow);
        json.WriteString("command", options.CommandLine);
        json.WriteString("machine", machine.Sentence);
        json.WriteNumber("rounds", campaign.Rounds);
        json.WriteNumber("batches", campaign.Lines);
        json.WriteNumber("batchesOfOneClass", campaign.Batches.Select(b => (b.Round, b.Who, b.Key, b.Value)).Count());
        json.WriteStartArray("rows");
        foreach (Outcome outcome in outcomes)
            Write(json, outcome);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Outcome outcome)
    {
        json.WriteStartObject();
        json.WriteString("name", outcome.Name);
        json.WriteString("group", outcome.Group.Name);
        json.WriteString("measure", outcome.Row.Measure);
        json.WriteNumber("bytes", outcome.Row.Bytes);
        json.WriteNumber("ranks", outcome.Group.Ranks);
        json.WriteString("unit", outcome.Row.Unit);
        json.WriteString("class", outcome.Class.ToString());
        json.WriteStartObject("figures");
        foreach ((string who, Cell cell) in outcome.Cells)
        {
            json.WriteStartObject(who);
            json.WriteNumber("median", cell.Median);
            json.WriteNumber("lowestRound", cell.Lowest);
            json.WriteNumber("highestRound", cell.Highest);
            json.WriteNumber("rounds", cell.Rounds.Count);
            json.WriteNumber("batches", cell.Batches);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        if (outcome.Ratio is { } ratio)
        {
            json.WriteNumber("ratio", Math.Round(ratio.Median, 4));
            json.WriteNumber("ratioLow", Math.Round(ratio.Low, 4));
            json.WriteNumber("ratioHigh", Math.Round(ratio.High, 4));
            json.WriteNumber("ratioRounds", ratio.Rounds.Count);
        }

        if (outcome.Against is { } other)
            json.WriteString("ratioTo", other);
        if (outcome.Goal is { } goal)
            json.WriteString("goal", goal.ToString());
        json.WriteString("verdict", outcome.Verdict.ToString());
        json.WriteEndObject();
    }
}
