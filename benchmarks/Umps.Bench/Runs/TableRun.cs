using System;
using System.Collections.Generic;
using System.IO;
using HdrHistogram;
using Umps;

namespace Umps.Bench;

/// <summary>A measure over its sizes: the table an OSU micro-benchmark prints, with percentiles as further columns where there are any.</summary>
internal static class TableRun
{
    /// <summary>Runs on every rank.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(Comm comm, BenchmarkKind kind, TableSettings settings)
    {
        if (kind.Refuse(comm.Size) is { } refusal)
            return Faults.Tell(comm, refusal);
        FileStream? json = null;
        if (settings.Json is { } path && comm.Bcast(comm.Rank != 0 || JsonReport.TryOpen(path, out json)) is false)
            return Faults.Tell(comm, $"--json {path} cannot be written. Name a file in a folder that is there and yours.");

        var table = new OsuTable(kind, comm, settings);
        List<TableLine> lines = [];
        bool settled = false;
        foreach (int bytes in Sizes(kind, settings))
        {
            using Benchmark benchmark = kind.Make(new BenchContext(comm, settings.Window, settings.Allocate), bytes);
            if (!settled && !kind.IsSingle)
                Settle(comm, benchmark, settings.SettleSeconds);
            settled = true;
            TableLine line = Measure(comm, kind, settings, benchmark, bytes);
            lines.Add(line);
            if (comm.Rank == 0)
                table.Write(line);
        }

        if (json is not null)
            JsonReport.Write(json, kind, comm.Size, settings, lines);
        return 0;
    }

    /// <summary>Powers of two from the smallest to the largest, as OSU has them, 0 first where it is asked for.</summary>
    internal static IEnumerable<int> Sizes(BenchmarkKind kind, TableSettings settings)
    {
        int min = settings.MinBytes ?? kind.MinBytes, max = settings.MaxBytes ?? Math.Max(kind.MaxBytes, min);
        if (kind.IsSizeless)
            max = min = 0;
        for (long bytes = min; bytes <= max; bytes = bytes == 0 ? kind.UnitBytes : bytes * 2)
            yield return (int)bytes;
    }

    private static void Settle(Comm comm, Benchmark benchmark, double seconds)
    {
        double end = Mpi.Wtime() + seconds;
        while (comm.Bcast(Mpi.Wtime() < end))
            benchmark.Measure(10);
    }

    private static TableLine Measure(Comm comm, BenchmarkKind kind, TableSettings settings, Benchmark benchmark, int bytes)
    {
        int iterations = settings.Iterations ?? kind.Loops.Iterations(bytes), warm = settings.WarmUp ?? kind.Loops.WarmUp(bytes);
        if (!kind.IsSingle && warm > 0)
            benchmark.Measure(warm);
        comm.Barrier();
        double figure = benchmark.Measure(iterations);
        double[] columns = benchmark.Columns(figure);

        // A second run of the loop: a time stamp costs as much as a third of a small message.
        comm.Barrier();
        var turns = new LongHistogram(Nanoseconds.Max, 3);
        int parts = benchmark.Sample(iterations, turns);
        double[]? percentiles = parts == 0 || turns.TotalCount == 0 ? null : [At(50), At(99), At(99.9)];
        return new TableLine(bytes, columns, percentiles);

        double At(double percentile) => turns.GetValueAtPercentile(percentile) / (1000.0 * parts);
    }
}
