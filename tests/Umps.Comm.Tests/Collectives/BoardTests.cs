using System;
using System.Linq;
using System.Threading;
using Umps.Testing;
using Xunit;

namespace Umps.Tests.Collectives;

/// <summary>Collectives that meet on boards in the node's memory: when there are none left, beside each other, and when a rank is missing.</summary>
public class BoardTests
{
    private const int AnyTag = 0;       // only names the call in errors

    [RankTheory(2, 3, 5)]
    public void MoreCommunicatorsThanBoards_AllServe_AndBoardsComeBack(int ranks) => RankHost.Run(ranks, comm =>
    {
        int boards = -1;
        for (int round = 0; round < 3; round++)
        {
            Comm[] copies = [.. Enumerable.Range(0, 40).Select(_ => comm.Dup())];
            foreach (Comm copy in copies)
            {
                CollectiveChecks.Allreduce(copy, 3);
                CollectiveChecks.Bcast(copy, 100, ranks - 1);
                copy.Barrier();
            }
            int now = copies.Count(copy => copy.FindBoard(AnyTag) is not null);
            Assert.InRange(now, 1, copies.Length - 1);      // some have one, some have none
            Assert.True(boards < 0 || now == boards, $"{now} boards in round {round}, {boards} before");
            boards = now;
            foreach (Comm copy in round == 1 ? copies.Reverse() : copies)
                copy.Dispose();
        }
    });

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(6, true)]
    [InlineData(3, false)]
    public void RandomCalls_BesideMessages_AreRight(int ranks, bool boards) => Seeds.Run(2, seed => RankHost.Run(
        ranks,
        comm =>
        {
            Assert.Equal(boards, comm.Core.Options.Collectives.Boards);
            var random = new Random(seed);              // the same on all ranks
            int right = (comm.Rank + 1) % ranks, left = (comm.Rank + ranks - 1) % ranks;
            for (int call = 0; call < 150; call++)
            {
                int count = random.Next(4) == 0 ? random.Next(6000) : random.Next(12), root = random.Next(ranks);
                Request message = comm.Irecv(new int[1], left, tag: call);
                switch (random.Next(6))
                {
                    case 0: CollectiveChecks.Bcast(comm, count, root); break;
                    case 1: CollectiveChecks.Reduce(comm, count, root); break;
                    case 2: CollectiveChecks.Allreduce(comm, count); break;
                    case 3: CollectiveChecks.Gather(comm, count, root); break;
                    case 4: comm.Barrier(); break;
                    default: CollectiveChecks.GatherInPlace(comm, count, root); break;
                }
                comm.Send(call, right, tag: call);
                message.Wait();
            }
        },
        new MpiOptions { Collectives = new Umps.Collectives.CollectiveTable { Boards = boards } }));

    [Fact]
    public void Threads_EachWithACommunicator_DoNotMeet() => RankHost.Run(3, comm =>
    {
        Comm[] copies = [.. Enumerable.Range(0, 4).Select(_ => comm.Dup())];
        Exception? failure = null;
        Thread[] threads = [.. copies.Select((copy, i) => new Thread(() =>
        {
            try
            {
                for (int call = 0; call < 300; call++)
                    Assert.Equal((3 * call) + (10 * i * 3) + 3, copy.Allreduce(call + (10 * i) + copy.Rank, Op.Sum));
            }
            catch (Exception error)
            {
                failure = error;
            }
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        Assert.Null(failure);
    });

    [RankTheory(2, 3, 5)]
    public void Barrier_ARankHasLeft_IsAnErrorOfAllOthers(int ranks) => RankHost.Run(ranks, comm =>
    {
        comm.Barrier();
        if (comm.Rank == ranks - 1)
            return;
        MpiException error = Assert.Throws<MpiException>(comm.Barrier);
        Assert.Contains("UMPS2201", error.Message, StringComparison.Ordinal);
        Assert.Contains("Barrier", error.Message, StringComparison.Ordinal);
    });
}
