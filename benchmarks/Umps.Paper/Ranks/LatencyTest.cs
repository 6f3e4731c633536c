using System;
using System.Collections.Generic;
using System.Diagnostics;
using Umps;
using Umps.Compare;

namespace Umps.Paper;

/// <summary>Ping-pong of blocking calls in batches: the median batch's half round trip. With silence before each turn both have gone to sleep when it begins, if they ever do.</summary>
internal sealed class LatencyTest(Comm comm, string spec, int bytes, double seconds, double gapMicroseconds) : RankTest(comm, spec, bytes, seconds)
{
    /// <inheritdoc/>
    public override IReadOnlyList<(string Measure, double Value)> Run()
    {
        byte[] data = new byte[Bytes], into = new byte[Bytes];
        int turns = gapMicroseconds > 0 ? 1 : 20;
        List<double> batches = [];
        double end = Mpi.Wtime() + Number;
        bool again;
        do
        {
            if (gapMicroseconds > 0 && Comm.Rank == 0)
                Rest();
            double start = Mpi.Wtime();
            for (int i = 0; i < turns; i++)
            {
                if (Comm.Rank == 0)
                {
                    Comm.Send<byte>(data, dest: 1, tag: Tag);
                    Comm.Recv<byte>(into, source: 1, tag: Tag);
                }
                else
                {
                    Comm.Recv<byte>(into, source: 0, tag: Tag);
                    Comm.Send<byte>(data, dest: 0, tag: Tag);
                }
            }

            batches.Add((Mpi.Wtime() - start) * 1e6 / (2 * turns));
            again = Mpi.Wtime() < end;
            if (Comm.Rank == 0)
                Comm.Send(again, dest: 1, tag: AnswerTag);
            else
                again = Comm.Recv<bool>(source: 0, tag: AnswerTag);
        }
        while (again);
        batches.Sort();
        return [("us", Spread.MedianOf(batches.ToArray()))];
    }

    /// <summary>Sleeps in the kernel: neither side looks meanwhile.</summary>
    private void Rest()
    {
        long until = Stopwatch.GetTimestamp() + (long)(gapMicroseconds * 1e-6 * Stopwatch.Frequency);
        System.Threading.Thread.Sleep(Math.Max(1, (int)(gapMicroseconds / 1000)));
        while (Stopwatch.GetTimestamp() < until)
            System.Threading.Thread.SpinWait(20);
    }
}
