using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using Umps;

namespace Umps.Bench;

/// <summary>Start-up as ranks see it: Init, from the process's start to the end of Init, and Finalize.</summary>
/// <remarks>Program.cs calls it without the command line's library, which would cost more than some of what is measured. The launcher's share is seen from outside
/// only: benchmarks/compare startup.</remarks>
internal static class StartUpRun
{
    /// <summary>Runs on every rank.</summary>
    /// <returns>The exit code.</returns>
    public static int Run()
    {
        double begun = SecondsOfLife();
        long start = Stopwatch.GetTimestamp();
        bool isSpeaker;
        string text;
        using (Mpi mpi = Mpi.Init())
        {
            double init = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            Comm comm = mpi.World;
            comm.Barrier();
            double slowest = comm.Allreduce(init, Op.Max), mean = comm.Allreduce(init, Op.Sum) / comm.Size, life = comm.Allreduce(begun * 1e3 + init, Op.Max);
            isSpeaker = comm.Rank == 0;
            text = string.Create(CultureInfo.InvariantCulture, $"# Umps.Mpi Start-up Test of {comm.Size} ranks\n# {"Init (ms)",16}{"Slowest (ms)",18}{"Since start (ms)",18}{"Finalize (ms)",18}\n{mean,18:f2}{slowest,18:f2}{life,18:f2}");
            comm.Barrier();
            start = Stopwatch.GetTimestamp();
        }

        if (isSpeaker)
            Console.Out.WriteLine(text + string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(start).TotalMilliseconds,18:f2}"));
        return 0;
    }

    /// <summary>Init, Barrier and Finalize, as the peers' twin; what benchmarks/compare times from outside.</summary>
    /// <returns>The exit code.</returns>
    public static int RunBare()
    {
        using Mpi mpi = Mpi.Init();
        mpi.World.Barrier();
        return 0;
    }

    /// <summary>Since the kernel started this process, to a hundredth.</summary>
    private static double SecondsOfLife()
    {
        string stat = File.ReadAllText("/proc/self/stat");
        double started = double.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19], CultureInfo.InvariantCulture) / 100;
        return double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture) - started;
    }
}
