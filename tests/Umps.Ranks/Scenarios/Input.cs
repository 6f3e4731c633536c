using System;
using System.IO;

namespace Umps.Ranks.Scenarios;

/// <summary>input [echo]: what each rank reads on stdin, to its end: bytes and a sum; with echo, rank 0 repeats each line as it comes.</summary>
internal static class Input
{
    public static int Run(string[] args)
    {
        using Mpi mpi = Job.Join();
        int rank = mpi.World.Rank;
        if (args.Length > 0 && args[0] == "echo" && rank == 0)
        {
            Job.Say($"rank 0 listens");
            while (Console.In.ReadLine() is { } line)
                Job.Say($"rank 0 heard {line}");
        }

        using Stream input = Console.OpenStandardInput();
        long bytes = 0, sum = 0;
        var buffer = new byte[65536];
        for (int read; (read = input.Read(buffer)) > 0; bytes += read)
            for (int i = 0; i < read; i++)
                sum = (sum * 31 + buffer[i]) % 1_000_000_007;
        Job.Say($"rank {rank} read {bytes} bytes, sum {sum}");
        return 0;
    }
}
