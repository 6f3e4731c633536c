using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Threading;
using Umps;

namespace Umps.Paper;

/// <summary>What umpsrun starts on both nodes: tests one after the other, rows of rank 0 on stdout, in the words of benchmarks/peers/wire.</summary>
/// <remarks>
/// A test is KIND:BYTES:NUMBER. latency: ping-pong for NUMBER seconds; gap: ping-pong with NUMBER microseconds of silence before each turn; flood: rank 0 sends for some NUMBER seconds, in windows; single: the same, a frame for each message;
/// load: NUMBER messages a second at even intervals; idle: rank 1 blocked for NUMBER seconds.
/// </remarks>
internal static class RankProgram
{
    /// <summary>Runs on every rank.</summary>
    /// <param name="warmSeconds">How long it warms up.</param>
    /// <param name="specs">The tests.</param>
    public static int Run(double warmSeconds, string[] specs)
    {
        using Mpi mpi = Mpi.Init();
        Comm comm = mpi.World;
        if (comm.Size != 2)
            return 64;
        var tests = specs.Select(spec => RankTest.Read(comm, spec)).ToList();
        if (tests.Contains(null))
            return 64;
        WarmUp(comm, tests!, warmSeconds);
        foreach (RankTest test in tests.OfType<RankTest>())
        {
            comm.Barrier();
            IReadOnlyList<(string Measure, double Value)> rows = test.Run();
            if (comm.Rank != 0)
                continue;
            foreach ((string measure, double value) in rows)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"row {test.Spec} {measure} {value:0.####}"));
        }

        return 0;
    }

    /// <summary>Until what the tests use is compiled well: in two parts, for the compiler works beside, and polling ranks leave it little of their processor.</summary>
    private static void WarmUp(Comm comm, List<RankTest?> tests, double warmSeconds)
    {
        if (tests.Count == 0)
            return;
        RankTest[] latency = [RankTest.Read(comm, "latency:64:0.02")!];
        RankTest[] streams = [.. latency, RankTest.Read(comm, "flood:64:0.02")!, RankTest.Read(comm, "single:64:0.01")!];
        bool floods = tests.Any(test => test is StreamTest);
        RankTest load = RankTest.Read(comm, "load:64:20000")!;
        foreach (double seconds in (double[])[0.75 * warmSeconds, 0.25 * warmSeconds])
        {
            double end = Mpi.Wtime() + seconds;
            do
                Array.ForEach(floods ? streams : latency, test => test.Run());
            while (comm.Bcast(Mpi.Wtime() < end));
            if (floods)
                load.Run();
            comm.Barrier();
            Thread.Sleep(100);
        }
    }
}
