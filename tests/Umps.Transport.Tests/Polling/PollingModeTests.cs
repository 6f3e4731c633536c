using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Umps.Testing;
using Umps.Tests.Agents;
using Umps.Tests.Agents.Ethernet;
using Umps.Tests.Agents.Xdp;
using Umps.Transport;
using Xunit;

namespace Umps.Tests.Polling;

/// <summary>The modes of waiting over every agent: messages arrive, and the counters tell that no other mechanism was used.</summary>
public sealed class PollingModeTests(EthernetHub hub) : IClassFixture<EthernetHub>
{
    private const int Rounds = 200;

    private static readonly string[] s_names = ["interrupts", "sleeps", "yields", "rings"];

    public static TheoryData<AgentKind, PollingMode> AgentsAndModes()
    {
        var data = new TheoryData<AgentKind, PollingMode>();
        foreach (AgentKind agent in Enum.GetValues<AgentKind>().Where(agent => agent != AgentKind.None))
        {
            foreach (PollingMode mode in Enum.GetValues<PollingMode>())
                data.Add(agent, mode);
        }
        return data;
    }

    /// <summary>The answer comes when who waits has surely gone to sleep, if it ever does.</summary>
    [Theory]
    [MemberData(nameof(AgentsAndModes))]
    public void Wait_EachMode_UsesItsMechanismOnly(AgentKind agent, PollingMode mode)
    {
        using EndpointGroup group = Start(agent, mode);
        group.Send(0, 1, default);
        group.PollUntil(() => group.Of(1).Messages.Count > 0, "the first message");
        long[] before = Counters(group[1]);

        int answered = 0;
        Together(
            group,
            () => Receive(group, 1, 1 + Rounds, () => Volatile.Write(ref answered, group.Of(1).Messages.Count - 1)),
            () =>
            {
                for (int i = 0; i < Rounds; i++)
                {
                    Settle(group, mode, before[1] + i);
                    group.Send(0, 1, default);
                    Deadline deadline = Deadline.After(30);
                    while (Volatile.Read(ref answered) <= i)
                    {
                        group.Poll(0);
                        Assert.False(deadline.HasPassed, $"message {i} is not taken\n{group[1].ShowState()}");
                    }
                }
            });

        long[] counted = [.. Counters(group[1]).Zip(before, (now, then) => now - then)];
        (long interrupts, long sleeps, long yields, long rings) = (counted[0], counted[1], counted[2], Counters(group[0])[3]);
        switch (mode)
        {
            case PollingMode.PollingOnly:
                Assert.Equal((0, 0, 0), (interrupts, sleeps, rings));
                break;
            case PollingMode.InterruptOnly:
                Assert.Equal(0, yields);
                Assert.True(interrupts >= Rounds * 9 / 10, $"{interrupts} interrupts in {Rounds} messages");     // the rest met the receiver between two sleeps
                Assert.True(sleeps >= interrupts);
                break;
            default:
                Assert.True(sleeps >= interrupts);
                break;
        }
    }

    /// <summary>Both send without end before either looks: units must come home from who waits for room itself.</summary>
    [Theory]
    [InlineData(PollingMode.SemiPolling)]
    [InlineData(PollingMode.InterruptOnly)]
    [InlineData(PollingMode.PollingOnly)]
    public void SendBuff_BothAtOnce_NeitherBlocksTheOther(PollingMode mode)
    {
        const int Messages = 2000, Bytes = 3000;
        IReadOnlyList<UserAgentOptions> options = UserAgentOptions.InProcess(2, new TransportOptions { Polling = new PollingOptions { Mode = mode } });
        using UserAgent first = UserAgent.Initialize(options[0]), second = UserAgent.Initialize(options[1]);

        Thread[] threads = [.. new[] { first, second }.Select(agent => new Thread(() =>
        {
            for (int i = 0; i < Messages; i++)
                agent.SendBuff(1 - agent.Id, new byte[Bytes]);
            int arrived = 0;
            agent.Loop((_, _) => ++arrived < Messages, TimeSpan.FromSeconds(30));
        }) { IsBackground = true })];
        foreach (Thread thread in threads)
            thread.Start();

        foreach (Thread thread in threads)
            Assert.True(thread.Join(TimeSpan.FromSeconds(60)), $"{mode}: a sender waits for good");
    }

    [Fact]
    public void Attach_ModeThatIsNone_Throws()
    {
        var error = Assert.Throws<UmpsException>(() => Start(AgentKind.Shm, (PollingMode)7));

        Assert.Equal(1003, error.ErrorId);
    }

    /// <summary>Two endpoints: of one node; over an interface each of its own, in a namespace.</summary>
    private EndpointGroup Start(AgentKind agent, PollingMode mode)
    {
        var options = new TransportOptions { Polling = new PollingOptions { Mode = mode }, Link = new LinkOptions { FlushSecondsMax = 0.2 } };
        if (agent is not (AgentKind.Packet or AgentKind.Xdp))
            return new EndpointGroup(2, agent, options);
        NetworkNamespace.SkipUnlessPossible();
        if (agent == AgentKind.Xdp)
            XdpNode.SkipUnlessPossible();
        return new EndpointGroup(agent, options, hub.Nodes(2));
    }

    /// <summary>A wait as a blocked call makes it.</summary>
    private static void Receive(EndpointGroup group, int endpoint, int messages, Action arrived)
    {
        Endpoint own = group[endpoint];
        WaitState wait = own.BeginWait();
        while (group.Of(endpoint).Messages.Count < messages)
        {
            if (group.Poll(endpoint) > 0)
            {
                own.Arrived(ref wait);
                arrived();
                continue;
            }
            if (!own.Pause(ref wait))
                continue;
            own.Arm(ArmLevel.Anything);
            if (group.Poll(endpoint) == 0)
                own.Sleep(TimeSpan.FromSeconds(1));
            else
                arrived();
            own.Disarm(ref wait);
        }
    }

    /// <summary>Gives the receiver time to fall asleep: nothing depends on it but how many interrupts there are.</summary>
    private static void Settle(EndpointGroup group, PollingMode mode, long sleepsBefore)
    {
        if (mode != PollingMode.InterruptOnly)
            return;
        Deadline deadline = Deadline.After(10);
        while (Counters(group[1])[1] <= sleepsBefore && !deadline.HasPassed)
            Thread.Yield();
        Thread.Sleep(1);
    }

    private static long[] Counters(Endpoint endpoint)
    {
        IReadOnlyList<KeyValuePair<string, long>> polling = endpoint.ShowState().Polling;
        return [.. s_names.Select(name => polling.First(p => p.Key == name).Value)];
    }

    private static void Together(EndpointGroup group, params Action[] bodies)
    {
        Exception? failure = null;
        Thread[] threads = [.. bodies.Select(body => new Thread(() =>
        {
            try
            {
                body();
            }
            catch (Exception error)
            {
                failure = error;
            }
        }) { IsBackground = true })];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            Assert.True(thread.Join(TimeSpan.FromSeconds(60)), $"a thread does not end\n{failure}\n{group[0].ShowState()}\n{group[1].ShowState()}");
        Assert.Null(failure);
    }
}
