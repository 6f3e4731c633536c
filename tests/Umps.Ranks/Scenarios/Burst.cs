using System;
using System.Diagnostics;
using System.IO;

namespace Umps.Ranks.Scenarios;

/// <summary>burst FILE ROUNDS: rank 0 sends bursts and then makes no call until rank 1 has said, by a file, that it has all of them.</summary>
/// <remarks>A round in turn by Send, by Isend, and with a receive outstanding; the calls begin at once, or when the rank's helper has long been asleep.</remarks>
internal static class Burst
{
    private const int Messages = 300;

    public static int Run(string[] args)
    {
        string file = args[0];
        int rounds = int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture);
        using Mpi mpi = Job.Join();
        Comm world = mpi.World;
        for (int round = 0; round < rounds; round++)
        {
            world.Barrier();
            if (world.Rank == 0 && !Send(world, round, $"{file}.{round}"))
            {
                Job.Say($"rank 0: round {round}: the burst did not arrive while the program computed");
                return 1;
            }
            if (world.Rank == 1 && Receive(world, round, $"{file}.{round}") is { } wrong)
            {
                Job.Say($"rank 1: round {round}: {wrong}");
                return 1;
            }
        }
        Job.Say($"rank {world.Rank}: bursts are right");
        return 0;
    }

    private static bool Send(Comm world, int round, string file)
    {
        int[] data = new int[8];
        int[] late = new int[1];
        Request answer = round % 3 == 2 ? world.Irecv<int>(late, source: 1, tag: 2) : default;
        if (round % 4 == 3)
            Compute(() => false, seconds: 0.05);
        for (int i = 0; i < Messages; i++)
        {
            data[0] = i;
            if (round % 3 == 1)
                world.Isend<int>(data, dest: 1, tag: 1).Wait();
            else
                world.Send<int>(data.AsSpan(0, 1 + (i % data.Length)), dest: 1, tag: 1);
        }
        bool arrived = Compute(() => File.Exists(file), seconds: 20);
        world.Send(round, dest: 1, tag: 3);
        answer.Wait();
        return arrived && (round % 3 != 2 || late[0] == round);
    }

    private static string? Receive(Comm world, int round, string file)
    {
        int[] data = new int[8];
        for (int i = 0; i < Messages; i++)
        {
            world.Recv<int>(data, source: 0, tag: 1);
            if (data[0] != i)
                return $"message {data[0]} instead of {i}";
        }
        File.WriteAllText(file, "");
        if (world.Recv<int>(source: 0, tag: 3) != round)
            return "the wrong end";
        if (round % 3 == 2)
            world.Send(round, dest: 0, tag: 2);
        return null;
    }

    private static bool Compute(Func<bool> isDone, double seconds)
    {
        long deadline = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
        while (!isDone())
        {
            if (Stopwatch.GetTimestamp() > deadline)
                return false;
        }
        return true;
    }
}
