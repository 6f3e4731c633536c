using System;
using System.Linq;
using System.Threading;
using Umps.Testing;
using Umps.Transport;
using Xunit;

namespace Umps.Tests;

/// <summary>Which messages go at once, and which are announced.</summary>
public class ProtocolTests
{
    /// <summary>The receiver enters no call before the sender has left its own.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    [InlineData(1064)]
    [InlineData(2048)]
    [InlineData(4096)]
    public void Send_SmallMessage_CompletesWithoutThePeer(int length)
    {
        using var sent = new ManualResetEventSlim();
        RankHost.Run(2, comm =>
        {
            var data = new byte[length];
            if (comm.Rank == 0)
            {
                comm.Send(data, 1);
                sent.Set();
                return;
            }
            Assert.True(sent.Wait(TimeSpan.FromSeconds(30)), "the send waits for its receiver");
            Assert.Equal(length, comm.Recv(data, 0).LengthBytes);
        });
    }

    /// <summary>One copy instead of two, but not where an announcement would cost switches.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(64)]
    public void Send_MiddlingMessage_GoesInUnitsOnACrowdedNodeOnly(int ranks) => RankHost.Run(ranks, comm =>
    {
        var data = new byte[8192];
        comm.Barrier();
        if (comm.Rank == 0)
        {
            long before = InUnits(comm);
            comm.Send(data, 1);
            Assert.Equal(comm.Core.Endpoint.IsCrowded ? 1 : 0, InUnits(comm) - before);
        }
        else if (comm.Rank == 1)
        {
            comm.Recv(data, 0);
        }
    });

    /// <summary>Memory that both map is copied once from 2 KiB on, and arrives as any other.</summary>
    [Theory]
    [InlineData(2048, false)]
    [InlineData(2049, true)]
    [InlineData(16384, true)]
    public void Send_MiddlingMessageOfSharedMemory_IsCopiedOnce(int length, bool isAnnounced) => RankHost.Run(2, comm =>
    {
        using SharedBuffer<byte> shared = comm.Allocate<byte>(length);
        if (comm.Rank == 0)
        {
            new Random(length).NextBytes(shared.Span);
            long before = InUnits(comm);
            comm.Send<byte>(shared.Span, 1);
            Assert.Equal(isAnnounced && !comm.Core.Endpoint.IsCrowded ? 0 : 1, InUnits(comm) - before);
        }
        else
        {
            var wanted = new byte[length];
            new Random(length).NextBytes(wanted);
            comm.Recv(shared.Span, 0);
            Assert.True(shared.Span.SequenceEqual(wanted));
        }
    });

    private static long InUnits(Comm comm) =>
        comm.Core.Endpoint.ShowState().Agents.SelectMany(agent => agent.Counters).Single(counter => counter.Key == "sent-in-units").Value;
}
