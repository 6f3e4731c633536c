using System;
using System.Diagnostics;

namespace Umps.Ranks.Scenarios;

/// <summary>beside [milliseconds]: ranks 0 and 1 compute, the others wait in Recv; each says what CPU it used meanwhile.</summary>
internal static class Beside
{
    public static int Run(string[] args)
    {
        int milliseconds = Job.Number(args, 0, 1000);
        using Mpi mpi = Job.Join();
        Comm comm = mpi.World;
        int computing = Math.Min(2, comm.Size);
        for (int other = 0; other < comm.Size; other++)        // everybody has met everybody before the count begins
            comm.Sendrecv(comm.Rank, other, other, tag: 9);
        TimeSpan before = Environment.CpuUsage.TotalTime;
        if (comm.Rank < computing)
        {
            long start = Stopwatch.GetTimestamp();
            double x = 1;
            while (Environment.CpuUsage.TotalTime - before < TimeSpan.FromMilliseconds(milliseconds))
                for (int i = 0; i < 100_000; i++)
                    x = Math.Sqrt(x + i);
            Job.Say($"rank {comm.Rank} computed {milliseconds} ms of CPU in {Stopwatch.GetElapsedTime(start).TotalMilliseconds:f0} ms ({(x > 0 ? "done" : "")})");
            for (int other = computing + comm.Rank; other < comm.Size; other += computing)
                comm.Send(1, other, tag: 5);
        }
        else
        {
            comm.Recv<int>((comm.Rank - computing) % computing, tag: 5);
            Job.Say($"rank {comm.Rank} waited with {(Environment.CpuUsage.TotalTime - before).TotalMilliseconds:f1} ms of CPU");
        }

        return 0;
    }
}
