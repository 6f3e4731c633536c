using System;
using System.Diagnostics;
using HdrHistogram;
using Umps;

namespace Umps.Bench;

/// <summary>Ping-pong of blocking calls: microseconds one way, half a round trip (osu_latency).</summary>
internal sealed class LatencyBenchmark(BenchContext context, int bytes) : Benchmark(context, bytes)
{
    private readonly BenchBuffer _send = BenchBuffer.Make(context, bytes), _recv = BenchBuffer.Make(context, bytes);

    /// <inheritdoc/>
    public override double Measure(int loops)
    {
        Comm comm = Comm;
        ReadOnlySpan<byte> send = _send.Span;
        Span<byte> recv = _recv.Span;
        double start = Mpi.Wtime();
        if (comm.Rank == 0)
        {
            for (int i = 0; i < loops; i++)
            {
                comm.Send(send, dest: 1, tag: Tag);
                comm.Recv(recv, source: 1, tag: Tag);
            }
        }
        else
        {
            for (int i = 0; i < loops; i++)
            {
                comm.Recv(recv, source: 0, tag: Tag);
                comm.Send(send, dest: 0, tag: Tag);
            }
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

    /// <inheritdoc/>
    public override void Dispose()
    {
        _send.Dispose();
        _recv.Dispose();
        base.Dispose();
    }
}
