using System;
using System.Linq;
using System.Threading.Tasks;
using Umps.Testing;
using Umps.Transport;
using Xunit;

namespace Umps.Tests;

/// <summary>Calls of Comm where waits are made by one mechanism alone; also with more ranks than processors, where polling must yield.</summary>
public sealed class PollingModeTests
{
    private const int Rounds = 100;

    [RankTheory(2, 5, With = new object[] { PollingMode.InterruptOnly, PollingMode.PollingOnly })]
    public void Calls_EachMode_UseItsMechanismOnly(int ranks, PollingMode mode) =>
        RankHost.Run(
            ranks,
            comm =>
            {
                int next = (comm.Rank + 1) % comm.Size, previous = (comm.Rank + comm.Size - 1) % comm.Size;
                var data = new byte[40_000];
                var incoming = new byte[40_000];
                for (int round = 0; round < Rounds; round++)
                {
                    if (comm.Rank == 0)
                        comm.Send(round, next);
                    Assert.Equal(round, comm.Recv<int>(previous));
                    if (comm.Rank != 0)
                        comm.Send(round, next);

                    Assert.Equal(comm.Size, comm.Allreduce(1, Op.Sum));

                    Array.Fill(data, (byte)round);
                    Request receive = comm.Irecv<byte>(incoming, previous);
                    Request send = comm.Isend<byte>(data, next);
                    receive.Wait();
                    send.Wait();
                    Assert.Equal((byte)round, incoming[^1]);
                }
                comm.Barrier();

                TransportState state = comm.Core.Endpoint.ShowState();
                if (mode == PollingMode.PollingOnly)
                    Assert.Equal((0, 0, 0), (Counter(state, "interrupts"), Counter(state, "sleeps"), Counter(state, "rings")));
                else
                    Assert.Equal(0, Counter(state, "yields"));
            },
            With(mode));

    /// <summary>Nobody calls: what is announced to a rank that awaits is found by its helper, which has no doorbell to sleep on.</summary>
    [RankTheory(2, 3, With = new object[] { PollingMode.InterruptOnly, PollingMode.PollingOnly })]
    public void Await_EachMode_GoesOn(int ranks, PollingMode mode) =>
        RankHost.RunAsync(
            ranks,
            async comm =>
            {
                var data = new int[50_000];
                for (int round = 0; round < 10; round++)
                {
                    if (comm.Rank == 0)
                    {
                        for (int to = 1; to < comm.Size; to++)
                            await comm.Isend<int>(Enumerable.Repeat(round, data.Length).ToArray(), to);
                        for (int from = 1; from < comm.Size; from++)
                            await comm.Irecv<int>(new int[1], from);
                    }
                    else
                    {
                        await comm.Irecv<int>(data, 0);
                        Assert.Equal(round, data[^1]);
                        await Task.Delay(1);
                        await comm.Isend<int>(new int[1], 0);
                    }
                }
            },
            With(mode));

    /// <summary>A rank that fails ends the others, whatever they wait by.</summary>
    [RankTheory(2, With = new object[] { PollingMode.InterruptOnly, PollingMode.PollingOnly })]
    public void Recv_OtherRankFails_Ends(int ranks, PollingMode mode) =>
        Assert.Throws<MpiException>(() => RankHost.Run(
            ranks,
            comm =>
            {
                if (comm.Rank == 1)
                    throw new InvalidOperationException("on purpose");
                comm.Recv<int>(1);
            },
            With(mode)));

    private static MpiOptions With(PollingMode mode) => new() { Transport = new TransportOptions { Polling = new PollingOptions { Mode = mode } } };

    private static long Counter(TransportState state, string name) => state.Polling.First(p => p.Key == name).Value;
}
