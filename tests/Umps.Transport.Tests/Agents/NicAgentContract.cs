using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Umps.Testing;
using Umps.Transport;
using Xunit;

namespace Umps.Tests.Agents;

/// <summary>What every NIC agent does, through <see cref="Endpoint"/>; a class an agent derives.</summary>
public abstract class NicAgentContract(AgentKind agent, TransportOptions? defaults = null)
{
    /// <summary>More than any agent takes while nobody polls.</summary>
    private const int AttemptsMax = 2_000_000;

    protected virtual EndpointGroup Start(int endpoints, TransportOptions? options = null) => new(endpoints, agent, options ?? defaults);

    [Fact]
    public void AgentOf_IsTheOneAskedFor()
    {
        using EndpointGroup group = Start(2);

        Assert.Equal(agent, group[0].AgentOf(1));
        Assert.Equal(AgentKind.None, group[0].AgentOf(0));
        Assert.InRange(group[0].EagerBytesMax(1), 40, 1 << 20);
    }

    [Fact]
    public void TrySend_ToItself_IsAnErrorThatSaysSo()
    {
        using EndpointGroup group = Start(2);

        var error = Assert.Throws<UmpsException>(() => group[0].TrySend(0, default, default));

        Assert.Equal(1006, error.ErrorId);
    }

    /// <summary>Sizes around every edge: beside the header, a unit, the lists of units that fill one slot and two, the longest.</summary>
    [Fact]
    public void TrySend_EverySize_ArrivesWholeWithItsHeader()
    {
        using EndpointGroup group = Start(2);
        int max = group[0].EagerBytesMax(1);
        int[] sizes = [0, 1, 7, 8, 9, 39, 40, 41, 64, 2047, 2048, 2049, 4095, 4096, 4097, (5 * 2048) - 1, 5 * 2048, (5 * 2048) + 1, (8 * 2048) - 1, 8 * 2048, max - 1, max];

        foreach (int size in sizes.Where(size => size <= max))
        {
            byte[] payload = Pattern(size, size);
            group.Send(0, 1, payload, kind: 7, word0: 0x0123456789abcdef + (ulong)size, word1: (uint)size, word2: ~(uint)size);
            group.PollUntil(() => group.Of(1).Messages.Count > 0, $"a message of {size} bytes");

            Recorder.Received message = Assert.Single(group.Of(1).Messages);
            group.Of(1).Messages.Clear();
            Assert.Equal((0, 7, 0x0123456789abcdef + (ulong)size, (uint)size, ~(uint)size), (message.Peer, message.Kind, message.Word0, message.Word1, message.Word2));
            Assert.Equal(payload, message.Bytes);
        }
    }

    [Fact]
    public void TrySend_TooLong_Throws()
    {
        using EndpointGroup group = Start(2);
        var payload = new byte[group[0].EagerBytesMax(1) + 1];

        Assert.ThrowsAny<Exception>(() => group[0].TrySend(1, default, payload));
    }

    [Fact]
    public void TrySend_SeveralSendersAndSizes_EachKeepsItsOrder() => Seeds.Run(random =>
    {
        const int Messages = 3000;
        using EndpointGroup group = Start(3);
        int max = group[0].EagerBytesMax(2);
        var sent = new List<byte[]>[] { [], [] };

        while (sent[0].Count < Messages || sent[1].Count < Messages)
        {
            int from = random.Next(2);
            for (int burst = random.Next(1, 60); burst > 0 && sent[from].Count < Messages; burst--)
            {
                int size = random.Next(4) switch { 0 => random.Next(41), 1 => 8, 2 => random.Next(4100), _ => random.Next(max + 1) };
                byte[] payload = Pattern(size, sent[from].Count);
                group.Send(from, 2, payload, word1: (uint)sent[from].Count);
                sent[from].Add(payload);
            }
            if (random.Next(3) == 0)
                group.Poll(2);
        }
        group.PollUntil(() => group.Of(2).Messages.Count == 2 * Messages, "the last message");

        for (int from = 0; from < 2; from++)
        {
            List<Recorder.Received> arrived = [.. group.Of(2).Messages.Where(m => m.Peer == from)];
            Assert.Equal(Messages, arrived.Count);
            for (int i = 0; i < Messages; i++)
            {
                Assert.Equal((uint)i, arrived[i].Word1);
                Assert.True(sent[from][i].AsSpan().SequenceEqual(arrived[i].Bytes), $"message {i} from {from} is damaged");
            }
        }
    });

    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    [InlineData(1000)]
    [InlineData(10_000)]
    public void TrySend_NobodyPolls_IsRefused_ThenFindsRoom(int size)
    {
        using EndpointGroup group = Start(2);
        Connect(group);
        byte[] payload = Pattern(size, 1);

        for (int lap = 0; lap < 3; lap++)
        {
            int taken = 0;
            while (taken < AttemptsMax && group[0].TrySend(1, default, payload))
                taken++;
            Assert.InRange(taken, 1, AttemptsMax - 1);

            group.PollUntil(() => group.Of(1).Messages.Count == taken, "the messages that were taken");
            Assert.All(group.Of(1).Messages, message => Assert.Equal(payload, message.Bytes));
            group.Of(1).Messages.Clear();
        }
        group.Send(0, 1, payload);
    }

    [Fact]
    public void Hold_UntilCreditIsUsedUp_PayloadsAreKept_ShortMessagesAndFragmentsStillGo()
    {
        using EndpointGroup group = Start(2);
        Connect(group);
        group.Of(1).Holds = true;
        int sent = HoldUntilRefused(group);

        group.Send(0, 1, default, kind: 9);                                         // no payload: only a full ring refuses it
        byte[] transfer = Pattern(300_001, 5);
        group.Of(1).Holds = false;
        Push(group, 0, 1, transfer, id: 77);

        Assert.Equal(transfer, group.Of(1).Transfers[77]);
        group.PollUntil(() => group.Of(1).Messages.Any(m => m.Kind == 9), "the message without payload");
        List<Recorder.Received> held = [.. group.Of(1).Messages.Where(m => m.Kind == 1)];
        Assert.Equal(sent, held.Count);
        for (int i = 0; i < held.Count; i++)
        {
            var bytes = new byte[held[i].Held.LengthBytes + 10];                      // more room than payload
            held[i].Held.CopyTo(group[1], bytes);
            Assert.Equal(Pattern(bytes.Length - 10, i), bytes[..^10]);
            held[i].Held.Release(group[1]);
        }
        group.Of(1).Messages.Clear();
        group.Send(0, 1, Pattern(3000, 3), kind: 4);                                // credit has come back
        group.PollUntil(() => group.Of(1).Messages.Any(m => m.Kind == 4), "a message after the release");
    }

    [Fact]
    public void Hold_ShortPayloads_AreKept()
    {
        using EndpointGroup group = Start(2);
        group.Of(1).Holds = true;

        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i <= 40; i++)
                group.Send(0, 1, Pattern(i, i));
            group.PollUntil(() => group.Of(1).Messages.Count == 41, "41 short messages");
            for (int i = 40; i >= 0; i--)
            {
                var bytes = new byte[i];
                group.Of(1).Messages[i].Held.CopyTo(group[1], bytes);
                Assert.Equal(Pattern(i, i), bytes);
                group.Of(1).Messages[i].Held.Release(group[1]);
            }
            group.Of(1).Messages.Clear();
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2048)]
    [InlineData(32_768)]
    [InlineData(32_769)]
    [InlineData(3_000_001)]
    public void TrySendFragment_LongTransfer_LandsWhole(int size)
    {
        using EndpointGroup group = Start(2);
        byte[] transfer = Pattern(size, 11);

        Push(group, 0, 1, transfer, id: 5);

        Assert.Equal(transfer, group.Of(1).Transfers[5]);
    }

    [Fact]
    public void TrySendFragment_BothWaysAndMessagesBetween_LandWhole()
    {
        using EndpointGroup group = Start(2);
        byte[] there = Pattern(1_000_003, 1), back = Pattern(900_001, 2);
        int thereSent = 0, backSent = 0, messages = 0;
        Deadline deadline = Deadline.After(60);

        while (thereSent < there.Length || backSent < back.Length)
        {
            thereSent += PushSome(group, 0, 1, there, thereSent, 1);
            backSent += PushSome(group, 1, 0, back, backSent, 2);
            if (group[0].TrySend(1, new FrameHeader { Kind = 3, Word1 = (uint)messages }, Pattern(100, messages)))
                messages++;
            group.PollAll();
            Assert.False(deadline.HasPassed, "the transfers do not end");
        }
        group.PollUntil(() => group.Of(1).Messages.Count == messages && Length(group, 1, 1) == there.Length && Length(group, 0, 2) == back.Length, "the end of all");

        Assert.Equal(there, group.Of(1).Transfers[1]);
        Assert.Equal(back, group.Of(0).Transfers[2]);
        Assert.Equal(Enumerable.Range(0, messages).Select(i => (uint)i), group.Of(1).Messages.Select(m => m.Word1));
    }

    [Fact]
    public void TrySendFragment_ReceiverTakesNone_IsDroppedAndTrafficGoesOn()
    {
        using EndpointGroup group = Start(2);
        group.Of(1).DropsFragments = true;

        Push(group, 0, 1, Pattern(100_000, 1), id: 3, waitForLanding: false);
        group.Send(0, 1, Pattern(100, 2));
        group.PollUntil(() => group.Of(1).Messages.Count == 1, "the message after the fragments");

        Assert.True(group.Of(1).FragmentsEnded > 0);
        Assert.Empty(group.Of(1).Transfers);
    }

    [Fact]
    public void Dispose_PeerReadsWhatWasSent_ThenLearnsOnce()
    {
        using EndpointGroup group = Start(3);
        Connect(group);
        Connect(group, 2, 1);
        for (int i = 0; i < 20; i++)
            group.Send(0, 1, Pattern(500, i), word1: (uint)i);

        group.Leave(0);
        group.PollUntil(() => group.Of(1).Lost.Count > 0, "the peer's departure");

        Assert.Equal(20, group.Of(1).Messages.Count);
        Assert.Equal(0, Assert.Single(group.Of(1).Lost).Peer);
        for (int i = 0; i < 1000; i++)
            group.PollAll();
        Assert.Single(group.Of(1).Lost);
        group.Send(2, 1, Pattern(10, 1), kind: 6);                                    // the others go on
        group.PollUntil(() => group.Of(1).Messages.Any(m => m.Kind == 6), "a message of the one that stayed");
    }

    /// <summary>Two threads exchange messages and sleep at once when nothing is there: a wake-up that gets lost ends at the deadline.</summary>
    [Fact]
    public void Sleep_MessageArrives_IsWoken()
    {
        const int Rounds = 2000;
        int running = 2;
        using EndpointGroup group = Start(2);
        Connect(group);

        RunThreads(
            group,
            () =>
            {
                for (int i = 0; i < Rounds; i++)
                {
                    SendAsleep(group, 0, 1, Pattern(i % 3 == 0 ? 100 : 8, i));
                    WaitAsleep(group, 0, () => group.Of(0).Messages.Count > i);
                }
                Linger(group, 0, ref running);
            },
            () =>
            {
                for (int i = 0; i < Rounds; i++)
                {
                    WaitAsleep(group, 1, () => group.Of(1).Messages.Count > i);
                    SendAsleep(group, 1, 0, Pattern(i % 3 == 1 ? 100 : 8, i));
                }
                Linger(group, 1, ref running);
            });

        Assert.Equal(Rounds, group.Of(0).Messages.Count);
        Assert.Equal(Rounds, group.Of(1).Messages.Count);
    }

    /// <summary>A sender that is refused sleeps until the receiver, which looks only now and then, has made room.</summary>
    [Theory]
    [InlineData(8)]
    [InlineData(3000)]
    public void Sleep_SenderWasRefused_IsWokenWhenThereIsRoom(int size)
    {
        const int Messages = 20_000;
        int running = 2;
        using EndpointGroup group = Start(2);
        Connect(group);

        RunThreads(
            group,
            () =>
            {
                for (int i = 0; i < Messages; i++)
                    SendAsleep(group, 0, 1, Pattern(size, i));
                WaitAsleep(group, 0, () => group.Of(0).Messages.Count == 1);        // goes on polling: tcp may still hold some
                Linger(group, 0, ref running);
            },
            () =>
            {
                while (group.Of(1).Messages.Count < Messages)
                {
                    if (group.Poll(1) == 0)
                        Thread.Yield();
                    if (group.Of(1).Messages.Count % 1000 == 999)
                        Thread.Sleep(1);
                }
                SendAsleep(group, 1, 0, default);
                Linger(group, 1, ref running);
            });

        for (int i = 0; i < Messages; i++)
            Assert.True(Pattern(size, i).AsSpan().SequenceEqual(group.Of(1).Messages[i].Bytes), $"message {i} is damaged");
    }

    [Fact]
    public void Abort_SleeperIsWoken()
    {
        using EndpointGroup group = Start(2);

        RunThreads(
            group,
            () => WaitAsleep(group, 0, () => group[0].AbortWord != 0),
            () =>
            {
                Thread.Sleep(50);
                group.Abort(42);
            });

        Assert.Equal(42, group[0].AbortWord);
    }

    [Fact]
    public void ShowState_NamesTheAgent()
    {
        using EndpointGroup group = Start(2);
        Connect(group);

        TransportState state = group[0].ShowState();

        Assert.Contains(agent, state.Agents.Select(a => a.Kind));
        Assert.Contains("endpoint 0", state.ToString(), StringComparison.Ordinal);
    }

    /// <summary>A pattern that tells a byte out of place.</summary>
    protected static byte[] Pattern(int size, int seed)
    {
        var bytes = new byte[size];
        uint x = (uint)seed * 2654435761u;
        for (int i = 0; i < size; i++)
        {
            x = (x * 1664525u) + 1013904223u;
            bytes[i] = (byte)(x >> 24);
        }
        return bytes;
    }

    /// <summary>A first message there and back, so that a lazy connection stands.</summary>
    protected static void Connect(EndpointGroup group, int a = 0, int b = 1)
    {
        group.Send(a, b, default);
        group.PollUntil(() => group.Of(b).Messages.Count > 0, "the first message");
        group.Send(b, a, default);
        group.PollUntil(() => group.Of(a).Messages.Count > 0, "the first answer");
        group.Of(a).Messages.Clear();
        group.Of(b).Messages.Clear();
    }

    private static int HoldUntilRefused(EndpointGroup group)
    {
        Deadline deadline = Deadline.After(60);
        int sent = 0;
        for (int refused = 0; refused < 20_000;)
        {
            if (group[0].TrySend(1, new FrameHeader { Kind = 1 }, Pattern(3000, sent)))
                sent++;
            else
                refused++;          // for good: the receiver polls each time
            group.PollAll();
            Assert.False(deadline.HasPassed, $"{sent} payloads are held, and there is still credit");
        }
        Assert.True(sent > 0);
        return sent;
    }

    private static void Push(EndpointGroup group, int from, int to, byte[] transfer, ulong id, bool waitForLanding = true)
    {
        Deadline deadline = Deadline.After(60);
        for (int sent = 0; sent < transfer.Length;)
        {
            sent += PushSome(group, from, to, transfer, sent, id);
            group.PollAll();
            Assert.False(deadline.HasPassed, $"{sent} of {transfer.Length} bytes have gone\n{group[from].ShowState()}");
        }
        if (waitForLanding)
            group.PollUntil(() => Length(group, to, id) == transfer.Length, "the end of the transfer");
    }

    private static int PushSome(EndpointGroup group, int from, int to, byte[] transfer, int sent, ulong id) =>
        sent == transfer.Length ? 0 : group[from].TrySendFragment(to, new FrameHeader { Kind = 2, Word0 = id }, transfer.AsSpan(sent));

    private static int Length(EndpointGroup group, int endpoint, ulong id) => group.Of(endpoint).Transfers.GetValueOrDefault(id)?.Count ?? 0;

    /// <summary>Waits as a blocked call does, but sleeps as soon as a pass finds nothing.</summary>
    private static void WaitAsleep(EndpointGroup group, int endpoint, Func<bool> isMet)
    {
        WaitState wait = group[endpoint].BeginWait();
        while (!isMet())
        {
            if (group.Poll(endpoint) > 0)
            {
                group[endpoint].Arrived(ref wait);
                continue;
            }
            group[endpoint].Arm(ArmLevel.Anything);
            if (group.Poll(endpoint) == 0 && !isMet())
                group[endpoint].Sleep(Timeout.InfiniteTimeSpan);
            group[endpoint].Disarm(ref wait);
        }
    }

    /// <summary>Polls until the other thread is through, too: what was taken may not have left, or may have been lost, and only its sender can send it again.</summary>
    private static void Linger(EndpointGroup group, int endpoint, ref int running)
    {
        Interlocked.Decrement(ref running);
        while (Volatile.Read(ref running) > 0)
        {
            if (group.Poll(endpoint) == 0)
                Thread.Yield();
        }
    }

    private static void SendAsleep(EndpointGroup group, int from, int to, ReadOnlySpan<byte> payload)
    {
        WaitState wait = group[from].BeginWait();
        while (!group[from].TrySend(to, default, payload))
        {
            if (group.Poll(from) > 0)
                continue;
            group[from].Arm(ArmLevel.Anything);
            bool moved = group.Poll(from) > 0;
            bool sent = !moved && group[from].TrySend(to, default, payload);
            if (!moved && !sent)
                group[from].Sleep(Timeout.InfiniteTimeSpan);
            group[from].Disarm(ref wait);
            if (sent)
                return;
        }
    }

    /// <summary>Runs the bodies at the same time; one that does not end is shown.</summary>
    private static void RunThreads(EndpointGroup group, params Action[] bodies)
    {
        var failures = new List<Exception>();
        Thread[] threads = [.. bodies.Select(body => new Thread(() =>
        {
            try
            {
                body();
            }
            catch (Exception error)
            {
                lock (failures)
                    failures.Add(error);
            }
        }) { IsBackground = true })];
        foreach (Thread thread in threads)
            thread.Start();
        Deadline deadline = Deadline.After(90);
        foreach (Thread thread in threads)
            Assert.True(thread.Join(deadline.Remaining), $"a thread does not end\n{string.Join('\n', Enumerable.Range(0, bodies.Length).Select(i => group[i].ShowState()))}");
        Assert.Empty(failures);
    }
}
