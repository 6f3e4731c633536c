using System;
using System.Threading;
using Umps;

namespace Umps.Bench;

/// <summary>All but rank 0 wait 3 seconds in Recv, rank 0 sleeps in the kernel: milliseconds of CPU of the waiting rank that used most.</summary>
internal sealed class IdleBenchmark(BenchContext context) : Benchmark(context, 0)
{
    private const int WaitMilliseconds = 3000;

    /// <inheritdoc/>
    public override double Measure(int loops)
    {
        double used = 0;
        Comm.Barrier();
        if (Comm.Rank == 0)
        {
            Thread.Sleep(WaitMilliseconds);
            for (int other = 1; other < Comm.Size; other++)
                Comm.Send(0, other, Tag);
        }
        else
        {
            TimeSpan before = Environment.CpuUsage.TotalTime;
            Comm.Recv<int>(source: 0, tag: Tag);
            used = (Environment.CpuUsage.TotalTime - before).TotalMilliseconds;
        }

        return Comm.Allreduce(used, Op.Max);
    }
}
