using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Umps.Testing;
using Umps.Transport;
using Umps.Transport.Agents.Ethernet;
using Xunit;

namespace Umps.Tests.Agents.Ethernet;

/// <summary>The contract of NIC agents over an agent that uses an Ethernet interface itself, between network namespaces; and what such agents have in common. A class an agent and form derives.</summary>
public abstract class EthernetContract(AgentKind agent, TransportOptions options, EthernetHub hub) : NicAgentContract(agent, options), IClassFixture<EthernetHub>
{
    /// <summary>One thread holds both ends here: who leaves waits in vain for the other to look.</summary>
    internal static readonly TransportOptions Options = new() { Link = new LinkOptions { FlushSecondsMax = 0.2 } };

    /// <summary>Small windows: hardly a message finds room at once.</summary>
    internal static readonly TransportOptions Tight = new() { Link = new LinkOptions { FlushSecondsMax = 0.2, WindowFrames = 16, EagerBytesMax = 12_000, EagerCreditBytes = 64 * 1024 } };

    private readonly AgentKind _agent = agent;
    private readonly TransportOptions _defaults = options;

    protected EthernetHub Hub { get; } = hub;

    /// <summary>Skips where the agent cannot be had.</summary>
    protected virtual void SkipUnlessPossible() => NetworkNamespace.SkipUnlessPossible();

    /// <summary>Another machine.</summary>
    private protected virtual IStranger Stranger(NetworkNamespace node, string address) => new Stranger(node, address);

    protected override EndpointGroup Start(int endpoints, TransportOptions? options = null)
    {
        SkipUnlessPossible();
        return new EndpointGroup(_agent, options ?? _defaults, Hub.Nodes(endpoints));
    }

    [Fact]
    public void Traffic_ManyThroughTheWholeRing_NothingIsLostOrRepeated()
    {
        const int Messages = 30_000;
        using EndpointGroup group = Start(2);
        Connect(group);

        for (int i = 0; i < Messages; i++)
        {
            group.Send(0, 1, Pattern(i % 200, i), word1: (uint)i);
            if (i % 50 == 0)
                group.PollAll();
        }
        group.PollUntil(() => group.Of(1).Messages.Count >= Messages, "the messages");

        for (int i = 0; i < Messages; i++)
        {
            Recorder.Received message = group.Of(1).Messages[i];
            Assert.Equal((uint)i, message.Word1);
            Assert.True(Pattern(i % 200, i).AsSpan().SequenceEqual(message.Bytes), $"message {i} is damaged");
        }
        Assert.Equal(Messages, group.Of(1).Messages.Count);
        Assert.Equal(0, Counter(group, 1, "corrupt"));
    }

    /// <summary>The interface goes down and comes up again: what was sent meanwhile arrives.</summary>
    [Fact]
    public void Interface_DownThenUp_TrafficGoesOn()
    {
        using EndpointGroup group = Start(2);
        NetworkNamespace node = Hub.Nodes(2)[1];
        Connect(group);

        try
        {
            node.Unplug();
            group.Send(0, 1, Pattern(100, 1));
            group.Send(1, 0, Pattern(100, 2));
            Deadline deadline = Deadline.After(0.5);
            while (!deadline.HasPassed)
                group.PollAll();
            Assert.Empty(group.Of(1).Messages);
        }
        finally
        {
            node.Plug();
        }
        group.PollUntil(() => group.Of(1).Messages.Count == 1 && group.Of(0).Messages.Count == 1, "the messages");

        Assert.Empty(group.Of(0).Lost);
        Assert.Empty(group.Of(1).Lost);
    }

    /// <summary>While the interface is down a sleeper sleeps: an error on the socket does not keep it awake.</summary>
    [Fact]
    public void Sleep_InterfaceIsDown_SleepsAllTheSame()
    {
        using EndpointGroup group = Start(2);
        NetworkNamespace node = Hub.Nodes(2)[1];
        Connect(group);
        for (int i = 0; i < 1000; i++)
            group.PollAll();

        try
        {
            node.Unplug();
            int wakeUps = 0;
            Deadline deadline = Deadline.After(0.5);
            while (!deadline.HasPassed)
            {
                WaitState wait = group[1].BeginWait();
                group[1].Arm(ArmLevel.Anything);
                if (group.Poll(1) == 0)
                    group[1].Sleep(TimeSpan.FromMilliseconds(100));
                group[1].Disarm(ref wait);
                wakeUps++;
            }
            Assert.InRange(wakeUps, 1, 200);
        }
        finally
        {
            node.Plug();
        }
    }

    /// <summary>Another machine on the wire writes what it likes.</summary>
    [Fact]
    public void Strangers_ChangeNothingAndAreCounted() => Seeds.Run(random =>
    {
        using EndpointGroup group = Start(2);
        Connect(group);
        using IStranger stranger = Stranger(Hub.Nodes(3)[2], EthernetNetworks.AddressOf(group[1].AddressOf(_agent)));
        byte[] bytes = new byte[1400];

        for (int i = 0; i < 10_000; i++)
        {
            random.NextBytes(bytes);
            stranger.Send(bytes.AsSpan(0, random.Next(1400)));
            if (i % 20 == 0)
                group.PollAll();
        }
        group.Send(0, 1, Pattern(3000, 1));
        group.PollUntil(() => group.Of(1).Messages.Count == 1, "the next message");

        Assert.Empty(group.Of(1).Lost);
        Assert.InRange(Counter(group, 1, "corrupt"), 5_000, 10_000);
    });

    [Fact]
    public void TrySendAndPoll_AllocateNothing()
    {
        using EndpointGroup group = Start(2);
        byte[] payload = new byte[100];
        var count = new Count();
        RoundTrips(500);

        Assert.Equal(0, Allocations.Least(() => RoundTrips(2000)));

        void RoundTrips(int rounds)
        {
            for (int i = 0; i < 2 * rounds; i++)
            {
                int from = i % 2, target = count.Seen[0] + 1;
                while (!group[from].TrySend(1 - from, default, payload))
                    group[from].Poll(ref count);
                while (count.Seen[0] < target)
                {
                    group[0].Poll(ref count);
                    group[1].Poll(ref count);
                }
            }
        }
    }

    /// <summary>The named interface is not there.</summary>
    [Fact]
    public void Open_InterfaceIsNotThere_NamesThoseThatAre()
    {
        SkipUnlessPossible();
        NetworkNamespace node = Hub.Nodes(1)[0];
        using KernelAgent kernel = KernelAgent.Create(1, _defaults with { Agents = [_agent], Ethernet = new EthernetOptions { Interface = "nothere0" } }, [_agent]);

        var error = Assert.Throws<UmpsException>(() => NamespaceThread.Run(node, () => kernel.OpenInterface(_agent)));

        Assert.Equal(1310, error.ErrorId);
        Assert.Contains("nothere0", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{node.Interface} (up, {node.Address}", error.Message, StringComparison.Ordinal);
    }

    private static long Counter(EndpointGroup group, int endpoint, string name) =>
        group[endpoint].ShowState().Agents.SelectMany(a => a.Counters).First(c => c.Key == name).Value;

    private readonly struct Count() : IFrameHandler
    {
        public readonly int[] Seen = new int[1];

        public void OnMessage(int peer, in FrameHeader header, scoped ref Arrival payload) => Seen[0]++;

        public NativeSpan OnFragmentBegin(int peer, in FrameHeader header, int lengthBytes) => default;

        public void OnFragmentEnd(int peer, in FrameHeader header, int lengthBytes)
        {
        }

        public void OnPeerLost(int peer, string reason)
        {
        }
    }
}
