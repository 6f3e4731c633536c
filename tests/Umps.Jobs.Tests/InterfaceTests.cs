using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Umps.Testing;
using Xunit;

namespace Umps.Tests;

/// <summary>A job on two nodes that talk by an Ethernet interface of their own, past the kernel's stack: packet and xdp.</summary>
public sealed class InterfaceTests : JobTest
{
    [Theory]
    [InlineData("packet", "Packet")]
    [InlineData("xdp", "Xdp")]
    public void Agents_WithinANodeShm_BetweenNodesByInterface(string transport, string agent)
    {
        using TwoNodes nodes = TwoNodes.Make();

        JobResult result = JobRunner.Run(nodes.Job("-n", "8", "--transport", $"shm,{transport},tcp", Repository.Ranks, "agents")).AssertExit(0).AssertQuiet();

        Assert.Equal(8 * 7, result.Out.Count);
        for (int distance = 1; distance < 8; distance++)
        {
            int far = distance;
            AssertEachRankSays(result, 8, rank => $"rank {rank} to {(rank + far) % 8}: {(rank / 4 == (rank + far) % 8 / 4 ? "Shm" : agent)}");
        }
    }

    /// <summary>Named alone: shm carries what stays on a node all the same.</summary>
    [Theory]
    [InlineData("packet")]
    [InlineData("xdp")]
    public void Traffic_AndCollectives_AndLongMessages_AreRight(string transport) => Seeds.Run(1, seed =>
    {
        using TwoNodes nodes = TwoNodes.Make();

        JobResult traffic = JobRunner.Run(nodes.Job("-n", "6", "--map-by", "node", "--transport", transport, Repository.Ranks, "traffic", seed.ToString(CultureInfo.InvariantCulture), "300", "2")).AssertExit(0).AssertQuiet();
        JobResult collectives = JobRunner.Run(nodes.Job("-n", "7", "--transport", transport, Repository.Ranks, "collectives")).AssertExit(0).AssertQuiet();
        JobResult large = JobRunner.Run(nodes.Job("-n", "3", "--map-by", "node", "--transport", transport, Repository.Ranks, "large", "4")).AssertExit(0).AssertQuiet();

        AssertEachRankSays(traffic, 6, rank => $"rank {rank}: traffic of seed {seed} is right");
        AssertEachRankSays(collectives, 7, rank => $"rank {rank}: collectives are right");
        Assert.NotEmpty(large.Out);
    });

    [Theory]
    [InlineData("packet")]
    [InlineData("xdp")]
    public void Stencil2D_Verify_EqualsOneRankBitForBit(string transport)
    {
        using TwoNodes nodes = TwoNodes.Make();
        string sample = Repository.Output("samples/Stencil2D", "Stencil2D.dll");

        JobRunner.Run(nodes.Job("-n", "4", "--map-by", "node", "--transport", $"shm,{transport}", sample, "--steps", "200", "--verify") with { SecondsMax = 120 })
            .AssertExit(0).AssertSays("bit for bit");
    }

    [Theory]
    [InlineData("packet")]
    [InlineData("xdp")]
    public void Die_OnTheOtherNode_EndsTheJobWithOneReport(string transport)
    {
        using TwoNodes nodes = TwoNodes.Make();

        JobResult result = JobRunner.Run(nodes.Job("-n", "8", "--transport", $"shm,{transport}", Repository.Ranks, "die", "kill", "6")).AssertExit(128 + 9);

        Assert.Contains("rank 6", AssertOneReport(result), StringComparison.Ordinal);
    }

    /// <summary>The kernel takes the program off the interface and the sockets with their owner: the next job finds it free.</summary>
    [Fact]
    public void Kill_Umpsrun_LeavesTheInterfaceFree()
    {
        using TwoNodes nodes = TwoNodes.Make();
        using (JobRunner job = StartHanging(nodes, "shm,xdp"))
        {
            job.Signal("KILL");
            Assert.Equal(128 + 9, job.WaitForExit().ExitCode);
        }

        JobRunner.Run(nodes.Job("-n", "8", "--transport", "shm,xdp", Repository.Ranks, "agents")).AssertExit(0).AssertQuiet();
    }

    [Fact]
    public void Unplug_OtherNode_EndsTheJobWithAReport()
    {
        using TwoNodes nodes = TwoNodes.Make();
        using JobRunner job = StartHanging(nodes, "shm,xdp", checkLeaks: false);

        nodes.Second.Unplug();

        JobResult result = job.WaitForExit();
        Assert.NotEqual(0, result.ExitCode);
        AssertOneReport(result);
        job.AssertNothingLeft(secondsMax: 60);
    }

    /// <summary>The interface has one owner for xdp. Another job says so, once a node, and uses what comes next; where nothing does, it does not begin.</summary>
    [Fact]
    public void Interface_IsAnotherJobs_NextAgentOrRefused()
    {
        using TwoNodes nodes = TwoNodes.Make();
        using JobRunner owner = StartHanging(nodes, "shm,xdp", checkLeaks: false);

        // What runs elsewhere is the owner's: not to be taken for this job's, and ended.
        JobResult fallback = JobRunner.Run(nodes.Job("-n", "8", "--transport", "shm,xdp,tcp", Repository.Ranks, "agents") with { Elsewhere = [] }).AssertExit(0);
        JobResult refused = JobRunner.Run(nodes.Job("-n", "8", "--transport", "shm,xdp", Repository.Ranks, "agents") with { Elsewhere = [] }).AssertExit(2);
        owner.Signal("TERM");
        owner.WaitForExit();

        Assert.Equal(2, fallback.Error.Count);
        Assert.All(fallback.Error, line => Assert.Contains("UMPS3115", line, StringComparison.Ordinal));
        fallback.AssertErrorLines(nodes.Second.Address, 1);
        Assert.DoesNotContain(fallback.Out, line => line.Contains("Xdp", StringComparison.Ordinal));
        string report = AssertOneReport(refused);
        Assert.Contains("UMPS3114", report, StringComparison.Ordinal);
        Assert.Contains("another job", report, StringComparison.Ordinal);
        Assert.Empty(refused.Out);
    }

    /// <summary>One of the two nodes has the interface that is named: the pair takes what both have, and both know.</summary>
    [Fact]
    public void Interface_OnOneNodeOnly_BothSidesUseTcp()
    {
        using TwoNodes nodes = TwoNodes.Make();
        JobSetup setup = nodes.Job("-n", "8", "--transport", "shm,packet,xdp,tcp", Repository.Ranks, "agents");

        JobResult result = JobRunner.Run(With(setup, ("UMPS__TRANSPORT__ETHERNET__INTERFACE", nodes.First.Interface))).AssertExit(0);

        string line = Assert.Single(result.Error);
        Assert.Contains(nodes.Second.Address, line, StringComparison.Ordinal);
        Assert.Contains("tcp", line, StringComparison.Ordinal);
        Assert.Equal(8 * 4, result.Out.Count(said => said.EndsWith("Tcp", StringComparison.Ordinal)));
        Assert.Equal(8 * 3, result.Out.Count(said => said.EndsWith("Shm", StringComparison.Ordinal)));
    }

    /// <summary>No IP network in common: a router may stand between, over which no frame goes by itself, and nobody would ever answer. In datagrams frames go; where they must not, and for packet, it is the next agent's.</summary>
    [Theory]
    [InlineData("xdp", "Auto", "Xdp")]
    [InlineData("xdp", "Never", "Tcp")]
    [InlineData("packet", "Auto", "Tcp")]
    public void Interfaces_OnDifferentNetworks_ByDatagramsOrTheNextAgent(string transport, string encapsulation, string agent)
    {
        using TwoNodes nodes = TwoNodes.Make();
        Shell.Run("ip", "-n", nodes.Second.Name, "addr", "add", $"{nodes.Second.Address}/25", "dev", nodes.Second.Interface);
        Shell.Run("ip", "-n", nodes.Second.Name, "addr", "del", $"{nodes.Second.Address}/24", "dev", nodes.Second.Interface);
        Shell.Run("ip", "-n", nodes.Second.Name, "addr", "flush", "dev", nodes.Second.Interface, "scope", "link");

        JobResult result = JobRunner.Run(nodes.Job("-n", "4", "--map-by", "node", "--transport", $"shm,{transport},tcp", "-x", $"UMPS__TRANSPORT__ETHERNET__ENCAPSULATION={encapsulation}", Repository.Ranks, "agents"))
            .AssertExit(0).AssertQuiet();

        Assert.Equal(4 * 2, result.Out.Count(said => said.EndsWith(agent, StringComparison.Ordinal)));
    }

    /// <summary>Both may be listed: each keeps to frames of its own.</summary>
    [Fact]
    public void Both_Listed_TheFirstCarries()
    {
        using TwoNodes nodes = TwoNodes.Make();

        JobResult result = JobRunner.Run(nodes.Job("-n", "4", "--map-by", "node", "--transport", "shm,packet,xdp", Repository.Ranks, "agents")).AssertExit(0).AssertQuiet();

        Assert.Equal(4 * 2, result.Out.Count(said => said.EndsWith("Packet", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("xdp", "nowhere0", "there is no interface nowhere0")]
    [InlineData("packet", "nowhere0", "there is no interface nowhere0")]
    [InlineData("xdp", "off0", "off0 is down")]
    [InlineData("shm,packet", "off0", "off0 is down")]
    public void Interface_CannotBeUsed_IsToldAndNothingStarts(string transport, string name, string says)
    {
        NetworkNamespace.SkipUnlessPossible();
        (NetworkNamespace here, NetworkNamespace there) = NetworkNamespace.MakePair();
        using (here)
        using (there)
        {
            Shell.Run("ip", "-n", here.Name, "link", "add", "off0", "type", "veth", "peer", "name", "off1");

            JobResult result = JobRunner.Run(With(JobSetup.Umpsrun("-n", "2", "--transport", transport, Repository.Ranks, "agents") with { Namespace = here }, ("UMPS__TRANSPORT__ETHERNET__INTERFACE", name))).AssertExit(2);

            string report = AssertOneReport(result);
            Assert.Contains("UMPS3114", report, StringComparison.Ordinal);
            Assert.Contains(says, report, StringComparison.Ordinal);
            Assert.Empty(result.Out);
        }
    }

    private static JobSetup With(JobSetup setup, params (string Name, string Value)[] variables)
    {
        var all = new Dictionary<string, string?>(setup.Environment);
        foreach ((string name, string value) in variables)
            all[name] = value;
        return setup with { Environment = all };
    }

    private static JobRunner StartHanging(TwoNodes nodes, string transport, bool checkLeaks = true)
    {
        JobRunner job = JobRunner.Start(nodes.Job("-n", "8", "--transport", transport, Repository.Ranks, "hang", "recv") with { CheckLeaks = checkLeaks });
        job.WaitForLine("hangs", 8);
        return job;
    }
}
