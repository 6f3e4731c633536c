using System;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using Umps.Testing;
using Umps.Transport;
using Xunit;

namespace Umps.Tests.Agents.Udp;

/// <summary>What is udp's own: strangers on the port, peers whose port is closed, agents beside it.</summary>
public sealed class UdpTests
{
    [Fact]
    public void Strangers_ChangeNothingAndAreCounted() => Seeds.Run(random =>
    {
        using var group = new EndpointGroup(2, AgentKind.Udp, UdpContract.Options);
        group.Send(0, 1, new byte[10]);
        group.PollUntil(() => group.Of(1).Messages.Count == 1, "the first message");
        using var stranger = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        byte[] bytes = new byte[2000];

        for (int i = 0; i < 10_000; i++)
        {
            random.NextBytes(bytes);
            stranger.SendTo(bytes.AsSpan(0, random.Next(2000)), IPEndPoint.Parse(group[1].AddressOf(AgentKind.Udp)));
            if (i % 20 == 0)
                group.PollAll();
        }
        group.Send(0, 1, new byte[3000]);
        group.PollUntil(() => group.Of(1).Messages.Count == 2, "the next message");

        Assert.Empty(group.Of(1).Lost);
        Assert.InRange(Counter(group[1], "corrupt"), 5_000, 10_000);
    });

    /// <summary>The socket of a peer closes without a goodbye: its process was killed. The kernel says so to whoever sends there.</summary>
    [Fact]
    public void Peer_PortIsClosed_IsLost()
    {
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        string address = closed.LocalEndPoint!.ToString()!;
        closed.Close();
        using var group = new EndpointGroup(2, AgentKind.Udp, UdpContract.Options, (_, _) => address);

        Assert.True(group[0].TrySend(1, default, new byte[10]));
        group.PollUntil(() => group.Of(0).Lost.Count > 0, "the peer's loss");

        Assert.Contains("UMPS1304", Assert.Single(group.Of(0).Lost).Reason, StringComparison.Ordinal);
        Assert.False(group[0].TrySend(1, default, default));
    }

    [Fact]
    public void Peer_AddressIsNone_IsLost()
    {
        using var group = new EndpointGroup(2, AgentKind.Udp, UdpContract.Options, (_, _) => "nowhere");

        Assert.False(group[0].TrySend(1, default, default));
        group.PollUntil(() => group.Of(0).Lost.Count > 0, "the peer's loss");

        Assert.Contains("UMPS1302", Assert.Single(group.Of(0).Lost).Reason, StringComparison.Ordinal);
    }

    /// <summary>Who sleeps wakes for a frame that must be sent again: nothing else would wake it.</summary>
    [Fact]
    public void Sleep_FrameIsLost_WakesToSendItAgain()
    {
        using var ways = new BadWays(1, loss: 1, duplication: 0, reordering: 0);
        using var group = new EndpointGroup(2, AgentKind.Udp, UdpContract.Options, ways.Between);
        Assert.True(group[0].TrySend(1, default, new byte[10]));

        WaitState wait = group[0].BeginWait();
        group[0].Arm(ArmLevel.Anything);
        group.Poll(0);
        Deadline deadline = Deadline.After(20);
        group[0].Sleep(TimeSpan.FromSeconds(30));
        group[0].Disarm(ref wait);

        Assert.False(deadline.HasPassed, "slept until the end: no timer woke it");
    }

    [Fact]
    public void Options_OutOfRange_AreListed()
    {
        var options = new TransportOptions { Link = new LinkOptions { WindowFrames = 1, EagerBytesMax = 1 } };

        var error = Assert.Throws<UmpsException>(() => new EndpointGroup(2, AgentKind.Udp, options));

        Assert.Equal(1305, error.ErrorId);
        Assert.Contains("WindowFrames", error.Message, StringComparison.Ordinal);
        Assert.Contains("EagerBytesMax", error.Message, StringComparison.Ordinal);
    }

    /// <summary>udp before tcp: the first that reaches carries, and both wake a sleeper.</summary>
    [Fact]
    public void Agents_UdpAndTcp_FirstOfTheOrderCarries()
    {
        using var group = new EndpointGroup(2, [AgentKind.Udp, AgentKind.Tcp], UdpContract.Options);

        Assert.Equal(AgentKind.Udp, group[0].AgentOf(1));
        group.Send(0, 1, new byte[100]);
        group.PollUntil(() => group.Of(1).Messages.Count == 1, "the message");
        Assert.Equal([AgentKind.Tcp, AgentKind.Udp], group[0].ShowState().Agents.Select(a => a.Kind));
    }

    private static long Counter(Endpoint endpoint, string name) => endpoint.ShowState().Agents.Single().Counters.First(c => c.Key == name).Value;
}
