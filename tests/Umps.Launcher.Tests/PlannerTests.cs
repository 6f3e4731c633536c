using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using Umps.Launcher;
using Xunit;

namespace Umps.Tests;

/// <summary>From options to a plan.</summary>
public sealed class PlannerTests
{
    private readonly List<string> _said = [];

    [Fact]
    public void Plan_NoHosts_AreRanksHere()
    {
        JobPlan plan = Plan("-n", "3", "sh", "-c", "true");

        Assert.Equal([new PlannedNode(0, "localhost", null, true)], plan.Nodes);
        Assert.Equal([0, 0, 0], plan.NodeOfRank);
        Assert.Equal(["-c", "true"], plan.Command.Skip(1));
        Assert.True(Path.IsPathFullyQualified(plan.Command[0]));
    }

    [Fact]
    public void Plan_RanksNotSaid_AreCoresOrSlots()
    {
        Assert.Equal(Environment.ProcessorCount, Plan("sh").NodeOfRank.Count);
        Assert.Equal([0, 0, 1], Plan("--host", "localhost:2,there", "sh").NodeOfRank);
    }

    [Fact]
    public void Plan_HostsWithoutRank_AreNoNodes()
    {
        JobPlan plan = Plan("-n", "2", "--host", "there,elsewhere,here", "sh");
        JobPlan round = Plan("-n", "2", "--host", "me@there,localhost", "--map-by", "node", "sh");

        Assert.Equal([new(0, "there", null, false), new(1, "elsewhere", null, false)], plan.Nodes);
        Assert.Equal([new(0, "there", "me", false), new(1, "localhost", null, true)], round.Nodes);
    }

    [Fact]
    public void Plan_Transport_TravelsAsSettings() =>
        Assert.Equal([new("Umps:Transport:Agents:0", "Tcp"), new("Umps:Transport:Agents:1", "Shm")], Plan("-n", "1", "--transport", "tcp,shm", "sh").Settings);

    [Fact]
    public void Plan_ShmBetweenNodes_IsAnError()
    {
        Assert.Equal(3024, Error("--transport", "shm", "--host", "a,b", "sh").ErrorId);
        Assert.Single(Plan("-n", "1", "--transport", "shm", "--host", "a,b", "sh").Nodes);
    }

    [Fact]
    public void Plan_Variables_HaveTheirValuesAndTheLastOneCounts()
    {
        JobPlan plan = Plan("-n", "1", "-x", "KNOWN", "-x", "A=1", "-x", "A=2", "-x", "UNKNOWN", "sh");

        Assert.Equal([new("KNOWN", "known"), new("A", "2")], plan.Environment);
        Assert.Contains("UMPS3010", Assert.Single(_said), StringComparison.Ordinal);
    }

    [Fact]
    public void Plan_WorkingFolder_IsAbsoluteAndThere()
    {
        Assert.Equal(Directory.GetCurrentDirectory(), Plan("-n", "1", "--wdir", ".", "sh").WorkingFolder);
        Assert.Equal(3009, Error("--wdir", "/nonexistent", "sh").ErrorId);
        Assert.Equal("/nonexistent", Plan("--host", "there", "--wdir", "/nonexistent", "sh").WorkingFolder);
    }

    [Fact]
    public void Plan_TooManySlots_IsAnError() => Assert.Equal(3004, Error("--host", "a:4096,b:4096", "sh").ErrorId);

    private LauncherException Error(params string[] arguments) => Assert.Throws<LauncherException>(() => Plan(arguments));

    private JobPlan Plan(params string[] arguments)
    {
        var programs = new ProgramResolver(new ProjectBuild(DotnetHost.Find, _said.Add), DotnetHost.Find);
        var planner = new Planner(new LocalHost("here", () => "me", () => (IPAddress[])[]), programs, name => name == "KNOWN" ? "known" : null, _said.Add);
        return planner.Plan(new CommandLine().Parse(arguments, out _)!);
    }
}
