using System;
using System.Globalization;
using System.Linq;
using Umps.Testing;
using Xunit;

namespace Umps.Tests;

/// <summary>A job on two nodes with a router between them: xdp puts its frames into datagrams.</summary>
public sealed class RouterTests : JobTest
{
    private const string Always = "UMPS__TRANSPORT__ETHERNET__ENCAPSULATION=Always";

    [Fact]
    public void Agents_OverARouter_AreXdp()
    {
        using TwoNodes nodes = TwoNodes.MakeRouted();

        JobResult result = JobRunner.Run(nodes.Job("-n", "8", "--transport", "shm,xdp,tcp", Repository.Ranks, "agents")).AssertExit(0).AssertQuiet();

        for (int distance = 1; distance < 8; distance++)
        {
            int far = distance;
            AssertEachRankSays(result, 8, rank => $"rank {rank} to {(rank + far) % 8}: {(rank / 4 == (rank + far) % 8 / 4 ? "Shm" : "Xdp")}");
        }
    }

    /// <summary>Over a router, and on one Ethernet where it is asked for.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Traffic_AndCollectives_AndLongMessages_AreRight(bool overARouter) => Seeds.Run(1, seed =>
    {
        using TwoNodes nodes = overARouter ? TwoNodes.MakeRouted() : TwoNodes.Make();
        string[] form = overARouter ? [] : ["-x", Always];
        string[] start = ["--map-by", "node", "--transport", "xdp", .. form, Repository.Ranks];

        JobResult traffic = JobRunner.Run(nodes.Job(["-n", "6", .. start, "traffic", seed.ToString(CultureInfo.InvariantCulture), "300", "2"])).AssertExit(0).AssertQuiet();
        JobResult collectives = JobRunner.Run(nodes.Job(["-n", "7", .. start, "collectives"])).AssertExit(0).AssertQuiet();
        JobResult large = JobRunner.Run(nodes.Job(["-n", "3", .. start, "large", "4"])).AssertExit(0).AssertQuiet();

        AssertEachRankSays(traffic, 6, rank => $"rank {rank}: traffic of seed {seed} is right");
        AssertEachRankSays(collectives, 7, rank => $"rank {rank}: collectives are right");
        Assert.NotEmpty(large.Out);
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Stencil2D_Verify_EqualsOneRankBitForBit(bool overARouter)
    {
        using TwoNodes nodes = overARouter ? TwoNodes.MakeRouted() : TwoNodes.Make();
        string[] form = overARouter ? [] : ["-x", Always];
        string sample = Repository.Output("samples/Stencil2D", "Stencil2D.dll");

        JobRunner.Run(nodes.Job(["-n", "4", "--map-by", "node", "--transport", "shm,xdp", .. form, sample, "--steps", "200", "--verify"]) with { SecondsMax = 120 })
            .AssertExit(0).AssertSays("bit for bit");
    }

    /// <summary>Where datagrams do not come through, tcp does; without it the job says why there is no way.</summary>
    [Fact]
    public void Firewall_DropsDatagrams_NextAgentOrAReasonedError()
    {
        using TwoNodes nodes = TwoNodes.MakeRouted();
        Shell.Run("ip", "-n", nodes.Between.Name, "rule", "add", "ipproto", "udp", "blackhole");

        JobResult next = JobRunner.Run(nodes.Job("-n", "4", "--map-by", "node", "--transport", "shm,xdp,tcp", Repository.Ranks, "agents")).AssertExit(0).AssertQuiet();
        JobResult none = JobRunner.Run(nodes.Job("-n", "2", "--map-by", "node", "--transport", "shm,xdp", Repository.Ranks, "collectives"));

        Assert.Equal(4 * 2, next.Out.Count(said => said.EndsWith("Tcp", StringComparison.Ordinal)));
        Assert.NotEqual(0, none.ExitCode);
        Assert.Contains(none.Error, line => line.Contains("does not answer at UDP port 17600", StringComparison.Ordinal));
    }
}
