using System;
using System.Collections.Generic;
using System.IO;
using System.Text.Json;
using Umps;

namespace Umps.Bench;

/// <summary>The figures of a table as JSON.</summary>
internal static class JsonReport
{
    /// <summary>Opens the file before anything is measured, so that a wrong name costs no time.</summary>
    public static bool TryOpen(string path, out FileStream? file)
    {
        try
        {
            file = File.Create(path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            file = null;
            return false;
        }
    }

    /// <summary>Writes and closes it.</summary>
    public static void Write(FileStream file, BenchmarkKind kind, int ranks, TableSettings settings, IReadOnlyList<TableLine> lines)
    {
        using (file)
        using (var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("benchmark", kind.Name);
            json.WriteString("version", typeof(Mpi).Assembly.GetName().Version?.ToString(3));
            json.WriteString("build", BuildNote.IsRelease ? "Release" : "Debug");
            json.WriteNumber("ranks", ranks);
            if (kind.HasWindow)
                json.WriteNumber("window", settings.Window);
            json.WriteStartArray("rows");
            foreach (TableLine line in lines)
                WriteLine(json, kind, line);
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }

    private static void WriteLine(Utf8JsonWriter json, BenchmarkKind kind, TableLine line)
    {
        json.WriteStartObject();
        if (!kind.IsSizeless)
            json.WriteNumber("bytes", line.Bytes);
        for (int i = 0; i < line.Columns.Length; i++)
            json.WriteNumber(kind.Headings[i], Math.Round(line.Columns[i], 4));
        if (line.Percentiles is [double p50, double p99, double p999])
        {
            json.WriteNumber("P50 (us)", p50);
            json.WriteNumber("P99 (us)", p99);
            json.WriteNumber("P99.9 (us)", p999);
        }

        json.WriteEndObject();
    }
}
