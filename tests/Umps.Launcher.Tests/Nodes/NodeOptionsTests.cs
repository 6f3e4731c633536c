using System;
using System.Collections.Generic;
using System.IO;
using Umps.Launcher;
using Umps.Transport;
using Xunit;

namespace Umps.Tests.Nodes;

/// <summary>What the node agent knows of the ranks' options before they do, and which interfaces it opens for them.</summary>
public sealed class NodeOptionsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("umps-options-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Nothing_IsDefault() => Assert.Equal((new TransportOptions() with { Agents = [] }).ToString(), (Read() with { Agents = [] }).ToString());

    [Fact]
    public void File_Environment_Settings_LaterWins()
    {
        File.WriteAllText(Path.Combine(_folder, "umps.json"), """
            { // as the ranks read it
              "Umps": { "Transport": { "Agents": ["Shm", "Tcp"], "Ethernet": { "Interface": "eth7", "EtherType": 4000 }, "Shm:UnitPoolBytes": 1048576, "Xdp": { "Queue": 3 } } },
            }
            """);
        var variables = new Dictionary<string, string> { ["UMPS__TRANSPORT__ETHERNET__INTERFACE"] = "eth8", ["umps__transport__xdp__ringentries"] = "64", ["PATH"] = "/bin" };

        TransportOptions options = Read(variables, ("Umps:Transport:Agents:0", "Shm"), ("Umps:Transport:Agents:1", "Xdp"), ("Umps:ShowConfig", "true"));

        Assert.Equal([AgentKind.Shm, AgentKind.Xdp], options.Agents);
        Assert.Equal(("eth8", 4000), (options.Ethernet.Interface, options.Ethernet.EtherType));
        Assert.Equal((3, 64), (options.Xdp.Queue, options.Xdp.RingEntries));
        Assert.Equal(1 << 20, options.Shm.UnitPoolBytes);
    }

    /// <summary>The ranks say what is wrong, all of it at once.</summary>
    [Theory]
    [InlineData("{ \"Umps\": { \"Transport\": { \"Xdp\": { \"Queue\": \"many\" } } } }")]
    [InlineData("{ \"Umps\": { \"Transport\": { \"Xdp\": { \"Queue\": -1 } } } }")]
    [InlineData("{ not json")]
    public void Wrong_IsLeftToTheRanks(string file)
    {
        File.WriteAllText(Path.Combine(_folder, "umps.json"), file);

        Assert.Equal(0, Read().Xdp.Queue);
    }

    [Theory]
    [InlineData("Shm,Tcp", true, "")]
    [InlineData("Shm,Xdp,Tcp", true, "Xdp")]
    [InlineData("Shm,Xdp,Tcp", false, "")]
    [InlineData("Shm,Udp,Packet", false, "")]
    [InlineData("Shm,Xdp", false, "Xdp")]
    [InlineData("Packet,Xdp", false, "Packet,Xdp")]
    [InlineData("Shm", true, "")]
    public void Interfaces_Wanted(string agents, bool severalNodes, string wanted)
    {
        AgentKind[] all = Array.ConvertAll(agents.Split(','), Enum.Parse<AgentKind>);

        Assert.Equal(wanted, string.Join(',', NodeInterfaces.Wanted(all, severalNodes)));
    }

    private TransportOptions Read(Dictionary<string, string>? variables = null, params (string Key, string Value)[] settings) =>
        NodeOptions.Of(Array.ConvertAll(settings, one => KeyValuePair.Create(one.Key, one.Value)), variables ?? [], _folder);
}
