using System;

namespace Umps.Ranks.Scenarios;

/// <summary>loans [round | flood | full WHO]: blocks go round, more than the arena holds pass through it, or one rank keeps them all and dies.</summary>
internal static class Loans
{
    private static readonly int[] s_lengths = [1, 8, 9, 511, 512, 513, 8192, 8193, 131_072, 655_360];

    public static int Run(string[] args) => (args.Length > 0 ? args[0] : "round") switch
    {
        "round" => Round(),
        "flood" => Flood(Job.Number(args, 1, 40)),
        "full" => Full(Job.Number(args, 1, 1)),
        string how => throw new ArgumentException($"loans {how}?"),
    };

    /// <summary>Every rank lends to its right neighbour; blocks are read in place, copied out, or sent on; messages that are no blocks are received as blocks.</summary>
    private static int Round()
    {
        using Mpi mpi = Job.Join();
        Comm comm = mpi.World;
        int right = (comm.Rank + 1) % comm.Size, left = (comm.Rank + comm.Size - 1) % comm.Size, beforeLeft = (left + comm.Size - 1) % comm.Size;
        for (int lap = 0; lap < 3; lap++)
        {
            foreach (int length in s_lengths)
            {
                LoanedBlock<long> block = comm.Loan<long>(length);
                Fill(block.Span, comm.Rank, length);
                Request sent = comm.Isend(block, right, tag: 1);
                LoanedBlock<long> come = comm.RecvLoan<long>(left, 1);
                sent.Wait();
                if (!IsRight(comm, come.Span, left, length))
                    return 1;
                sent = comm.Isend(come, right, tag: 2);         // on: its owner is two to the left of who reads it
                var copy = new long[length];
                comm.Recv(copy, left, 2);
                sent.Wait();
                if (!IsRight(comm, copy, beforeLeft, length))
                    return 1;

                using SharedBuffer<long> buffer = comm.Allocate<long>(length);
                Fill(buffer.Span, comm.Rank, length + 1);
                sent = comm.Isend(buffer.Memory, right, tag: 3);
                using LoanedBlock<long> message = comm.RecvLoan<long>(left, 3);
                sent.Wait();
                if (!IsRight(comm, message.Span, left, length + 1))
                    return 1;
            }
        }
        comm.Barrier();
        Job.Say($"rank {comm.Rank}: loans are right, {comm.Core.Endpoint.Loans.HeldCount} are held");
        return 0;
    }

    /// <summary>Rank 0 lends without waiting for an answer, blocks of 4 MiB; the others read and give back.</summary>
    private static int Flood(int blocks)
    {
        using Mpi mpi = Job.Join();
        Comm comm = mpi.World;
        for (int i = 0; i < blocks; i++)
        {
            for (int to = 1; comm.Rank == 0 && to < comm.Size; to++)
            {
                LoanedBlock<long> block = comm.Loan<long>(1 << 19);
                Fill(block.Span, to, i);
                comm.Send(block, to);
            }
            if (comm.Rank == 0)
                continue;
            using LoanedBlock<long> come = comm.RecvLoan<long>(0);
            if (!IsRight(comm, come.Span, comm.Rank, i))
                return 1;
        }
        Job.Say($"rank {comm.Rank}: {blocks} blocks of 4 MiB are right");
        return 0;
    }

    /// <summary>One rank keeps all that rank 0 can lend, and is killed while rank 0 waits for it to come home.</summary>
    private static int Full(int who)
    {
        using Mpi mpi = Job.Join();
        Comm comm = mpi.World;
        while (comm.Rank == 0)
            comm.Send(comm.Loan<byte>(8 << 20), who);
        if (comm.Rank != who)
        {
            comm.Recv<int>(who);
            return 3;
        }
        for (int i = 0; i < 8; i++)
            _ = comm.RecvLoan<byte>(0);
        Job.Say($"rank {comm.Rank} pid {Environment.ProcessId} has them all");
        System.Diagnostics.Process.GetCurrentProcess().Kill();
        return 0;
    }

    private static void Fill(Span<long> span, int rank, int seed)
    {
        for (int i = 0; i < span.Length; i++)
            span[i] = Word(rank, seed, i);
    }

    private static bool IsRight(Comm comm, ReadOnlySpan<long> span, int rank, int seed)
    {
        for (int i = 0; i < span.Length; i++)
        {
            if (span[i] == Word(rank, seed, i))
                continue;
            Job.Say($"rank {comm.Rank}: word {i} of {span.Length} from rank {rank} is {span[i]:x}, not {Word(rank, seed, i):x}");
            return false;
        }
        return true;
    }

    private static long Word(int rank, int seed, int i) => ((rank + 1L) * 0x1E3779B97F4A7C15L) + ((long)seed << 32) + i;
}
