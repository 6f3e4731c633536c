using System;
using Umps;
using Umps.WireUp;

namespace Umps.Bench;

/// <summary>A wrong argument is told once, by rank 0, with what to write instead; every rank ends with the same exit code.</summary>
internal static class Faults
{
    /// <summary>Of a wrong argument.</summary>
    public const int ExitCode = 2;

    /// <summary>Whether this is rank 0, by the environment.</summary>
    public static bool IsSpeaker => Environment.GetEnvironmentVariable(RankEnvironment.Rank) is null or "0";

    /// <summary>Before <see cref="Mpi.Init(string[], MpiOptions)"/>; joins the job all the same, for the first rank to end ends it, and rank 0 has to be heard.</summary>
    public static int Tell(string message)
    {
        using Mpi mpi = Mpi.Init();
        return Tell(mpi.World, message);
    }

    /// <summary>Within a job; every rank calls it.</summary>
    public static int Tell(Comm comm, string message)
    {
        if (comm.Rank == 0)
            Console.Error.WriteLine($"umpsbench: {message}");
        comm.Barrier();     // nobody leaves before it is said
        return ExitCode;
    }
}
