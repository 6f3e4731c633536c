using System;
using System.Linq;
using System.Threading;
using Umps.Testing;
using Umps.Transport;
using Umps.Transport.Interop;
using Xunit;

namespace Umps.Tests.Agents.Shm;

/// <summary>The contract, and what only the node's memory does.</summary>
public sealed class ShmContract() : NicAgentContract(AgentKind.Shm)
{
    [Fact]
    public unsafe void CopyFrom_RankOfThisProcess_CopiesPlainly()
    {
        using EndpointGroup group = Start(2);
        byte[] source = Pattern(100_000, 3), target = new byte[100_000];

        Assert.True(group[0].CanCopyAcross(1));
        fixed (byte* from = source)
        fixed (byte* to = target)
            Assert.Equal(Errno.None, group[0].CopyFrom(1, (nint)from, new NativeSpan((nint)to, target.Length)));

        Assert.Equal(source, target);
    }

    [Fact]
    public unsafe void ReadProcessMemory_OwnProcess_CopiesOrSaysWhyNot()
    {
        byte[] source = Pattern(40 << 20, 3), target = new byte[source.Length];      // more than one call's worth
        fixed (byte* from = source)
        fixed (byte* to = target)
        {
            Errno error = Linux.ReadProcessMemory(Environment.ProcessId, (nint)from, (nint)to, source.Length);
            Assert.SkipWhen(error is Errno.EPERM or Errno.ENOSYS, $"process_vm_readv is not allowed here: {error}");
            Assert.Equal(Errno.None, error);
            Assert.Equal(Errno.EFAULT, Linux.ReadProcessMemory(Environment.ProcessId, 16, (nint)to, 8));
            Assert.Equal(Errno.ESRCH, Linux.ReadProcessMemory(int.MaxValue, (nint)from, (nint)to, 8));
        }

        Assert.Equal(source, target);
    }

    /// <summary>A helper that is armed for control is left alone by plain messages, as long as the ring is not half full.</summary>
    [Fact]
    public void Arm_Control_PlainMessagesDoNotRing_ControlAndAHalfFullRingDo()
    {
        using EndpointGroup group = Start(2);
        Connect(group);
        WaitState wait = group[1].BeginWait();

        group[1].Arm(ArmLevel.Control);
        long before = Rings(group);
        group.Send(0, 1, default, kind: 1);
        Assert.Equal(before, Rings(group));
        group.Send(0, 1, default, kind: FrameHeader.ControlBit);
        Assert.Equal(before + 1, Rings(group));

        group.PollAll();
        group[1].Disarm(ref wait);
        group[1].Arm(ArmLevel.Control);
        int plain = 0;
        while (Rings(group) == before + 1 && plain < 128)
        {
            Assert.True(group[0].TrySend(1, default, default));
            plain++;
        }
        group[1].Disarm(ref wait);
        Assert.InRange(plain, 60, 127);
    }

    /// <summary>More senders than are looked at for good: those that fall silent are forgotten, and found again when they speak.</summary>
    [Fact]
    public void Poll_ManySendersFallSilent_AreFoundAgain()
    {
        const int Endpoints = 70;                   // two words of the bitmap
        using EndpointGroup group = Start(Endpoints);

        for (int round = 0; round < 4; round++)
        {
            for (int from = 1; from < Endpoints; from++)
                Assert.True(group[from].TrySend(0, new FrameHeader { Word1 = (uint)round }, default));
            for (int i = 0; i < (round % 2 == 0 ? 3000 : 1); i++)
                group.Poll(0);
            Assert.Equal(Endpoints - 1, group.Of(0).Messages.Count(m => m.Word1 == round));
        }
    }

    /// <summary>One thread sends now and then, so that it is forgotten in between; no message may be overlooked.</summary>
    [Fact]
    public void Poll_SenderIsForgottenWhileItSends_NothingIsLost()
    {
        const int Senders = 6, Messages = 3000;
        using EndpointGroup group = Start(Senders + 1);
        Thread[] threads = [.. Enumerable.Range(1, Senders).Select(from => new Thread(() =>
        {
            for (int i = 0; i < Messages; i++)
            {
                while (!group[from].TrySend(0, new FrameHeader { Word1 = (uint)i }, default))
                    Thread.Yield();
                if (i % 5 == from % 5)
                    Thread.Yield();
                if (i % 500 == 0)
                    Thread.Sleep(1);
            }
        }) { IsBackground = true })];
        foreach (Thread thread in threads)
            thread.Start();

        Deadline deadline = Deadline.After(60);
        while (group.Of(0).Messages.Count < Senders * Messages)
        {
            group.Poll(0);
            Assert.False(deadline.HasPassed, $"{group.Of(0).Messages.Count} of {Senders * Messages} messages came");
        }
        foreach (Thread thread in threads)
            thread.Join();
        foreach (IGrouping<int, Recorder.Received> each in group.Of(0).Messages.GroupBy(m => m.Peer))
            Assert.Equal(Enumerable.Range(0, Messages).Select(i => (uint)i), each.Select(m => m.Word1));
    }

    [Fact]
    public void Attach_SliceIsTaken_Throws()
    {
        using EndpointGroup group = Start(1);
        using NodeMemory memory = group.Agent.Share();
        var directory = new PeerDirectory { OwnId = 0, Peers = [new PeerPlace(0, 0, 0)], Secret = new byte[32] };

        Assert.Equal(1009, Assert.Throws<UmpsException>(() => Endpoint.Attach(memory, directory, new TransportOptions())).ErrorId);
    }

    [Fact]
    public void Attach_MoreLocalRanksThanTheMemoryHas_Throws()
    {
        using KernelAgent agent = KernelAgent.Create(1, new TransportOptions());
        using NodeMemory memory = agent.Share();
        var directory = new PeerDirectory { OwnId = 0, Peers = [new PeerPlace(0, 0, 0), new PeerPlace(1, 0, 1)], Secret = new byte[32] };

        Assert.Equal(1009, Assert.Throws<UmpsException>(() => Endpoint.Attach(memory, directory, new TransportOptions())).ErrorId);
    }

    [Fact]
    public void AgentOf_PeerOfAnotherNodeWithoutTcp_SendingSaysWhatToDo()
    {
        var options = new TransportOptions { Agents = [AgentKind.Shm] };
        using KernelAgent agent = KernelAgent.Create(1, options);
        using NodeMemory memory = agent.Share();
        var directory = new PeerDirectory { OwnId = 0, Peers = [new PeerPlace(0, 0, 0), new PeerPlace(1, 1, 0)], Secret = new byte[32] };
        using Endpoint endpoint = Endpoint.Attach(memory, directory, options);

        Assert.Equal(AgentKind.None, endpoint.AgentOf(1));
        var error = Assert.Throws<UmpsException>(() => endpoint.TrySend(1, default, default));
        Assert.Equal(1006, error.ErrorId);
        Assert.Contains("Tcp", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1 << 19, 16384)]
    [InlineData((1 << 21) + 1, 16384)]
    [InlineData(1 << 21, 65537)]
    public void Create_OptionOutOfRange_Throws(int unitPoolBytes, int eagerBytesMax)
    {
        var options = new TransportOptions { Shm = new ShmOptions { UnitPoolBytes = unitPoolBytes, EagerBytesMax = eagerBytesMax } };

        Assert.Equal(1003, Assert.Throws<UmpsException>(() => KernelAgent.Create(2, options)).ErrorId);
    }

    [Fact]
    public void TrySend_SteadyTraffic_AllocatesNothing()
    {
        using EndpointGroup group = Start(2);
        var payload = new byte[10_000];
        var handler = new CountingHandler();
        Exchange(2000);

        Assert.Equal(0, Allocations.Least(() => Exchange(2000)));

        void Exchange(int rounds)
        {
            for (int i = 0; i < rounds; i++)
            {
                group[0].TrySend(1, default, payload.AsSpan(0, i % 3 == 0 ? 8 : payload.Length));
                group[0].TrySendFragment(1, default, payload);
                group[1].Poll(ref handler);
            }
        }
    }

    private static long Rings(EndpointGroup group) => group[0].ShowState().Polling.First(p => p.Key == "rings").Value;

    private struct CountingHandler : IFrameHandler
    {
        public int Count;

        public void OnMessage(int peer, in FrameHeader header, scoped ref Arrival payload)
        {
            Count++;
            if (payload.LengthBytes > 40 && Count % 2 == 0)
                payload.Hold().Release(null!);
        }

        public readonly NativeSpan OnFragmentBegin(int peer, in FrameHeader header, int lengthBytes) => default;

        public readonly void OnFragmentEnd(int peer, in FrameHeader header, int lengthBytes)
        {
        }

        public readonly void OnPeerLost(int peer, string reason)
        {
        }
    }
}
