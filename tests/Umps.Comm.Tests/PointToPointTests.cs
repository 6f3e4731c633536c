using System;
using System.Linq;
using System.Runtime.InteropServices;
using Umps.Testing;
using Xunit;

namespace Umps.Tests;

/// <summary>Blocking sends and receives between ranks as threads.</summary>
public class PointToPointTests
{
    /// <summary>Bytes on either side of every protocol's edge: nothing, inline (40), a unit (2 KiB), eager limits, one pull, several pulls.</summary>
    public static TheoryData<int> Lengths =>
        [0, 1, 39, 40, 41, 64, 65, 2047, 2048, 2049, 4096, 4097, 8192, 16384, 65535, 65536, 65537, 262144, 1 << 20, (4 << 20) - 1, (4 << 20) + 1, 9 << 20];

    [Theory, MemberData(nameof(Lengths))]
    public void SendRecv_AnyLength_ArrivesWhole(int length)
    {
        byte[] sent = Bytes(length, seed: length);

        RankHost.Run(2, comm =>
        {
            if (comm.Rank == 0)
            {
                comm.Send(sent, 1, tag: 7);
            }
            else
            {
                var received = new byte[length + 3];
                Status status = comm.Recv(received, 0, 7);
                Assert.Equal(0, status.Source);
                Assert.Equal(7, status.Tag);
                Assert.Equal(length, status.LengthBytes);
                Assert.Equal(length, status.Count<byte>());
                Assert.True(sent.AsSpan().SequenceEqual(received.AsSpan(0, length)));
            }
        });
    }

    [Theory, MemberData(nameof(Lengths))]
    public void SendRecv_Unexpected_ArrivesWhole(int length)
    {
        byte[] sent = Bytes(length, seed: length);

        RankHost.Run(2, comm =>
        {
            if (comm.Rank == 0)
            {
                Request request = comm.Isend(sent, 1, tag: 1);
                comm.Send(true, 1, tag: 2);
                request.Wait();
            }
            else
            {
                Assert.True(comm.Recv<bool>(0, 2));        // so that the first one is in the unexpected queue
                Status probed = comm.Probe(0, 1);
                Assert.Equal(length, probed.LengthBytes);
                var received = new byte[length];
                comm.Recv(received, 0, 1);
                Assert.True(sent.AsSpan().SequenceEqual(received));
            }
        });
    }

    [Theory, MemberData(nameof(Lengths))]
    public void Send_ToSelf_AnyLength_Returns(int length)
    {
        byte[] sent = Bytes(length, seed: length);

        RankHost.Run(1, comm =>
        {
            comm.Send(sent, 0, tag: 3);
            var received = new byte[length];
            Status status = comm.Recv(received, 0, 3);
            Assert.Equal(length, status.LengthBytes);
            Assert.True(sent.AsSpan().SequenceEqual(received));

            Array.Clear(received);
            Request receive = comm.Irecv(received, Comm.AnySource, 4);
            comm.Send(sent, 0, tag: 4);
            receive.Wait();
            Assert.True(sent.AsSpan().SequenceEqual(received));

            Array.Clear(received);
            Request send = comm.Isend(sent, 0, tag: 5);
            comm.Recv(received);
            send.Wait();
            Assert.True(sent.AsSpan().SequenceEqual(received));
        });
    }

    [Fact]
    public void Send_ArgumentsOfEveryKind_NeedNoTypeArguments()
    {
        RankHost.Run(2, comm =>
        {
            int[] array = [1, 2, 3];
            Span<int> span = array;
            ReadOnlySpan<int> readOnly = array;
            var buffer = new int[3];
            if (comm.Rank == 0)
            {
                comm.Send(array, 1);
                comm.Send(span, 1);
                comm.Send(readOnly, 1);
                comm.Send(stackalloc int[] { 1, 2, 3 }, 1);
                comm.Send([1, 2, 3], 1);
                comm.Send(42, 1);
                comm.Send(4.5, dest: 1, tag: 9);
                comm.Send((1, 2L), 1);
                comm.Isend(array, 1).Wait();
                comm.Isend(array.AsMemory(), 1).Wait();
                comm.Isend((ReadOnlyMemory<int>)array, 1).Wait();
            }
            else
            {
                for (int i = 0; i < 5; i++)
                {
                    Status status = i % 2 == 0 ? comm.Recv(buffer) : comm.Recv(buffer.AsSpan(), source: 0);
                    Assert.Equal(3, status.Count<int>());
                    Assert.Equal([1, 2, 3], buffer);
                }
                Assert.Equal(42, comm.Recv<int>(0));
                Assert.Equal(4.5, comm.Recv<double>(Comm.AnySource, Comm.AnyTag, out Status last));
                Assert.Equal(9, last.Tag);
                Assert.Equal((1, 2L), comm.Recv<(int, long)>());
                for (int i = 0; i < 3; i++)
                {
                    comm.Irecv(buffer).Wait();
                    Assert.Equal([1, 2, 3], buffer);
                }
            }
        });
    }

    [Theory]
    [InlineData(8)]
    [InlineData(3000)]
    [InlineData(100_000)]
    public void Send_ManyFromOneRank_DoNotOvertake(int length)
    {
        const int Messages = 300;

        RankHost.Run(2, comm =>
        {
            var buffer = new byte[length];
            if (comm.Rank == 0)
            {
                for (int i = 0; i < Messages; i++)
                {
                    BitConverter.TryWriteBytes(buffer, i);
                    comm.Send(buffer.AsSpan(0, i % 3 == 0 ? 4 : length), 1, tag: i % 2);      // long and short ones in turn
                }
            }
            else
            {
                for (int i = 0; i < Messages; i++)
                {
                    Status status = comm.Recv(buffer, i % 5 == 0 ? Comm.AnySource : 0, i % 7 == 0 ? i % 2 : Comm.AnyTag);
                    Assert.Equal(i, BitConverter.ToInt32(buffer));
                    Assert.Equal(i % 2, status.Tag);
                }
            }
        });
    }

    [Fact]
    public void Recv_ByTag_TakesTheFirstOfThatTag()
    {
        RankHost.Run(2, comm =>
        {
            if (comm.Rank == 0)
            {
                for (int i = 0; i < 10; i++)
                    comm.Send(i, 1, tag: i);
            }
            else
            {
                for (int i = 9; i >= 0; i--)
                    Assert.Equal(i, comm.Recv<int>(0, tag: i));
            }
        });
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(8)]
    public void Recv_AnySource_TakesAllAndNamesThem(int ranks)
    {
        RankHost.Run(ranks, comm =>
        {
            if (comm.Rank != 0)
            {
                comm.Send(comm.Rank, 0, tag: comm.Rank);
                return;
            }
            var seen = new bool[ranks];
            for (int i = 1; i < ranks; i++)
            {
                int value = comm.Recv<int>(Comm.AnySource, Comm.AnyTag, out Status status);
                Assert.Equal(value, status.Source);
                Assert.Equal(value, status.Tag);
                Assert.False(seen[value]);
                seen[value] = true;
            }
        });
    }

    [Fact]
    public void ProcNull_SendAndReceive_DoNothing()
    {
        RankHost.Run(1, comm =>
        {
            comm.Send(1, Comm.ProcNull);
            comm.Ssend([1, 2], Comm.ProcNull);
            Assert.True(comm.Isend(new[] { 1 }, Comm.ProcNull).IsNull);
            int[] buffer = [5];
            Status status = comm.Recv(buffer, Comm.ProcNull);
            Assert.Equal(Comm.ProcNull, status.Source);
            Assert.Equal(Comm.AnyTag, status.Tag);
            Assert.Equal(0, status.LengthBytes);
            Assert.Equal(5, buffer[0]);
            Assert.Equal(0, comm.Recv<int>(Comm.ProcNull));
            Assert.Equal(0, comm.Sendrecv(3, Comm.ProcNull, Comm.ProcNull));
            Assert.True(comm.Iprobe(Comm.ProcNull, 0, out _));
        });
    }

    [Theory]
    [InlineData(10)]
    [InlineData(1000)]
    [InlineData(100_000)]
    public void Recv_BufferTooSmall_ThrowsTruncationAndTakesTheMessage(int count)
    {
        RankHost.Run(2, comm =>
        {
            if (comm.Rank == 0)
            {
                comm.Send(new double[count], 1, tag: 7);
                comm.Send(1.5, 1, tag: 7);
            }
            else
            {
                var error = Assert.Throws<MpiException>(() => comm.Recv(new double[count - 1], 0, 7));
                Assert.Equal(MpiErrorClass.Truncate, error.ErrorClass);
                Assert.Equal(2107, error.ErrorId);
                Assert.Equal(1, error.Rank);
                Assert.Matches(
                    $@"^UMPS2107 rank 1 of 2 \(.+, pid \d+\) Comm\.Recv<double>: the message from rank 0, tag 7, has {count:N0} elements; "
                    + $@"the buffer holds {count - 1:N0}\. ", error.Message);
                Assert.Equal(1.5, comm.Recv<double>(0, 7));
            }
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(50_000)]
    public void Recv_OtherType_ThrowsAndNamesBoth(int count)
    {
        RankHost.Run(2, comm =>
        {
            if (comm.Rank == 0)
            {
                comm.Send(new float[count], 1);
                comm.Send(2.5f, 1);
            }
            else
            {
                var error = Assert.Throws<MpiException>(() => comm.Recv(new int[count], 0));
                Assert.Equal(MpiErrorClass.Type, error.ErrorClass);
                Assert.Contains("elements of float; the receive takes int.", error.Message, StringComparison.Ordinal);
                Assert.Equal(2.5f, comm.Recv<float>(0));
            }
        });
    }

    [Fact]
    public void Recv_BytesAgainstAnyType_Match()
    {
        RankHost.Run(2, comm =>
        {
            if (comm.Rank == 0)
            {
                comm.Send(new[] { 1.0, 2.0 }, 1);
                comm.Send(MemoryMarshal.AsBytes<double>([3.0]), 1);
                comm.Send(new byte[7], 1);
            }
            else
            {
                var bytes = new byte[16];
                comm.Recv(bytes);
                Assert.Equal([1.0, 2.0], MemoryMarshal.Cast<byte, double>(bytes).ToArray());
                Assert.Equal(3.0, comm.Recv<double>());
                var error = Assert.Throws<MpiException>(() => comm.Recv(new double[4]));
                Assert.Equal(2103, error.ErrorId);
            }
        });
    }

    [Fact]
    public void Recv_OneValueOfNone_Throws()
    {
        RankHost.Run(2, comm =>
        {
            if (comm.Rank == 0)
                comm.Send(Array.Empty<int>(), 1);
            else
                Assert.Equal(2104, Assert.Throws<MpiException>(() => comm.Recv<int>()).ErrorId);
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(100_000)]
    public void Ssend_ReturnsOnlyWhenMatched(int length)
    {
        bool received = false;

        RankHost.Run(2, comm =>
        {
            if (comm.Rank == 0)
            {
                comm.Ssend(new byte[length], 1, tag: 1);
                Assert.True(System.Threading.Volatile.Read(ref received));
            }
            else
            {
                for (int i = 0; i < 50; i++)
                    Assert.False(comm.Iprobe(0, 2, out _));
                System.Threading.Volatile.Write(ref received, true);
                comm.Recv(new byte[length], 0, 1);
            }
        });
    }

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 1000)]
    [InlineData(4, 200_000)]
    [InlineData(7, 3000)]
    public void Sendrecv_RingOfAllAtOnce_DoesNotBlock(int ranks, int count)
    {
        RankHost.Run(ranks, comm =>
        {
            int right = (comm.Rank + 1) % ranks;
            int left = (comm.Rank + ranks - 1) % ranks;
            int[] mine = Enumerable.Repeat(comm.Rank, count).ToArray();
            var theirs = new int[count];

            Status status = comm.Sendrecv(mine, right, 3, theirs.AsSpan(), left, 3);

            Assert.Equal(left, status.Source);
            Assert.All(theirs, value => Assert.Equal(left, value));
            Assert.Equal(left, comm.Sendrecv(comm.Rank, right, left));
            comm.SendrecvReplace(mine, right, 4, left, Comm.AnyTag);
            Assert.All(mine, value => Assert.Equal(left, value));
        });
    }

    [Fact]
    public void Probe_ThenRecv_ByWhatItSays()
    {
        RankHost.Run(3, comm =>
        {
            if (comm.Rank != 0)
            {
                comm.Send(new int[comm.Rank * 10], 0, tag: comm.Rank);
                return;
            }
            for (int i = 0; i < 2; i++)
            {
                Status probed = comm.Probe();
                var buffer = new int[probed.Count<int>()];
                Status status = comm.Recv(buffer, probed.Source, probed.Tag);
                Assert.Equal(probed, status);
                Assert.Equal(probed.Source * 10, buffer.Length);
            }
            Assert.False(comm.Iprobe(out _));
        });
    }

    [Fact]
    public void Iprobe_InALoop_SeesTheMessage()
    {
        RankHost.Run(2, comm =>
        {
            if (comm.Rank == 0)
            {
                comm.Send(1L, 1, tag: 5);
                return;
            }
            Status status;
            while (!comm.Iprobe(0, 5, out status))
            {
                // each looks once
            }
            Assert.Equal(8, status.LengthBytes);
            Assert.False(comm.Iprobe(0, 6, out _));
            Assert.Equal(1L, comm.Recv<long>());
        });
    }

    [Fact]
    public void Send_BothAtOnceManySmall_BothReturn()
    {
        RankHost.Run(2, comm =>
        {
            int other = 1 - comm.Rank;
            const int Messages = 1000;
            // More than a ring holds: a standard send may wait for its receive, so each has receives posted.
            var values = new int[Messages];
            var requests = new Request[Messages];
            for (int i = 0; i < Messages; i++)
                requests[i] = comm.Irecv(values.AsMemory(i, 1), other, i);
            for (int i = 0; i < Messages; i++)
                comm.Send(i, other, i);
            Request.WaitAll(requests);
            Assert.Equal(Enumerable.Range(0, Messages), values);
        });
    }

    private static byte[] Bytes(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
