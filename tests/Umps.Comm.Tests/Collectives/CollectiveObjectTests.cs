using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using MessagePack;
using MessagePack.Resolvers;
using Umps.Testing;
using Xunit;

namespace Umps.Tests.Collectives;

/// <summary>The collectives of objects.</summary>
public class CollectiveObjectTests
{
    [RankTheory]
    public void BcastObject_EveryRoot_AllHaveIt(int ranks) => RankHost.Run(ranks, comm =>
    {
        for (int root = 0; root < ranks; root++)
        {
            var value = comm.Rank == root ? new Dictionary<string, int[]> { ["rank"] = [root], ["long"] = new int[20_000] } : null;

            Dictionary<string, int[]>? received = comm.BcastObject(value, root);

            Assert.Equal([root], received!["rank"]);
            Assert.Equal(20_000, received["long"].Length);
        }
    });

    [RankTheory]
    public void GatherAndScatterObject_EveryRoot(int ranks) => RankHost.Run(ranks, comm =>
    {
        for (int root = 0; root < ranks; root++)
        {
            string[]? gathered = comm.GatherObject(new string('x', 100 * comm.Rank) + comm.Rank, root);
            Assert.Equal(comm.Rank == root, gathered is not null);
            Assert.Equal(new string('x', 100 * comm.Rank) + comm.Rank, comm.ScatterObject(gathered, root));
        }
    });

    [RankTheory]
    public void AllgatherAndAlltoallObject(int ranks) => RankHost.Run(ranks, comm =>
    {
        string[] expected = [.. Enumerable.Range(0, ranks).Select(rank => $"{new string('y', 5000 * rank)} from {rank}")];

        Assert.Equal(expected, comm.AllgatherObject(expected[comm.Rank]));

        string[] dealt = comm.AlltoallObject(Enumerable.Range(0, ranks).Select(to => $"{comm.Rank} to {to}").ToArray());
        Assert.Equal(Enumerable.Range(0, ranks).Select(from => $"{from} to {comm.Rank}"), dealt);
    });

    [RankTheory]
    public void ReduceAndAllreduceObject_InRankOrder(int ranks) => RankHost.Run(ranks, comm =>
    {
        string all = string.Concat(Enumerable.Range(0, ranks));
        for (int root = 0; root < ranks; root++)
            Assert.Equal(comm.Rank == root ? all : null, comm.ReduceObject(comm.Rank.ToString(CultureInfo.InvariantCulture), (a, b) => a + b, root));
        Assert.Equal(all, comm.AllreduceObject(comm.Rank.ToString(CultureInfo.InvariantCulture), (a, b) => a + b));
    });

    [RankTheory(2)]
    public void BcastObject_WithOptionsOfTheCaller_UsesThem(int ranks) => RankHost.Run(ranks, comm =>
    {
        MessagePackSerializerOptions compressed = StandardResolver.Options.WithCompression(MessagePackCompression.Lz4BlockArray);

        int[] received = comm.BcastObject(new int[50_000], serializer: compressed);

        Assert.Equal(50_000, received.Length);
    });
}
