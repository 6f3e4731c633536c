using System.Globalization;
using System.IO;
using Umps.Testing;
using Xunit;

namespace Umps.Tests;

/// <summary>Ranks as processes move their data right, over each agent and on odd numbers of ranks too.</summary>
public sealed class ScenarioTests : JobTest
{
    [RankTheory(2, 7, With = new object[] { "shm", "tcp", "udp" })]
    public void Agents_EveryPair_IsCarriedByTheAgentAskedFor(int ranks, string transport)
    {
        JobResult result = RunWell(ranks, transport, "agents");

        string agent = transport switch { "shm" => "Shm", "tcp" => "Tcp", _ => "Udp" };
        Assert.Equal(ranks * (ranks - 1), result.Out.Count);
        for (int distance = 1; distance < ranks; distance++)
        {
            int far = distance;
            AssertEachRankSays(result, ranks, rank => $"rank {rank} to {(rank + far) % ranks}: {agent}");
        }
    }

    [RankTheory(1, 2, 7, 8, With = new object[] { "shm", "tcp", "udp" }, AloneOnce = true)]
    public void Ring_Token_CountsItsHops(int ranks, string transport) =>
        RunWell(ranks, transport, "ring", "100").AssertSays($"token went 100 rounds of {ranks}");

    [RankTheory(With = new object[] { "shm", "tcp", "udp" }, AloneOnce = true)]
    public void Traffic_Random_Arrives(int ranks, string transport) => Seeds.Run(1, seed =>
        AssertEachRankSays(
            RunWell(ranks, transport, "traffic", seed.ToString(CultureInfo.InvariantCulture), "300", "2"),
            ranks,
            rank => $"rank {rank}: traffic of seed {seed} is right"));

    [RankTheory(2, 3, 8, With = new object[] { "shm", "tcp", "udp" })]
    public void Flood_TakenLastSenderFirst_Arrives(int ranks, string transport) =>
        RunWell(ranks, transport, "flood", "1000", "3000").AssertSays($"from {ranks - 1} ranks is right");

    [RankTheory(1, 2, 7, With = new object[] { "shm", "tcp", "udp" }, AloneOnce = true)]
    public void Objects_OfAnySize_GoRound(int ranks, string transport) =>
        AssertEachRankSays(RunWell(ranks, transport, "objects"), ranks, rank => $"rank {rank}: objects are right");

    [RankTheory(1, 2, 3, With = new object[] { "shm", "tcp", "udp" }, AloneOnce = true)]
    public void Large_Messages_GoRound(int ranks, string transport) =>
        AssertEachRankSays(RunWell(ranks, transport, "large", "24"), ranks, rank => $"rank {rank}: 24 MiB are right");

    [RankTheory(1, 2, 3, 7, 8, With = new object[] { "shm", "tcp", "udp" }, AloneOnce = true)]
    public void Collectives_Right(int ranks, string transport) =>
        AssertEachRankSays(RunWell(ranks, transport, "collectives"), ranks, rank => $"rank {rank}: collectives are right");

    /// <summary>What a rank has sent leaves it though it makes no further call.</summary>
    [RankTheory(2, 3, With = new object[] { "shm", "tcp", "udp" })]
    public void Burst_ThenComputes_Arrives(int ranks, string transport)
    {
        string folder = Directory.CreateTempSubdirectory("umps-burst-").FullName;
        try
        {
            AssertEachRankSays(RunWell(ranks, transport, "burst", Path.Combine(folder, "arrived"), "12"), ranks, rank => $"rank {rank}: bursts are right");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
