using System;
using System.Diagnostics;
using System.Threading;
using System.Threading.Tasks;
using Umps.Testing;
using Xunit;

namespace Umps.Tests;

/// <summary>Ranks as threads: how they begin and end.</summary>
[Collection("this process as a rank")]
public class HostTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(8)]
    public void Run_EveryRankOnce(int ranks)
    {
        var runs = new int[ranks];

        RankHost.Run(ranks, comm =>
        {
            Assert.Equal(ranks, comm.Size);
            Interlocked.Increment(ref runs[comm.Rank]);
        });

        Assert.All(runs, count => Assert.Equal(1, count));
    }

    [Fact]
    public void Run_NoRanks_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => MpiHost.Run(0, (Comm _) => { }));

    [Fact]
    public void Run_OneRankThrows_OthersAreFreedAndTheCauseIsRethrown()
    {
        var seen = new MpiException?[4];

        var error = Assert.Throws<MpiException>(() => RankHost.Run(4, comm =>
        {
            if (comm.Rank == 2)
                throw new InvalidOperationException("boom");
            seen[comm.Rank] = Assert.Throws<MpiException>(() => comm.Recv<int>(2));
        }));

        Assert.Equal(2, error.Rank);
        Assert.Equal(2206, error.ErrorId);
        Assert.Contains("rank 2 of 4", error.Message, StringComparison.Ordinal);
        Assert.Contains("InvalidOperationException: boom", error.Message, StringComparison.Ordinal);
        Assert.IsType<InvalidOperationException>(error.InnerException);
        foreach (int rank in (int[])[0, 1, 3])
        {
            Assert.Equal(MpiErrorClass.Aborted, seen[rank]!.ErrorClass);
            Assert.Contains("rank 2 failed: InvalidOperationException: boom", seen[rank]!.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Run_OneRankThrows_BlockedInEveryWay_AllAreFreed()
    {
        Assert.Throws<MpiException>(() => RankHost.RunAsync(7, async comm =>
        {
            switch (comm.Rank)
            {
                case 0:
                    await Task.Delay(50);
                    throw new InvalidOperationException("boom");
                case 1:
                    comm.Recv<int>(0);
                    break;
                case 2:
                    comm.Send(new byte[1 << 20], 0);
                    break;
                case 3:
                    comm.Probe(0);
                    break;
                case 4:
                    await comm.Irecv(new int[1], 0);
                    break;
                case 5:
                    Request.WaitAll(comm.Irecv(new int[1], 0), comm.Isend(new byte[1 << 20], 0));
                    break;
                default:
                    while (!comm.Iprobe(out _))
                    {
                        // until it throws
                    }
                    break;
            }
        }));
    }

    [Fact]
    public void Run_MpiExceptionOfARank_KeepsItsClass()
    {
        var error = Assert.Throws<MpiException>(() => RankHost.Run(2, comm =>
        {
            if (comm.Rank == 0)
                comm.Send(new int[2], 1);
            else
                comm.Recv(new int[1], 0);
        }));

        Assert.Equal(MpiErrorClass.Truncate, error.ErrorClass);
        Assert.Equal(1, error.Rank);
    }

    [Fact]
    public void Run_RankThatComputesOn_IsNamed()
    {
        bool stop = false;
        var watch = Stopwatch.StartNew();

        var error = Assert.Throws<MpiException>(() => MpiHost.Run(
            3,
            comm =>
            {
                if (comm.Rank == 0)
                    throw new InvalidOperationException("boom");
                while (comm.Rank == 1 && !Volatile.Read(ref stop))
                    Thread.Yield();
            },
            new MpiOptions { HostDeadlineSeconds = 0.3 }));

        Volatile.Write(ref stop, true);
        Assert.Contains("rank 1 still computed", error.Message, StringComparison.Ordinal);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0.3, 30);
    }

    [Fact]
    public void Abort_EndsAllRanks()
    {
        var error = Assert.Throws<MpiException>(() => RankHost.Run(3, comm =>
        {
            if (comm.Rank == 1)
                comm.Abort(3);
            comm.Recv<int>();
        }));

        Assert.Equal(MpiErrorClass.Aborted, error.ErrorClass);
        Assert.Contains("rank 1 of 3", error.Message, StringComparison.Ordinal);
        Assert.Contains("Comm.Abort(3)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_AsyncBody_IsAwaited()
    {
        int ended = 0;

        RankHost.RunAsync(3, async comm =>
        {
            await Task.Delay(20);
            Assert.Equal((comm.Rank + 2) % 3, comm.Sendrecv(comm.Rank, (comm.Rank + 1) % 3, (comm.Rank + 2) % 3));
            await Task.Yield();
            Interlocked.Increment(ref ended);
        });

        Assert.Equal(3, ended);
    }

    [Fact]
    public void Run_IsendLeftBehindBySender_ArrivesAllTheSame()
    {
        RankHost.Run(2, comm =>
        {
            var data = new byte[3 << 20];
            if (comm.Rank == 0)
            {
                Array.Fill(data, (byte)9);
                _ = comm.Isend(data, 1);          // the end of the rank waits for it
            }
            else
            {
                Thread.Yield();
                comm.Recv(data, 0);
                Assert.All(data, value => Assert.Equal(9, value));
            }
        });
    }

    [Fact]
    public void Run_TwoJobsAtOnce_KeepApart()
    {
        Exception? failure = null;
        var other = new Thread(() =>
        {
            try
            {
                MpiHost.Run(3, Ring);
            }
            catch (Exception error)
            {
                failure = error;
            }
        });
        other.Start();
        MpiHost.Run(2, Ring);
        other.Join();
        Assert.Null(failure);

        static void Ring(Comm comm)
        {
            for (int i = 0; i < 200; i++)
                Assert.Equal((comm.Rank + comm.Size - 1) % comm.Size, comm.Sendrecv(comm.Rank, (comm.Rank + 1) % comm.Size, (comm.Rank + comm.Size - 1) % comm.Size));
        }
    }

    [Fact]
    public void Init_WithoutLauncher_IsAWorldOfOne()
    {
        using (Mpi mpi = Mpi.Init())
        {
            Assert.Equal(1, mpi.World.Size);
            Assert.Equal(0, mpi.World.Rank);
            Assert.Equal(1, mpi.Self.Size);
            mpi.World.Send(5, 0);
            Assert.Equal(5, mpi.World.Recv<int>());
            var error = Assert.Throws<MpiException>(() => Mpi.Init());
            Assert.Equal(2002, error.ErrorId);
            Assert.Equal(MpiErrorClass.Session, error.ErrorClass);
        }
        using Mpi again = Mpi.Init();
        Assert.Equal(1, again.World.Size);
    }

    [Fact]
    public void Self_HasOneRank()
    {
        RankHost.Run(3, comm =>
        {
            Comm self = comm.Core.Self;
            Assert.Equal(1, self.Size);
            Assert.Equal(0, self.Rank);
            self.Send(comm.Rank, 0);
            Assert.Equal(comm.Rank, self.Recv<int>(0));
        });
    }

    /// <summary>A thread that waits for anybody may wait for another thread of its own rank: it is not told that everybody has gone.</summary>
    [Fact]
    public void Recv_FromAnybody_OthersHaveLeft_OwnThreadSends() => RankHost.Run(2, comm =>
    {
        if (comm.Rank == 1)
            return;
        int received = 0;
        var waiting = new Thread(() => received = comm.Recv<int>(Comm.AnySource, tag: 5));
        waiting.Start();
        Assert.Throws<MpiException>(() => comm.Recv<int>(source: 1, tag: 6));       // by now rank 1 has left

        comm.Send(7, dest: 0, tag: 5);

        waiting.Join();
        Assert.Equal(7, received);
    });
}
