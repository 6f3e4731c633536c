using System;
using System.Linq;
using Umps.Testing;
using Xunit;

namespace Umps.Tests.Collectives;

/// <summary>Split and Dup.</summary>
public class CommunicatorTests
{
    [RankTheory]
    public void Split_ByColorAndKey_OrdersByKeyThenRank(int ranks) => RankHost.Run(ranks, comm =>
    {
        using Comm part = comm.Split(comm.Rank % 3, key: -comm.Rank / 6);

        int[] expected = [.. Enumerable.Range(0, ranks).Where(rank => rank % 3 == comm.Rank % 3).OrderBy(rank => -rank / 6).ThenBy(rank => rank)];
        Assert.Equal(expected.Length, part.Size);
        Assert.Equal(Array.IndexOf(expected, comm.Rank), part.Rank);
        Assert.Equal(expected, part.Allgather(comm.Rank));
        Assert.Equal(expected[^1], part.Bcast(comm.Rank, root: part.Size - 1));
    });

    [RankTheory]
    public void Split_Undefined_GivesTheNullCommunicator(int ranks) => RankHost.Run(ranks, comm =>
    {
        Comm part = comm.Split(comm.Rank == 0 ? Comm.Undefined : 4);

        Assert.Equal(comm.Rank == 0, part.IsNull);
        Assert.Equal(comm.Rank == 0 ? 0 : ranks - 1, part.Size);
        if (part.IsNull)
        {
            Assert.Equal(Comm.Undefined, part.Rank);
            var error = Assert.Throws<MpiException>(part.Barrier);
            Assert.Equal(2005, error.ErrorId);
            Assert.Equal(2005, Assert.Throws<MpiException>(() => part.Allreduce(1, Op.Sum)).ErrorId);
            Assert.Equal(2005, Assert.Throws<MpiException>(() => part.Bcast(1)).ErrorId);
            Assert.Equal(2005, Assert.Throws<MpiException>(() => part.Split(0)).ErrorId);
            Assert.Contains("Undefined", error.Message, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(ranks - 1, part.Allreduce(1, Op.Sum));
        }
        part.Dispose();
    });

    [RankTheory]
    public void Split_OfASplit_StaysApart(int ranks) => RankHost.Run(ranks, comm =>
    {
        using Comm half = comm.Split(comm.Rank / 4);
        using Comm pair = half.Split(half.Rank / 2, key: -half.Rank);

        int sum = pair.Allreduce(comm.Rank, Op.Sum);

        int low = comm.Rank / 2 * 2;
        Assert.Equal(pair.Size == 1 ? low : 2 * low + 1, sum);
    });

    [RankTheory(1, 4)]
    public void SplitByNode_OneNode_AllRanks(int ranks) => RankHost.Run(ranks, comm =>
    {
        using Comm node = comm.SplitByNode();

        Assert.Equal(comm.Size, node.Size);
        Assert.Equal(comm.Rank, node.Rank);
    });

    /// <summary>What is sent in one is not received in the other, though source and tag are the same.</summary>
    [RankTheory(2, 3)]
    public void Dup_MessagesDoNotMeet(int ranks) => RankHost.Run(ranks, comm =>
    {
        using Comm other = comm.Dup();
        int up = (comm.Rank + 1) % ranks, down = (comm.Rank + ranks - 1) % ranks;

        Assert.Equal(comm.Rank, other.Rank);
        comm.Send(1, up, tag: 5);
        other.Send(2, up, tag: 5);
        Assert.Equal(2, other.Recv<int>(down, tag: 5));
        Assert.False(other.Iprobe(out _));
        Assert.Equal(1, comm.Recv<int>(down, tag: 5));
    });

    /// <summary>Messages that wait for a receive of the program do not get into its collectives.</summary>
    [RankTheory(2, 3, 8)]
    public void Collectives_BesideWaitingMessages_DoNotMeetThem(int ranks) => RankHost.Run(ranks, comm =>
    {
        int up = (comm.Rank + 1) % ranks, down = (comm.Rank + ranks - 1) % ranks;
        for (int i = 0; i < 5; i++)
            comm.Send(-1, up, tag: i);

        Assert.Equal(ranks, comm.Allreduce(1, Op.Sum));
        comm.Barrier();

        for (int i = 4; i >= 0; i--)
            Assert.Equal(-1, comm.Recv<int>(down, tag: i));
    });

    [RankTheory(4)]
    public void Dup_ManyAtOnce_ContextsDiffer(int ranks) => RankHost.Run(ranks, comm =>
    {
        var copies = new Comm[20];
        for (int i = 0; i < copies.Length; i++)
            copies[i] = (i % 2 == 0 ? comm : copies[i - 1]).Dup();

        Assert.Equal(copies.Length, copies.Select(copy => copy.Context).Distinct().Count());
        for (int i = 0; i < copies.Length; i++)
        {
            ulong[] contexts = copies[i].Allgather(copies[i].Context);
            Assert.All(contexts, context => Assert.Equal(copies[i].Context, context));
            copies[i].Dispose();
        }
    });
}
