using System;
using System.Threading;
using Umps.Testing;
using Xunit;

namespace Umps.Tests;

/// <summary>Steady traffic allocates nothing, whatever the protocol.</summary>
public class AllocationTests
{
    private const int WarmUp = 300, Rounds = 300;

    [Theory]
    [InlineData(1)]          // inline
    [InlineData(100)]        // eager
    [InlineData(1500)]
    [InlineData(40_000)]     // rendezvous
    [InlineData(700_000)]    // several pulls or fragments
    public void SendRecv_Spans_AllocateNothing(int count) => Measure(comm =>
    {
        var buffer = new long[count];
        return () => PingPong(
            comm,
            other => comm.Send(buffer.AsSpan(), other, 3),
            other => comm.Recv(buffer.AsSpan(), other, 3));
    });

    [Fact]
    public void SendRecv_Values_AllocateNothing() => Measure(comm =>
    {
        // Made once: the compiler would make them anew each round.
        Action<int> send = other => comm.Send(comm.Rank, other);
        Action<int> receive = other =>
        {
            if (comm.Recv<int>(other) != other)
                throw new InvalidOperationException("another value came");       // Assert.Equal allocates
        };
        return () => PingPong(comm, send, receive);
    });

    /// <summary>Beside the object itself: that of a number is none.</summary>
    [Fact]
    public void SendObjectRecvObject_AllocateNoMoreThanTheObject() => Measure(comm =>
    {
        Action<int> send = other => comm.SendObject(4711.25, other);
        Action<int> receive = other =>
        {
            if (comm.RecvObject<double>(other) != 4711.25)
                throw new InvalidOperationException("another object came");
        };
        return () => PingPong(comm, send, receive);
    });

    [Theory]
    [InlineData(1)]
    [InlineData(1500)]
    [InlineData(40_000)]
    public void IsendIrecv_Wait_AllocateNothing(int count) => Measure(comm =>
    {
        var sent = new long[count];
        var received = new long[count];
        return () =>
        {
            int other = 1 - comm.Rank;
            Request receive = comm.Irecv(received, other, 1);
            Request send = comm.Isend(sent, other, 1);
            receive.Wait();
            Request.WaitAll(send, receive);
        };
    });

    [Fact]
    public void Recv_Unexpected_AllocatesNothing() => Measure(comm =>
    {
        var buffer = new byte[3000];
        return () =>
        {
            int other = 1 - comm.Rank;
            for (int i = 0; i < 4; i++)
                comm.Send(buffer.AsSpan(0, 1000 * (i % 3)), other, i);
            for (int i = 3; i >= 0; i--)
                comm.Recv(buffer.AsSpan(), other, i);
        };
    });

    [Theory]
    [InlineData(8)]
    [InlineData(100_000)]
    public void Send_ToSelf_AllocatesNothing(int count) => Measure(comm =>
    {
        var buffer = new byte[count];
        return () =>
        {
            comm.Send(buffer.AsSpan(), comm.Rank);
            comm.Recv(buffer.AsSpan(), comm.Rank);
        };
    });

    private static void PingPong(Comm comm, Action<int> send, Action<int> receive)
    {
        int other = 1 - comm.Rank;
        if (comm.Rank == 0)
        {
            send(other);
            receive(other);
        }
        else
        {
            receive(other);
            send(other);
        }
    }

    /// <summary>Runs the prepared round on two ranks, and looks at what its thread allocates once everything has been grown.</summary>
    private static void Measure(Func<Comm, Action> prepare) => RankHost.Run(2, comm =>
    {
        Action round = prepare(comm);
        for (int i = 0; i < WarmUp; i++)
            round();
        long allocated = Allocations.Least(() =>
        {
            for (int i = 0; i < Rounds; i++)
                round();
        });

        // A pool that had to grow once more in an unlucky moment is not an allocation a message.
        Assert.True(allocated < Rounds, $"{allocated} bytes in {Rounds} rounds");
    });
}
