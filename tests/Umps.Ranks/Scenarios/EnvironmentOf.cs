using System;

namespace Umps.Ranks.Scenarios;

/// <summary>environment NAME…: the value of each variable on each rank.</summary>
internal static class EnvironmentOf
{
    public static int Run(string[] args)
    {
        using Mpi mpi = Job.Join();
        foreach (string name in args)
            Job.Say($"rank {mpi.World.Rank} {name}={Environment.GetEnvironmentVariable(name) ?? "(not set)"}");
        return 0;
    }
}
