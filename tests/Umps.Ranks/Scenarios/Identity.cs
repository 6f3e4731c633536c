using System;

namespace Umps.Ranks.Scenarios;

/// <summary>identity [arguments…]: who am I, where, and with which arguments.</summary>
internal static class Identity
{
    public static int Run(string[] args)
    {
        using Mpi mpi = Job.Join();
        Comm comm = mpi.World;
        Job.Say($"rank {comm.Rank} of {comm.Size} pid {Environment.ProcessId} cpus {Environment.ProcessorCount} in {Environment.CurrentDirectory} with [{string.Join("][", args)}]");
        return 0;
    }
}
