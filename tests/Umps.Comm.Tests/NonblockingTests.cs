using System;
using System.Buffers;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using Umps.Testing;
using Xunit;

namespace Umps.Tests;

/// <summary>Requests: waited for, tested, awaited, cancelled.</summary>
public class NonblockingTests
{
    [Fact]
    public void Default_IsTheNullRequest()
    {
        Request request = default;

        Assert.True(request.IsNull);
        Assert.True(request.IsCompleted);
        Assert.True(request.Test());
        Assert.Equal(0, request.Wait().LengthBytes);
        Assert.Equal(Comm.AnySource, request.Wait().Source);
        request.Cancel();
        Request.WaitAll(request, default);
        Assert.Equal(Comm.Undefined, Request.WaitAny([request], out _));
    }

    [Fact]
    public void Wait_Twice_IsHarmless()
    {
        RankHost.Run(2, comm =>
        {
            if (comm.Rank == 0)
            {
                comm.Send(1, 1);
                comm.Send(2, 1);
                return;
            }
            var first = new int[1];
            var second = new int[1];
            Request request = comm.Irecv(first, 0);
            Request copy = request;
            Assert.Equal(4, request.Wait().LengthBytes);
            Assert.True(copy.IsNull);

            // The pooled state serves the next one; the old names must not reach it.
            Request next = comm.Irecv(second, 0);
            Assert.Equal(0, request.Wait().LengthBytes);
            Assert.True(copy.Test());
            copy.Cancel();
            Assert.Equal(4, next.Wait().LengthBytes);
            Assert.Equal(2, second[0]);
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(500)]
    [InlineData(300_000)]
    public void WaitAll_BothDirections_Completes(int count)
    {
        RankHost.Run(2, comm =>
        {
            int other = 1 - comm.Rank;
            var sent = new int[8][];
            var received = new int[8][];
            var requests = new Request[16];
            var statuses = new Status[16];
            for (int i = 0; i < 8; i++)
            {
                received[i] = new int[count];
                requests[i] = comm.Irecv(received[i], other, i);
            }
            for (int i = 0; i < 8; i++)
            {
                sent[i] = new int[count];
                Array.Fill(sent[i], comm.Rank * 100 + i);
                requests[8 + i] = comm.Isend(sent[i], other, i);
            }

            Request.WaitAll(requests, statuses);

            for (int i = 0; i < 8; i++)
            {
                Assert.Equal(other, statuses[i].Source);
                Assert.Equal(count, statuses[i].Count<int>());
                Assert.All(received[i], value => Assert.Equal(other * 100 + i, value));
                Assert.True(requests[i].IsNull);
            }
        });
    }

    [Fact]
    public void WaitAny_GivesEachOnce()
    {
        RankHost.Run(2, comm =>
        {
            const int Count = 20;
            if (comm.Rank == 0)
            {
                for (int i = Count - 1; i >= 0; i--)
                    comm.Send(i * i, 1, tag: i);
                return;
            }
            var values = new int[Count];
            var requests = new Request[Count];
            for (int i = 0; i < Count; i++)
                requests[i] = comm.Irecv(values.AsMemory(i, 1), 0, i);
            var seen = new bool[Count];
            for (int i = 0; i < Count; i++)
            {
                int index = Request.WaitAny(requests, out Status status);
                Assert.False(seen[index]);
                seen[index] = true;
                Assert.Equal(index, status.Tag);
                Assert.Equal(index * index, values[index]);
            }
            Assert.Equal(Comm.Undefined, Request.WaitAny(requests, out _));
        });
    }

    [Fact]
    public void TestAll_TestAny_TakeOnlyWhatIsComplete()
    {
        RankHost.Run(2, comm =>
        {
            if (comm.Rank == 0)
            {
                comm.Send(1, 1, tag: 1);
                comm.Recv<int>(1);
                comm.Send(2, 1, tag: 2);
                return;
            }
            int[] first = [0], second = [0];
            Request[] requests = [comm.Irecv(first, 0, 1), comm.Irecv(second, 0, 2)];
            int index;
            while (!Request.TestAny(requests, out index, out _))
            {
                // makes progress
            }
            Assert.Equal(0, index);
            Assert.False(Request.TestAll(requests));
            Assert.False(Request.TestAny(requests, out index, out _));
            Assert.Equal(Comm.Undefined, index);
            comm.Send(0, 0);
            while (!Request.TestAll(requests))
            {
                // makes progress
            }
            Assert.Equal(1, first[0]);
            Assert.Equal(2, second[0]);
            Assert.True(Request.TestAny(requests, out index, out _));
            Assert.Equal(Comm.Undefined, index);
        });
    }

    [Fact]
    public void Irecv_Cancelled_LeavesTheMessageToOthers()
    {
        RankHost.Run(2, comm =>
        {
            if (comm.Rank == 0)
            {
                comm.Recv<int>(1);
                comm.Send(7, 1);
                return;
            }
            int[] buffer = [0];
            Request request = comm.Irecv(buffer, 0);
            request.Cancel();
            Assert.True(request.Wait().Cancelled);
            comm.Send(0, 0);
            Assert.Equal(7, comm.Recv<int>(0));
            Assert.Equal(0, buffer[0]);
        });
    }

    [Fact]
    public void Isend_Cancelled_Throws()
    {
        RankHost.Run(2, comm =>
        {
            if (comm.Rank == 0)
            {
                Request request = comm.Isend(new byte[1 << 20], 1);
                Assert.Equal(2106, Assert.Throws<MpiException>(request.Cancel).ErrorId);
                comm.Send(1, 1, tag: 1);
                request.Wait();
            }
            else
            {
                comm.Recv<int>(0, 1);
                comm.Recv(new byte[1 << 20], 0);
            }
        });
    }

    [Fact]
    public void Wait_TokenFires_CancelsTheUnmatchedReceive()
    {
        RankHost.Run(2, comm =>
        {
            if (comm.Rank == 0)
            {
                comm.Recv<int>(1);
                comm.Send(7, 1);
                return;
            }
            using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(30));
            Request request = comm.Irecv(new int[1], 0);
            Assert.ThrowsAny<OperationCanceledException>(() => request.Wait(source.Token));
            Assert.True(request.IsNull);
            using var fired = new CancellationTokenSource();
            fired.Cancel();
            request = comm.Irecv(new int[1], 0);
            Assert.ThrowsAny<OperationCanceledException>(() => request.Wait(fired.Token));
            comm.Send(0, 0);
            Assert.Equal(7, comm.Recv<int>(0));
        });
    }

    [Fact]
    public void Wait_TokenFiresOnASend_LeavesItUnderWay()
    {
        RankHost.Run(2, comm =>
        {
            byte[] data = new byte[1 << 20];
            if (comm.Rank == 0)
            {
                Array.Fill(data, (byte)3);
                using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(30));
                Request request = comm.Isend(data, 1);
                Assert.ThrowsAny<OperationCanceledException>(() => request.Wait(source.Token));
                Assert.False(request.IsNull);
                comm.Send(1, 1, tag: 1);
                request.Wait();
            }
            else
            {
                comm.Recv<int>(0, 1);
                comm.Recv(data, 0);
                Assert.All(data, value => Assert.Equal(3, value));
            }
        });
    }

    [Fact]
    public void Await_CompletesOffTheProgressHelper()
    {
        RankHost.RunAsync(2, async comm =>
        {
            var value = new int[1];
            if (comm.Rank == 0)
            {
                Request request = comm.Irecv(value, 1);
                Status status = await request;
                Assert.Equal(1, status.Source);
                Assert.Equal(5, value[0]);
                Assert.True(Thread.CurrentThread.IsThreadPoolThread || Thread.CurrentThread.Name == "umps-rank-0");
                await comm.Isend(new byte[1 << 20], 1);
            }
            else
            {
                await Task.Delay(30);
                comm.Send(5, 0);
                await comm.Irecv(new byte[1 << 20], 0);
            }
        });
    }

    [Fact]
    public void Await_ProgressesWithoutAnyCall()
    {
        // Rank 0 awaits on its thread, which returns to the pool: nobody of rank 0 is in a call, so the helper must do it.
        RankHost.RunAsync(2, async comm =>
        {
            for (int round = 0; round < 50; round++)
            {
                var buffer = new byte[round * 3000];
                if (comm.Rank == 0)
                {
                    await comm.Irecv(buffer, 1).WaitAsync();
                    await comm.Isend(buffer, 1).WaitAsync();
                }
                else
                {
                    await comm.Isend(buffer, 0);
                    await comm.Irecv(buffer, 0);
                }
            }
        });
    }

    [Fact]
    public void Await_TokenFires_ThrowsAndCancels()
    {
        RankHost.RunAsync(2, async comm =>
        {
            if (comm.Rank == 0)
            {
                using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(30));
                Request request = comm.Irecv(new int[1], 1, tag: 1);
                await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await request.WaitAsync(source.Token));
                Assert.True(request.IsNull);
                comm.Send(0, 1);
                Assert.Equal(9, comm.Recv<int>(1, 1));

                // A send that is under way goes on: only the wait ends.
                using var second = new CancellationTokenSource(TimeSpan.FromMilliseconds(30));
                Request send = comm.Isend(new byte[1 << 20], 1, tag: 2);
                await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await send.WaitAsync(second.Token));
                Assert.False(send.IsNull);
                comm.Send(0, 1);
                await send;
                Assert.True(send.IsNull);
            }
            else
            {
                comm.Recv<int>(0);
                comm.Send(9, 0, tag: 1);
                comm.Recv<int>(0, 0);
                comm.Recv(new byte[1 << 20], 0, 2);
            }
        });
    }

    [Fact]
    public void Await_Twice_Throws()
    {
        RankHost.RunAsync(2, async comm =>
        {
            if (comm.Rank == 0)
            {
                Request request = comm.Irecv(new int[1], 1);
                ValueTask<Status> first = request.WaitAsync();
                Assert.Equal(2105, Assert.Throws<MpiException>(() => request.Wait()).ErrorId);
                var second = await Assert.ThrowsAsync<MpiException>(async () => await request.WaitAsync());
                Assert.Equal(2105, second.ErrorId);
                comm.Send(1, 1);
                await first;
                Assert.True(request.IsNull);
            }
            else
            {
                comm.Recv<int>(0);
                comm.Send(2, 0);
            }
        });
    }

    [Fact]
    public void Await_Truncation_ThrowsFromTheAwait()
    {
        RankHost.RunAsync(2, async comm =>
        {
            if (comm.Rank == 0)
            {
                var error = await Assert.ThrowsAsync<MpiException>(async () => await comm.Irecv(new int[1], 1));
                Assert.Equal(MpiErrorClass.Truncate, error.ErrorClass);
            }
            else
            {
                comm.Send(new int[2], 0);
            }
        });
    }

    [Theory]
    [InlineData(10)]
    [InlineData(500_000)]
    public void IsendIrecv_MemoryOfEveryKind_Arrives(int count)
    {
        RankHost.Run(2, comm =>
        {
            using var native = new NativeMemoryManager(count);
            var array = new int[count + 20];
            string text = new('x', count);
            if (comm.Rank == 0)
            {
                for (int i = 0; i < count; i++)
                    native.GetSpan()[i] = array[i + 10] = i;
                comm.Isend(native.Memory, 1).Wait();
                comm.Isend(array.AsMemory(10, count), 1).Wait();
                comm.Isend(text.AsMemory(), 1).Wait();
            }
            else
            {
                comm.Irecv(array.AsMemory(10, count), 0).Wait();
                comm.Irecv(native.Memory, 0).Wait();
                for (int i = 0; i < count; i++)
                {
                    Assert.Equal(i, native.GetSpan()[i]);
                    Assert.Equal(i, array[i + 10]);
                }
                Assert.Equal(0, array[9]);
                Assert.Equal(0, array[count + 10]);
                var letters = new char[count];
                comm.Irecv(letters, 0).Wait();
                Assert.Equal(text, new string(letters));
            }
            Assert.Equal(0, native.Pins);
        });
    }

    [Fact]
    public void Isend_Outstanding_SurvivesCollections()
    {
        RankHost.Run(2, comm =>
        {
            const int Count = 200_000;
            if (comm.Rank == 0)
            {
                Request request = SendGarbage(comm, Count);
                for (int i = 0; i < 5; i++)
                    GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
                comm.Send(0, 1, tag: 1);
                request.Wait();
            }
            else
            {
                var buffer = new int[Count];
                Request request = comm.Irecv(buffer, 0, 2);
                comm.Recv<int>(0, 1);
                GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
                request.Wait();
                for (int i = 0; i < Count; i++)
                    Assert.Equal(i, buffer[i]);
            }
        });

        static Request SendGarbage(Comm comm, int count)
        {
            var data = new int[count];
            for (int i = 0; i < count; i++)
                data[i] = i;
            return comm.Isend(data, 1, tag: 2);
        }
    }

    private sealed unsafe class NativeMemoryManager(int count) : MemoryManager<int>
    {
        private int* _first = (int*)NativeMemory.AllocZeroed((nuint)count, sizeof(int));

        public int Pins { get; private set; }

        public override Span<int> GetSpan() => new(_first, count);

        public override MemoryHandle Pin(int elementIndex = 0)
        {
            Pins++;
            return new MemoryHandle(_first + elementIndex, pinnable: this);
        }

        public override void Unpin() => Pins--;

        protected override void Dispose(bool disposing)
        {
            NativeMemory.Free(_first);
            _first = null;
        }
    }
}
