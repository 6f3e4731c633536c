using System;
using System.Threading;

namespace Umps.Ranks.Scenarios;

/// <summary>idle [milliseconds]: rank 0 sleeps, the others wait for it in Recv and say what CPU that cost them.</summary>
internal static class Idle
{
    public static int Run(string[] args)
    {
        int milliseconds = Job.Number(args, 0, 3000);
        using Mpi mpi = Job.Join();
        Comm comm = mpi.World;

        // A first round, so that what is compiled and connected once is not counted.
        for (int round = 0; round < 2; round++)
        {
            bool counted = round == 1;
            if (comm.Rank == 0)
            {
                for (int other = 1; other < comm.Size; other++)
                    comm.Recv<int>(other, tag: 1);
                Thread.Sleep(counted ? milliseconds : 50);
                for (int other = 1; other < comm.Size; other++)
                    comm.Send(7, other, tag: 2);
                continue;
            }

            comm.Send(1, dest: 0, tag: 1);
            TimeSpan before = Environment.CpuUsage.TotalTime;
            comm.Recv<int>(source: 0, tag: 2);
            TimeSpan cost = Environment.CpuUsage.TotalTime - before;
            if (counted)
                Job.Say($"rank {comm.Rank} waited with {cost.TotalMilliseconds:f1} ms of CPU");
        }

        return 0;
    }
}
