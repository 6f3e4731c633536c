using System;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using Umps.Testing;
using Xunit;

namespace Umps.Tests;

/// <summary>Several threads in one rank's calls at once: MPI_THREAD_MULTIPLE.</summary>
public class ThreadsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(12)]
    public void Recv_ManyThreadsBlocked_AllComplete(int threads)
    {
        RankHost.Run(2, comm =>
        {
            if (comm.Rank == 0)
            {
                for (int i = threads - 1; i >= 0; i--)
                {
                    comm.Recv<int>(1, tag: 1000);
                    comm.Send(i, 1, tag: i);
                }
                return;
            }
            InThreads(threads, i => Assert.Equal(i, comm.Recv<int>(0, tag: i)), () =>
            {
                for (int i = 0; i < threads; i++)
                    comm.Send(0, 0, tag: 1000);
            });
        });
    }

    [Fact]
    public void Recv_Blocked_LetsAnotherThreadSendAndReceive()
    {
        RankHost.Run(2, comm =>
        {
            const int Rounds = 2000;
            if (comm.Rank == 0)
            {
                for (int i = 0; i < Rounds; i++)
                    comm.Send(comm.Recv<int>(1, tag: 1) + 1, 1, tag: 2);
                comm.Send(-1, 1, tag: 3);
                return;
            }
            InThreads(
                1,
                _ => Assert.Equal(-1, comm.Recv<int>(0, tag: 3)),
                () =>
                {
                    for (int i = 0; i < Rounds; i++)
                    {
                        comm.Send(i, 0, tag: 1);
                        Assert.Equal(i + 1, comm.Recv<int>(0, tag: 2));
                    }
                });
        });
    }

    [Theory]
    [InlineData(2, 500)]
    [InlineData(4, 300)]
    public void PingPong_InManyThreads_EachKeepsItsOrder(int threads, int rounds)
    {
        RankHost.Run(2, comm =>
        {
            int other = 1 - comm.Rank;
            InThreads(threads, thread =>
            {
                for (int i = 0; i < rounds; i++)
                {
                    int length = i % 10 == 0 ? 50_000 : i % 3;
                    var data = new long[length + 1];
                    data[0] = i;
                    if (comm.Rank == 0)
                    {
                        comm.Send(data, other, thread);
                        comm.Recv(data, other, thread);
                    }
                    else
                    {
                        comm.Recv(data, other, thread);
                        comm.Send(data, other, thread);
                    }
                    Assert.Equal(i, data[0]);
                }
            });
        });
    }

    [Fact]
    public void Wait_TwoThreadsOnOneRequest_BothReturn()
    {
        RankHost.Run(2, comm =>
        {
            for (int round = 0; round < 100; round++)
            {
                if (comm.Rank == 0)
                {
                    comm.Recv<int>(1);
                    comm.Send(round, 1);
                    continue;
                }
                Request request = comm.Irecv(new int[1], 0);
                int taken = 0;
                InThreads(
                    2,
                    _ =>
                    {
                        if (request.Wait().LengthBytes == 4)
                            Interlocked.Increment(ref taken);
                    },
                    () => comm.Send(0, 0));
                Assert.Equal(1, taken);
            }
        });
    }

    [Fact]
    public void Probe_Blocked_SeesWhatAnotherThreadPolledIn()
    {
        RankHost.Run(2, comm =>
        {
            const int Rounds = 300;
            if (comm.Rank == 0)
            {
                for (int i = 0; i < Rounds; i++)
                {
                    comm.Send(i, 1, tag: 1);
                    comm.Recv<int>(1, tag: 2);
                }
                comm.Send(0, 1, tag: 3);
                return;
            }
            InThreads(
                1,
                _ => comm.Recv<int>(0, 3),
                () =>
                {
                    for (int i = 0; i < Rounds; i++)
                    {
                        Assert.Equal(1, comm.Probe(0, 1).Tag);
                        Assert.Equal(i, comm.Recv<int>(0, 1));
                        comm.Send(0, 0, tag: 2);
                    }
                });
        });
    }

    [Fact]
    public void Gate_ManyThreads_OneInsideAtATime()
    {
        var gate = new Progress.ProgressGate();
        long inside = 0, total = 0;
        const int Rounds = 20_000;

        InThreads(4, thread =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                gate.Enter();
                Assert.Equal(1, Interlocked.Increment(ref inside));
                total++;
                Interlocked.Decrement(ref inside);
                if (thread == 0 && gate.IsContended)
                    gate.Yield();
                gate.Leave();
            }
        });

        Assert.Equal(4 * Rounds, total);
    }

    /// <summary>Each gate becomes the first thread's own, and then somebody else comes, while that one is inside or out.</summary>
    [Fact]
    public void Gate_BiasTakenAway_StillOneAtATime()
    {
        var random = new Random(3);
        for (int round = 0; round < 300; round++)
        {
            var gate = new Progress.ProgressGate();
            long inside = 0, total = 0;
            int pause = random.Next(2000);
            bool isOwn = false;

            InThreads(3, thread =>
            {
                while (thread != 0 && !Volatile.Read(ref isOwn))
                    Thread.SpinWait(1);
                if (thread != 0)
                    Thread.SpinWait(pause * thread);
                for (int i = 0; i < (thread == 0 ? 3000 : 30); i++)
                {
                    gate.Enter();
                    Assert.Equal(1, Interlocked.Increment(ref inside));
                    total++;
                    Interlocked.Decrement(ref inside);
                    gate.Leave();
                    if (i == 40)
                        Volatile.Write(ref isOwn, true);
                }
            });

            Assert.Equal(3060, total);
        }
    }

    /// <summary>A helper that comes by now and then does not cost the program its bias for good.</summary>
    [Fact]
    public void Gate_BiasThatLasted_ComesBackSoon()
    {
        var gate = new Progress.ProgressGate();
        for (int round = 0; round < 6; round++)
        {
            for (int i = 0; i < 20; i++)
            {
                gate.Enter();
                gate.Leave();
            }
            Progress.ProgressGate.Bias? bias = gate.TryEnterBiased();
            Assert.NotNull(bias);
            gate.LeaveBiased(bias);

            var since = Stopwatch.StartNew();
            while (since.Elapsed < TimeSpan.FromMilliseconds(1))
                Thread.Yield();
            InThreads(1, _ =>
            {
                gate.Enter();
                gate.Leave();
            });
        }
    }

    [Fact]
    public void Gate_OwnerYields_ContenderGetsIn()
    {
        var gate = new Progress.ProgressGate();
        bool entered = false;
        gate.Enter();
        var thread = new Thread(() =>
        {
            gate.Enter();
            entered = true;
            gate.Leave();
        });
        thread.Start();

        var watch = Stopwatch.StartNew();
        while (!gate.IsContended && watch.Elapsed < TimeSpan.FromSeconds(30))
            Thread.Yield();
        gate.Yield();

        Assert.True(entered);
        gate.Leave();
        thread.Join();
    }

    private static void InThreads(int count, Action<int> body, Action? meanwhile = null)
    {
        Exception? failure = null;
        Thread[] threads = Enumerable.Range(0, count).Select(i => new Thread(() =>
        {
            try
            {
                body(i);
            }
            catch (Exception error)
            {
                failure = error;
            }
        })
        { IsBackground = true }).ToArray();
        foreach (Thread thread in threads)
            thread.Start();
        meanwhile?.Invoke();
        foreach (Thread thread in threads)
            Assert.True(thread.Join(TimeSpan.FromSeconds(60)), "a thread is still blocked after 60 s");
        if (failure is not null)
            throw new InvalidOperationException("a thread failed", failure);
    }
}
