using System;
using System.Diagnostics;
using HdrHistogram;
using Umps;

namespace Umps.Bench;

/// <summary>Ping-pong of an object by SendObject and RecvObject: microseconds one way, serialising and reading it included.</summary>
internal sealed class ObjectLatencyBenchmark(BenchContext context, int bytes) : Benchmark(context, bytes)
{
    private readonly BenchRecord _record = BenchRecord.Of(bytes);

    /// <inheritdoc/>
    public override double Measure(int loops)
    {
        int other = 1 - Comm.Rank;
        double start = Mpi.Wtime();
        for (int i = 0; i < loops; i++)
        {
            if (Comm.Rank == 0)
                Comm.SendObject(_record, other, Tag);
            BenchRecord arrived = Comm.RecvObject<BenchRecord>(other, Tag);
            if (arrived.Values.Length != _record.Values.Length)
                throw new InvalidOperationException("an object arrived that is not the one that was sent");
            if (Comm.Rank != 0)
                Comm.SendObject(_record, other, Tag);
        }

        return (Mpi.Wtime() - start) * 1e6 / (2.0 * loops);
    }

    /// <inheritdoc/>
    public override int Sample(int loops, LongHistogram turns)
    {
        for (int i = 0; i < loops; i++)
        {
            long start = Stopwatch.GetTimestamp();
            Measure(1);
            turns.RecordValue(Nanoseconds.Since(start));
        }

        return 2;
    }
}
