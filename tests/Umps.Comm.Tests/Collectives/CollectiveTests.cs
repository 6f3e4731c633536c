using System;
using System.Numerics;
using System.Threading;
using Umps.Testing;
using Xunit;

namespace Umps.Tests.Collectives;

/// <summary>Every collective on several numbers of ranks, from every root, with lengths around the bounds of the algorithms and protocols.</summary>
public class CollectiveTests
{
    /// <summary>Elements of 4 to 16 bytes: none, one, fewer than ranks, inline, eager, past the bounds of the table (8 KiB a block, 16 KiB a vector).</summary>
    private static readonly int[] s_counts = [0, 1, 3, 8, 500, 2047, 2048, 5000];

    [RankTheory]
    public void Bcast_EveryRoot_AllHaveIt(int ranks) => RankHost.Run(ranks, comm =>
    {
        foreach (int count in s_counts)
        {
            for (int root = 0; root < ranks; root++)
                CollectiveChecks.Bcast(comm, count, root);
        }
        CollectiveChecks.Bcast(comm, 200_001, ranks - 1);       // scattered first
    });

    [RankTheory]
    public void Reduce_EveryRoot_RootHasIt(int ranks) => RankHost.Run(ranks, comm =>
    {
        foreach (int count in s_counts)
        {
            for (int root = 0; root < ranks; root++)
                CollectiveChecks.Reduce(comm, count, root);
        }
    });

    /// <summary>A rank that has brought its part may leave the job before another has come.</summary>
    [Fact]
    public void Reduce_ARankLeavesBeforeAnotherComes_RootHasIt()
    {
        for (int round = 0; round < 10; round++)
        {
            RankHost.Run(4, comm =>
            {
                comm.Barrier();
                if (comm.Rank == 1)
                    Thread.Sleep(50);
                int sum = comm.Reduce(comm.Rank + 1, Op.Sum, root: 0);
                if (comm.Rank == 0)
                    Assert.Equal(10, sum);
            });
        }
    }

    [RankTheory]
    public void Allreduce_AllHaveIt(int ranks) => RankHost.Run(ranks, comm =>
    {
        foreach (int count in s_counts)
            CollectiveChecks.Allreduce(comm, count);
        CollectiveChecks.Allreduce(comm, 100_003);
    });

    [RankTheory]
    public void Gather_EveryRoot_InRankOrder(int ranks) => RankHost.Run(ranks, comm =>
    {
        foreach (int count in s_counts)
        {
            for (int root = 0; root < ranks; root++)
            {
                CollectiveChecks.Gather(comm, count, root);
                CollectiveChecks.GatherInPlace(comm, count, root);
            }
        }
    });

    [RankTheory]
    public void Allgather_InRankOrder(int ranks) => RankHost.Run(ranks, comm =>
    {
        foreach (int count in s_counts)
            CollectiveChecks.Allgather(comm, count);
        CollectiveChecks.Allgather(comm, 50_001);
    });

    [RankTheory]
    public void Scatter_EveryRoot_EachHasItsOwn(int ranks) => RankHost.Run(ranks, comm =>
    {
        foreach (int count in s_counts)
        {
            for (int root = 0; root < ranks; root++)
                CollectiveChecks.Scatter(comm, count, root);
        }
    });

    [RankTheory]
    public void Alltoall_EachFromEach(int ranks) => RankHost.Run(ranks, comm =>
    {
        foreach (int count in s_counts)
            CollectiveChecks.Alltoall(comm, count);
    });

    [RankTheory]
    public void Barrier_NobodyLeavesBeforeAllCame(int ranks)
    {
        int came = 0;
        RankHost.Run(ranks, comm =>
        {
            for (int round = 1; round <= 50; round++)
            {
                Interlocked.Increment(ref came);
                comm.Barrier();
                Assert.True(Volatile.Read(ref came) >= round * ranks, $"round {round}: left when {came} had come");
                comm.Barrier();
            }
        });
    }

    [RankTheory]
    public void Values_OneARank(int ranks) => RankHost.Run(ranks, comm =>
    {
        int rank = comm.Rank, last = ranks - 1;
        int all = ranks * (ranks - 1) / 2;

        Assert.Equal(last, comm.Bcast(rank, root: last));
        int value = rank;
        comm.Bcast(ref value);
        Assert.Equal(0, value);
        Assert.Equal(rank == last ? all : 0, comm.Reduce(rank, Op.Sum, root: last));
        Assert.Equal(all, comm.Allreduce(rank, Op.Sum));
        Assert.Equal(new Complex(all, -all), comm.Allreduce(new Complex(rank, -rank), Op.Sum));
        Assert.Equal(new ValueLoc<double>(1, 0), comm.Allreduce(new ValueLoc<double>(rank % 3 == 0 ? 1 : 0.5, rank), Op.MaxLoc));
        int[]? gathered = comm.Gather(10 * rank, root: last);
        Assert.Equal(rank == last, gathered is not null);
        int[] allgathered = comm.Allgather(10 * rank);
        int[] expected = new int[ranks];
        for (int i = 0; i < ranks; i++)
            expected[i] = 10 * i;
        Assert.Equal(expected, gathered ?? expected);
        Assert.Equal(expected, allgathered);
        Assert.Equal(10 * rank, comm.Scatter<int>(rank == last ? expected : null, root: last));
        int[] dealt = comm.Alltoall<int>(expected);
        Assert.All(dealt, v => Assert.Equal(10 * rank, v));
    });

    /// <summary>Sums that round differently in another order: all ranks must have the same bits, and every time.</summary>
    [RankTheory]
    public void Allreduce_OfRoundedSums_SameBitsOnAllRanks(int ranks) => RankHost.Run(ranks, comm =>
    {
        foreach (int count in (int[])[1, 100, 3000])
        {
            var random = new Random(100 * count + comm.Rank);
            var send = new double[count];
            foreach (ref double element in send.AsSpan())
                element = (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-8, 8));
            var first = new double[count];
            var second = new double[count];

            comm.Allreduce(send, first, Op.Sum);
            comm.Allreduce(send, second, Op.Sum);
            var all = new double[count * ranks];
            comm.Allgather(first, all);

            for (int i = 0; i < count; i++)
            {
                Assert.Equal(BitConverter.DoubleToInt64Bits(first[i]), BitConverter.DoubleToInt64Bits(second[i]));
                for (int rank = 0; rank < ranks; rank++)
                    Assert.Equal(BitConverter.DoubleToInt64Bits(first[i]), BitConverter.DoubleToInt64Bits(all[rank * count + i]));
            }
        }
    });

    /// <summary>Two threads a rank, each in a communicator of its own.</summary>
    [RankTheory(2, 4)]
    public void Collectives_OfTwoThreadsOnTwoCommunicators_DoNotMeet(int ranks) => RankHost.Run(ranks, comm =>
    {
        using Comm other = comm.Dup();
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                for (int i = 0; i < 100; i++)
                    Assert.Equal(ranks * (i + 1000), other.Allreduce(i + 1000, Op.Sum));
            }
            catch (Exception error)
            {
                failure = error;
            }
        });
        thread.Start();
        for (int i = 0; i < 100; i++)
            Assert.Equal(ranks * i, comm.Allreduce(i, Op.Sum));
        thread.Join();
        Assert.Null(failure);
    });
}
