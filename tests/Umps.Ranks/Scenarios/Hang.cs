using System;
using System.Threading;

namespace Umps.Ranks.Scenarios;

/// <summary>hang recv|compute|mixed: waits for what never comes, after having met every rank and said so. Something for tests to kill.</summary>
internal static class Hang
{
    public static int Run(string[] args)
    {
        string how = args.Length > 0 ? args[0] : "recv";
        using Mpi mpi = Job.Join();
        Comm comm = mpi.World;
        for (int other = 0; other < comm.Size; other++)
            comm.Sendrecv(comm.Rank, other, other, tag: 1);
        Job.Say($"rank {comm.Rank} pid {Environment.ProcessId} hangs");
        if (how == "compute" || (how == "mixed" && comm.Rank % 2 == 1))
        {
            while (true)
                Thread.SpinWait(1000);
        }

        comm.Recv<int>((comm.Rank + 1) % comm.Size, tag: 99);
        return 0;
    }
}
