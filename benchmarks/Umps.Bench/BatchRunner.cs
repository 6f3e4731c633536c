using System;
using System.Globalization;
using System.IO;
using System.Linq;
using Umps;

namespace Umps.Bench;

/// <summary>Runs a benchmark on two ranks: warms up, then batches with the line's time before and after each, printed when all is measured.</summary>
internal static class BatchRunner
{
    /// <summary>Long enough for tiered compilation to have finished, with both processors busy.</summary>
    private const double WarmSeconds = 2;

    public static int Run(Benchmark benchmark, int batches, int loops)
    {
        using Mpi mpi = Mpi.Init();
        Comm comm = mpi.World;
        if (comm.Size != 2)
        {
            Console.Error.WriteLine($"this benchmark is for two ranks, not {comm.Size}: umpsrun -n 2 --bind-to core umpsbench {benchmark.Name} …");
            return 64;
        }

        SayWhere(comm.Rank);
        using var line = new LineProbe(comm);
        WarmUp(benchmark, comm, line, loops);

        var results = new (double LineBefore, double Value, double LineAfter)[batches];
        for (int i = 0; i < batches; i++)
        {
            comm.Sendrecv(0, dest: 1 - comm.Rank, source: 1 - comm.Rank, tag: 9);
            double before = line.Nanoseconds();
            double value = benchmark.Batch(comm, loops);
            results[i] = (before, value, line.Nanoseconds());
        }

        if (comm.Rank == 0)
            foreach ((double before, double value, double after) in results)
                Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{benchmark.Name} {benchmark.Bytes} {before:f1} {value:f4} {after:f1}"));
        return 0;
    }

    private static void WarmUp(Benchmark benchmark, Comm comm, LineProbe line, int loops)
    {
        double end = Mpi.Wtime() + WarmSeconds;
        bool goOn;
        do
        {
            benchmark.Batch(comm, loops);
            line.Nanoseconds();
            goOn = Mpi.Wtime() < end;
            if (comm.Rank == 0)
                comm.Send(goOn, dest: 1, tag: 9);
            else
                goOn = comm.Recv<bool>(source: 0, tag: 9);
        }
        while (goOn);
    }

    /// <summary>The processors this rank may run on, as the kernel says, so that a result shows how it was pinned.</summary>
    private static void SayWhere(int rank)
    {
        string cpus = File.ReadLines("/proc/self/status").First(l => l.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal)).Split(':')[1].Trim();
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"# rank {rank} on cpu {cpus}"));
    }
}
