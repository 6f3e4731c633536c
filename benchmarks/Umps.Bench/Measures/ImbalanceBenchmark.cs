using System;
using System.Threading;
using Umps;

namespace Umps.Bench;

/// <summary>Ranks 0 and 1 do a fixed work while the others sleep in the kernel, then again while the others wait in Recv: the second time over the first.</summary>
internal sealed class ImbalanceBenchmark(BenchContext context) : Benchmark(context, 0)
{
    private const int TrialRounds = 20_000_000;
    private const double WorkSeconds = 0.5, OthersSleepSeconds = 1.5;

    private double _sink, _alone, _beside;

    /// <inheritdoc/>
    public override double Measure(int loops)
    {
        double start = Mpi.Wtime();
        Comm.Barrier();
        if (Comm.Rank > 1)
        {
            Pause(OthersSleepSeconds);
            Comm.Recv<int>(source: 0, tag: Tag);
        }
        else
        {
            Pause(0.2);
            long rounds = (long)(TrialRounds * WorkSeconds / Work(TrialRounds));
            _alone = Work(rounds);
            Pause(start + OthersSleepSeconds + 0.2 - Mpi.Wtime());
            _beside = Work(rounds);
            for (int other = 2; other < Comm.Size && Comm.Rank == 0; other++)
                Comm.Send(0, other, Tag);
        }

        return Comm.Allreduce(Comm.Rank > 1 ? 0 : _beside / _alone, Op.Max);
    }

    /// <inheritdoc/>
    public override double[] Columns(double figure) => [figure, _alone * 1e3, _beside * 1e3];

    private static void Pause(double seconds) => Thread.Sleep(TimeSpan.FromSeconds(Math.Max(seconds, 0)));

    private double Work(long rounds)
    {
        double start = Mpi.Wtime(), x = 1.5 + _sink;
        for (long i = 0; i < rounds; i++)
            x = x * 0.999999 + 0.000001;
        _sink = x;
        return Mpi.Wtime() - start;
    }
}
