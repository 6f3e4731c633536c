using Umps;

namespace Umps.Bench;

/// <summary>All pairs play ping-pong at once: microseconds one way, the mean over pairs (osu_multi_lat).</summary>
internal sealed class MultiLatencyBenchmark(BenchContext context, int bytes) : Benchmark(context, bytes)
{
    private readonly BenchBuffer _send = BenchBuffer.Make(context, bytes), _recv = BenchBuffer.Make(context, bytes);

    /// <inheritdoc/>
    public override double Measure(int loops)
    {
        int pairs = Comm.Size / 2;
        bool first = Comm.Rank < pairs;
        int other = first ? Comm.Rank + pairs : Comm.Rank - pairs;
        double start = Mpi.Wtime();
        for (int i = 0; i < loops; i++)
        {
            if (first)
            {
                Comm.Send(_send.Span, other, Tag);
                Comm.Recv(_recv.Span, other, Tag);
            }
            else
            {
                Comm.Recv(_recv.Span, other, Tag);
                Comm.Send(_send.Span, other, Tag);
            }
        }

        double microseconds = (Mpi.Wtime() - start) * 1e6 / (2.0 * loops);
        return Comm.Allreduce(first ? microseconds : 0, Op.Sum) / pairs;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _send.Dispose();
        _recv.Dispose();
        base.Dispose();
    }
}
