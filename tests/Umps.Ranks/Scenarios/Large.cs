using System;

namespace Umps.Ranks.Scenarios;

/// <summary>large [MEBIBYTES]: long messages go round, both ways at once, and every word is checked.</summary>
internal static class Large
{
    public static int Run(string[] args)
    {
        int mebibytes = Job.Number(args, 0, 16);
        using Mpi mpi = Job.Join();
        Comm comm = mpi.World;
        var sent = new long[mebibytes * (1 << 17)];
        var received = new long[sent.Length];
        Fill(sent, comm.Rank);
        for (int step = 1; step <= 2; step++)
        {
            int to = (comm.Rank + step) % comm.Size, from = (comm.Rank + comm.Size * step - step) % comm.Size;
            Array.Clear(received);
            Request receive = comm.Irecv(received, from, tag: step);
            comm.Send(sent, to, tag: step);
            receive.Wait();
            for (int i = 0; i < received.Length; i++)
            {
                if (received[i] == Word(from, i))
                    continue;
                Job.Say($"rank {comm.Rank}: word {i} from rank {from} is {received[i]:x}, not {Word(from, i):x}");
                return 1;
            }
        }

        Job.Say($"rank {comm.Rank}: {mebibytes} MiB are right");
        return 0;
    }

    private static void Fill(long[] data, int rank)
    {
        for (int i = 0; i < data.Length; i++)
            data[i] = Word(rank, i);
    }

    private static long Word(int rank, int i) => (rank + 1L) * 0x1E3779B97F4A7C15L + i;
}
