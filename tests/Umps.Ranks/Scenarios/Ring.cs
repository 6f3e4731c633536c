using System;
using System.Diagnostics;

namespace Umps.Ranks.Scenarios;

/// <summary>ring [rounds]: a token goes round and counts its hops.</summary>
internal static class Ring
{
    public static int Run(string[] args)
    {
        int rounds = Job.Number(args, 0, 100);
        using Mpi mpi = Job.Join();
        Comm comm = mpi.World;
        int next = (comm.Rank + 1) % comm.Size, previous = (comm.Rank + comm.Size - 1) % comm.Size;
        long start = Stopwatch.GetTimestamp();
        for (int round = 0; round < rounds; round++)
        {
            if (comm.Rank == 0)
            {
                comm.Send(round * comm.Size, next, tag: 3);
                int hops = comm.Recv<int>(previous, tag: 3);
                if (hops != (round + 1) * comm.Size - 1)
                {
                    Job.Say($"wrong token {hops} in round {round}");
                    return 1;
                }
            }
            else
            {
                comm.Send(comm.Recv<int>(previous, tag: 3) + 1, next, tag: 3);
            }
        }

        if (comm.Rank == 0)
            Job.Say($"token went {rounds} rounds of {comm.Size}, {Stopwatch.GetElapsedTime(start).TotalMicroseconds / ((double)rounds * comm.Size):f2} us a hop");
        return 0;
    }
}
