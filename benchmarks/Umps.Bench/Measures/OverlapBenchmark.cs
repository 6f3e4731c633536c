using System;
using Umps;

namespace Umps.Bench;

/// <summary>The percentage of a transfer that passes while both ranks compute for as long as the transfer alone takes; columns as OSU's non-blocking collectives have them.</summary>
internal sealed class OverlapBenchmark(BenchContext context, int bytes) : Benchmark(context, bytes)
{
    private readonly BenchBuffer _data = BenchBuffer.Make(context, bytes);
    private double _alone, _beside, _sink;

    /// <inheritdoc/>
    public override double Measure(int loops)
    {
        double alone = 0, beside = 0;
        for (int i = 0; i < loops; i++)
            alone += Transfer(0) / loops;
        _alone = Comm.Allreduce(alone, Op.Max);
        for (int i = 0; i < loops; i++)
            beside += Transfer(_alone) / loops;
        _beside = Comm.Allreduce(beside, Op.Max);
        return Math.Clamp(100 * (1 - (_beside - _alone) / _alone), 0, 100);
    }

    /// <inheritdoc/>
    public override double[] Columns(double figure) => [_beside * 1e6, _alone * 1e6, _alone * 1e6, figure];

    /// <inheritdoc/>
    public override void Dispose()
    {
        _data.Dispose();
        base.Dispose();
    }

    private double Transfer(double secondsOfWork)
    {
        double start = Mpi.Wtime();
        Request request = Comm.Rank == 0 ? Comm.Isend(_data.Memory, dest: 1, tag: Tag) : Comm.Irecv(_data.Memory, source: 0, tag: Tag);
        if (secondsOfWork > 0)
            Compute(secondsOfWork);
        request.Wait();
        double taken = Mpi.Wtime() - start;
        Comm.Barrier();
        return taken;
    }

    private void Compute(double seconds)
    {
        for (double end = Mpi.Wtime() + seconds; Mpi.Wtime() < end;)
            for (int i = 0; i < 100; i++)
                _sink = _sink * 0.5 + 1.0;
    }
}
