using System;
using System.Threading;

namespace Umps.Ranks.Scenarios;

/// <summary>die HOW RANK: one rank ends in some way while the others wait for it.</summary>
internal static class Die
{
    public static int Run(string[] args)
    {
        string how = args[0];
        int who = Job.Number(args, 1, 0);
        using Mpi mpi = Job.Join();
        Comm comm = mpi.World;
        for (int other = 0; other < comm.Size; other++)
            comm.Sendrecv(comm.Rank, other, other, tag: 1);
        if (comm.Rank != who)
        {
            comm.Recv<int>(who, tag: 99);
            Job.Say($"rank {comm.Rank}: Recv came back");
            return 3;
        }

        Job.Say($"rank {comm.Rank} pid {Environment.ProcessId} dies by {how}");
        switch (how)
        {
            case "code":                 // returns from Main, orderly, with a status
                return 42;
            case "zero":                 // an orderly end while the others wait for a message that never comes
                return 0;
            case "exit":                 // Environment.Exit in the middle
                Environment.Exit(43);
                return 0;
            case "exit-zero":            // the same, as if all were well
                Environment.Exit(0);
                return 0;
            case "exception":
                throw new InvalidOperationException("something went wrong on purpose");
            case "thread-exception":
                new Thread(() => throw new InvalidOperationException("a thread went wrong on purpose")).Start();
                Thread.Sleep(Timeout.Infinite);
                return 0;
            case "mpi-exception":
                comm.Send(1, dest: comm.Size + 5, tag: 0);
                return 0;
            case "fail-fast":
                Environment.FailFast("failed fast on purpose");
                return 0;
            case "kill":
                Environment.CpuUsage.ToString();
                System.Diagnostics.Process.GetCurrentProcess().Kill();
                Thread.Sleep(Timeout.Infinite);
                return 0;
            case "abort":
                comm.Abort(17);
                return 0;
            default:
                throw new ArgumentException($"die {how}?");
        }
    }
}
