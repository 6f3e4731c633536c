using System;
using Umps.Testing;
using Xunit;

namespace Umps.Tests;

/// <summary>What the calls say of wrong arguments, and of calls at the wrong time.</summary>
public class ArgumentTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(-1)]
    [InlineData(-3)]
    [InlineData(int.MaxValue)]
    public void Send_RankOutOfRange_Throws(int dest)
    {
        RankHost.Run(2, comm =>
        {
            var error = Assert.Throws<MpiException>(() => comm.Send(1, dest));
            Assert.Equal(MpiErrorClass.Rank, error.ErrorClass);
            Assert.Equal(2004, error.ErrorId);
            Assert.Contains($"dest is {dest:N0}; the communicator has ranks 0 to 1", error.Message, StringComparison.Ordinal);
            Assert.Equal(2004, Assert.Throws<MpiException>(() => comm.Ssend([1], dest)).ErrorId);
            Assert.Equal(2004, Assert.Throws<MpiException>(() => comm.Isend(new[] { 1 }, dest)).ErrorId);
            Assert.Equal(2004, Assert.Throws<MpiException>(() => comm.SendObject("a", dest)).ErrorId);
        });
    }

    [Theory]
    [InlineData(2)]
    [InlineData(-3)]
    public void Recv_RankOutOfRange_Throws(int source)
    {
        RankHost.Run(2, comm =>
        {
            Assert.Equal(2004, Assert.Throws<MpiException>(() => comm.Recv<int>(source)).ErrorId);
            Assert.Equal(2004, Assert.Throws<MpiException>(() => comm.Recv(new int[1], source)).ErrorId);
            Assert.Equal(2004, Assert.Throws<MpiException>(() => comm.Irecv(new int[1], source)).ErrorId);
            Assert.Equal(2004, Assert.Throws<MpiException>(() => comm.Probe(source)).ErrorId);
            Assert.Equal(2004, Assert.Throws<MpiException>(() => comm.Iprobe(source, 0, out _)).ErrorId);
        });
    }

    [Fact]
    public void Tag_Negative_Throws()
    {
        RankHost.Run(1, comm =>
        {
            var error = Assert.Throws<MpiException>(() => comm.Send(1, 0, -1));
            Assert.Equal(MpiErrorClass.Tag, error.ErrorClass);
            Assert.Equal(2007, error.ErrorId);
            Assert.Equal(2007, Assert.Throws<MpiException>(() => comm.Recv<int>(0, -2)).ErrorId);
            Assert.Equal(2007, Assert.Throws<MpiException>(() => comm.Send(1, Comm.ProcNull, -1)).ErrorId);
            comm.Send(1, 0, int.MaxValue);
            comm.Recv<int>(0, int.MaxValue);
        });
    }

    [Fact]
    public void NullArray_Throws()
    {
        RankHost.Run(1, comm =>
        {
            Assert.Throws<ArgumentNullException>(() => comm.Send((int[])null!, 0));
            Assert.Throws<ArgumentNullException>(() => comm.Recv((int[])null!));
            Assert.Throws<ArgumentNullException>(() => comm.Isend((int[])null!, 0));
            Assert.Throws<ArgumentNullException>(() => comm.Irecv((int[])null!));
        });
    }

    [Fact]
    public void NullComm_EveryCallThrowsWithTheReason()
    {
        RankHost.Run(1, world =>
        {
            using var comm = new Comm(world.Core, "the test made it so");
            Assert.True(comm.IsNull);
            Assert.Equal(0, comm.Size);
            Assert.Equal(Comm.Undefined, comm.Rank);
            var error = Assert.Throws<MpiException>(() => comm.Send(1, 0));
            Assert.Equal(2005, error.ErrorId);
            Assert.Equal(MpiErrorClass.Comm, error.ErrorClass);
            Assert.Contains("this is the null communicator: the test made it so.", error.Message, StringComparison.Ordinal);
            Assert.Equal(2005, Assert.Throws<MpiException>(() => comm.Recv<int>()).ErrorId);
            Assert.Equal(2005, Assert.Throws<MpiException>(() => comm.Group).ErrorId);
        });
    }

    [Fact]
    public void DisposedComm_CallsThrow_WorldStays()
    {
        RankHost.Run(2, world =>
        {
            var comm = new Comm(world.Core, world.Group, new CommSeed(0x7000, CommSeed.NoBoard));
            comm.Sendrecv(1, 1 - comm.Rank, 1 - comm.Rank);
            comm.Send(1, comm.Rank);        // never received: dropped with the communicator
            comm.Dispose();
            comm.Dispose();
            Assert.Equal(2006, Assert.Throws<MpiException>(() => comm.Send(1, 0)).ErrorId);
            world.Dispose();
            Assert.Equal(1 - world.Rank, world.Sendrecv(world.Rank, 1 - world.Rank, 1 - world.Rank));
        });
    }

    [Fact]
    public void Calls_AfterTheRankHasLeft_Throw()
    {
        Comm? kept = null;
        RankHost.Run(1, comm => kept = comm);

        var error = Assert.Throws<MpiException>(() => kept!.Send(1, 0));
        Assert.Equal(MpiErrorClass.Session, error.ErrorClass);
        Assert.Equal(2001, error.ErrorId);
        Assert.Equal(2001, Assert.Throws<MpiException>(() => kept!.Recv<int>()).ErrorId);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(100)]
    public void Unexpected_BeyondTheLimit_NamesTheSender(int length)
    {
        MpiException? seen = null;

        Assert.Throws<MpiException>(() => RankHost.Run(
            2,
            comm =>
            {
                if (comm.Rank == 0)
                {
                    for (int i = 0; i < 100; i++)
                        comm.Send(new byte[length], 1, tag: 1);
                    comm.Recv<int>(1);
                    return;
                }
                seen = Assert.Throws<MpiException>(() => comm.Recv(new byte[length], 0, tag: 2));
                throw seen;
            },
            new MpiOptions { EnvelopesMax = 50 }));

        Assert.Equal(2108, seen!.ErrorId);
        Assert.Equal(MpiErrorClass.NoMem, seen.ErrorClass);
        Assert.Contains("50 messages wait for a receive, 51 of them from rank 0 of the world", seen.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WaitAll_StatusesOfOtherLength_Throws()
    {
        Assert.Throws<ArgumentException>(() => Request.WaitAll(new Request[2], new Status[1]));
    }

    [Fact]
    public void Status_CountOfPartElements_IsUndefined()
    {
        var status = new Status(0, 0, 10, cancelled: false);

        Assert.Equal(Comm.Undefined, status.Count<int>());
        Assert.Equal(5, status.Count<short>());
    }
}
