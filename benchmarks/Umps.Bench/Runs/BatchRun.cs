using System;
using System.Collections.Generic;
using System.Linq;
using Umps;

namespace Umps.Bench;

/// <summary>What benchmarks/compare starts: several measures in one process, in short batches with the cache line's time before and after each.</summary>
/// <remarks>As benchmarks/peers/bench.c, which says how it goes. Passes over all measures, so that each meets every state of the machine.</remarks>
internal static class BatchRun
{
    /// <summary>Runs on every rank.</summary>
    /// <param name="comm">The world.</param>
    /// <param name="plan">Passes, lengths, measures.</param>
    /// <returns>The exit code.</returns>
    public static int Run(Comm comm, BatchPlan plan)
    {
        List<BatchRow> rows = [];
        try
        {
            foreach (string spec in plan.Specs)
            {
                if (BatchRow.Read(spec, new BenchContext(comm), out string? problem) is not { } row)
                    return Faults.Tell(comm, problem!);
                rows.Add(row);
            }

            BuildNote.Say(comm.Rank);
            using LineProbe? line = comm.Size == 2 ? new LineProbe(comm) : null;
            WarmUp(comm, rows, line, plan);
            foreach (BatchRow row in rows)
                row.Plan(plan.Passes, plan.RowSeconds);
            for (int pass = 0; pass < plan.Passes; pass++)
                foreach (BatchRow row in rows)
                    row.Batch(comm, line);
            if (comm.Rank == 0)
                rows.ForEach(row => row.Print(Console.Out));
            return 0;
        }
        finally
        {
            rows.ForEach(row => row.Dispose());
        }
    }

    private static void WarmUp(Comm comm, List<BatchRow> rows, LineProbe? line, BatchPlan plan)
    {
        BatchRow[] loops = [.. rows.Where(row => !row.IsSingle)];
        Calibrate();
        double end = Mpi.Wtime() + plan.WarmSeconds;
        do
        {
            foreach (BatchRow row in loops)
                row.WarmUp();
            line?.Nanoseconds();
        }
        while (loops.Length > 0 && comm.Bcast(Mpi.Wtime() < end));
        Calibrate();

        void Calibrate()
        {
            foreach (BatchRow row in loops)
                row.Calibrate(comm, plan.Milliseconds * 1e-3);
        }
    }
}
