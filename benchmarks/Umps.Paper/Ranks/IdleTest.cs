using System;
using System.Collections.Generic;
using System.Threading;
using Umps;

namespace Umps.Paper;

/// <summary>Rank 1 waits in Recv while rank 0 sleeps in the kernel: milliseconds of processor a second of the one that waits.</summary>
internal sealed class IdleTest(Comm comm, string spec, double seconds) : RankTest(comm, spec, 0, seconds)
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Measure, double Value)> Run()
    {
        Comm.Barrier();
        if (Comm.Rank == 1)
        {
            TimeSpan before = Environment.CpuUsage.TotalTime;
            Comm.Recv<int>(source: 0, tag: Tag);
            Comm.Send((Environment.CpuUsage.TotalTime - before).TotalMilliseconds / Number, dest: 0, tag: ResultTag);
            return [];
        }

        Thread.Sleep((int)(Number * 1000));
        Comm.Send(1, dest: 1, tag: Tag);
        return [("cpu-ms-a-second", Comm.Recv<double>(source: 1, tag: ResultTag))];
    }
}
