using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using Umps.Protocols;
using Umps.Testing;
using Umps.Transport;
using Xunit;

namespace Umps.Tests;

/// <summary>Loaned blocks and shared buffers between ranks as threads.</summary>
public sealed class LoanTests
{
    private static readonly MpiOptions s_small = new() { LoanWaitSeconds = 0.2, Transport = new TransportOptions { Shm = new ShmOptions { LoanArenaBytes = 64 << 20 } } };
    private static readonly MpiOptions s_tcp = new() { Transport = new TransportOptions { Agents = [AgentKind.Tcp] } };

    public static TheoryData<int> Lengths => [0, 1, 8, 64, 1000, 4096, 65536, 100_000, 1 << 20];

    private static int LineHere([CallerLineNumber] int line = 0) => line;

    [Theory, MemberData(nameof(Lengths))]
    public void SendLoan_RecvLoan_ReadsItWhereItLies(int length) => RankHost.Run(2, comm =>
    {
        var addresses = new nint[1];
        if (comm.Rank == 0)
        {
            using LoanedBlock<double> block = comm.Loan<double>(length);
            Fill(block.Span, 3);
            addresses[0] = AddressOf(block.Span);
            comm.Send(block, dest: 1, tag: 5);
            Assert.False(block.IsHeld);
            comm.Send(addresses, dest: 1, tag: 6);
        }
        else
        {
            using LoanedBlock<double> block = comm.RecvLoan<double>(0, 5, out Status status);
            comm.Recv(addresses, 0, 6);
            Assert.Equal(length, block.Length);
            Assert.Equal((0, 5, length * 8L), (status.Source, status.Tag, status.LengthBytes));
            AssertFilled(block.Span, 3);
            if (length > 0)
                Assert.Equal(addresses[0], AddressOf(block.Span));
        }
    });

    [Theory, MemberData(nameof(Lengths))]
    public void SendLoan_Unexpected_IsProbedAndReceivedByAnyCall(int length) => RankHost.Run(2, comm =>
    {
        if (comm.Rank == 0)
        {
            for (int tag = 1; tag <= 3; tag++)
            {
                LoanedBlock<double> block = comm.Loan<double>(length);
                Fill(block.Span, tag);
                comm.Send(block, 1, tag);
            }
            comm.Send(true, 1, tag: 9);
            comm.Recv<bool>(1, tag: 9);
            Assert.Equal(0, Out(comm));
        }
        else
        {
            comm.Recv<bool>(0, tag: 9);            // so that the blocks are in the unexpected queue
            Assert.Equal(length * 8L, comm.Probe(0, 2).LengthBytes);
            var buffer = new double[length + 1];
            Assert.Equal(length, comm.Recv(buffer, Comm.AnySource, 2).Count<double>());
            AssertFilled(buffer.AsSpan(0, length), 2);
            Request receive = comm.Irecv(buffer.AsMemory(0, length), 0, 3);
            Assert.Equal(length, receive.Wait().Count<double>());
            AssertFilled(buffer.AsSpan(0, length), 3);
            using (LoanedBlock<double> block = comm.RecvLoan<double>())
                AssertFilled(block.Span, 1);
            comm.Send(true, 0, tag: 9);
        }
    });

    [Theory, MemberData(nameof(Lengths))]
    public void SendSpan_RecvLoan_GetsACopy(int length) => RankHost.Run(2, comm =>
    {
        var data = new double[length];
        Fill(data, 1);
        if (comm.Rank == 0)
        {
            comm.Send(data, 1, tag: 1);
            comm.Recv<bool>(1, tag: 2);
            comm.Send(data, 1, tag: 3);
        }
        else
        {
            using (LoanedBlock<double> block = comm.RecvLoan<double>(0, 1))       // posted first, or not
                AssertFilled(block.Span, 1);
            Task<LoanedBlock<double>> receive = comm.RecvLoanAsync<double>(0, 3);
            comm.Send(true, 0, tag: 2);
            using LoanedBlock<double> second = receive.GetAwaiter().GetResult();
            Assert.Equal(length, second.Length);
            AssertFilled(second.Span, 1);
        }
        Assert.Equal(0, Held(comm));
    });

    [Theory, MemberData(nameof(Lengths))]
    public void SendLoan_OverTcp_Copies(int length) => RankHost.Run(
        2,
        comm =>
        {
            if (comm.Rank == 0)
            {
                LoanedBlock<int> first = comm.Loan<int>(length), second = comm.Loan<int>(length);
                Fill(first.Span, 1);
                Fill(second.Span, 2);
                comm.Send(first, 1, tag: 1);
                comm.Isend(second, 1, tag: 2).Wait();
                Assert.False(first.IsHeld || second.IsHeld);
                Assert.Equal(0, Held(comm));
            }
            else
            {
                using LoanedBlock<int> first = comm.RecvLoan<int>(0, 1);
                var second = new int[length];
                comm.Recv(second, 0, 2);
                AssertFilled(first.Span, 1);
                AssertFilled(second.AsSpan(), 2);
            }
        },
        s_tcp);

    [Theory, MemberData(nameof(Lengths))]
    public void SendLoan_ToSelf_StaysWhereItIs(int length) => RankHost.Run(1, comm =>
    {
        LoanedBlock<long> block = comm.Loan<long>(length);
        Fill(block.Span, 7);
        comm.Send(block, 0, tag: 1);
        Assert.False(block.IsHeld);
        using (LoanedBlock<long> same = comm.RecvLoan<long>(0, 1))
            AssertFilled(same.Span, 7);

        block = comm.Loan<long>(length);
        Fill(block.Span, 8);
        var buffer = new long[length];
        Request receive = comm.Irecv(buffer, Comm.AnySource, 2);
        comm.Send(block, 0, tag: 2);
        receive.Wait();
        AssertFilled(buffer.AsSpan(), 8);

        comm.Send(buffer, 0, tag: 3);
        using (LoanedBlock<long> copy = comm.RecvLoan<long>(0, 3))
            AssertFilled(copy.Span, 8);
        Assert.Equal(0, Held(comm) + Out(comm));
    });

    [Fact]
    public void SendLoan_GoesRound_AndIsItsOwnersAgain() => RankHost.Run(3, comm =>
    {
        int right = (comm.Rank + 1) % comm.Size, left = (comm.Rank + comm.Size - 1) % comm.Size;
        nint address = 0;
        if (comm.Rank == 0)
        {
            LoanedBlock<int> block = comm.Loan<int>(1000);
            block.Span.Fill(1);
            address = AddressOf(block.Span);
            comm.Send(block, right);
        }
        using LoanedBlock<int> come = comm.RecvLoan<int>(left);
        foreach (ref int value in come.Span)
            value++;                            // whoever holds it may change it
        if (comm.Rank != 0)
        {
            comm.Send(come, right);
            return;
        }
        Assert.Equal(address, AddressOf(come.Span));
        Assert.All(come.Span.ToArray(), value => Assert.Equal(4, value));
        Assert.Equal((1, 0), (Held(comm), Out(comm)));
    });

    [Fact]
    public void Loan_SentAndReturned_UsesTheSameMemoryAgain() => RankHost.Run(2, comm =>
    {
        var addresses = new HashSet<nint>();
        for (int i = 0; i < 100; i++)
        {
            if (comm.Rank == 0)
            {
                LoanedBlock<byte> block = comm.Loan<byte>(1 << 20);
                addresses.Add(AddressOf(block.Span));
                block.Span[i] = (byte)i;
                comm.Send(block, 1);
                comm.Recv<bool>(1);
            }
            else
            {
                using (LoanedBlock<byte> block = comm.RecvLoan<byte>(0))
                    Assert.Equal(i, block.Span[i]);
                comm.Send(true, 0);
            }
        }
        Assert.InRange(addresses.Count, 0, 5);
    });

    [Fact]
    public void Loan_WhileItIsWithAPeer_UsesOtherMemory() => RankHost.Run(2, comm =>
    {
        const int Count = 40;
        if (comm.Rank == 0)
        {
            for (int i = 0; i < Count; i++)
            {
                LoanedBlock<int> block = comm.Loan<int>(5000);
                block.Span.Fill(i);
                comm.Send(block, 1, tag: i);
            }
        }
        else
        {
            var blocks = new LoanedBlock<int>[Count];
            for (int i = Count - 1; i >= 0; i--)
                blocks[i] = comm.RecvLoan<int>(0, i);
            for (int i = 0; i < Count; i++)
            {
                Assert.Equal(-1, blocks[i].Span.IndexOfAnyExcept(i));
                blocks[i].Dispose();
            }
        }
    });

    [Fact]
    public void Loan_MoreThanTheArenaHolds_WaitsForThemToComeHome() => RankHost.Run(
        2,
        comm =>
        {
            const int Count = 40;       // of 8 MiB, through an arena of 64
            for (int i = 0; i < Count; i++)
            {
                if (comm.Rank == 0)
                {
                    LoanedBlock<long> block = comm.Loan<long>(1 << 20);
                    block.Span[12345] = i;
                    comm.Send(block, 1);
                }
                else
                {
                    using LoanedBlock<long> block = comm.RecvLoan<long>(0);
                    Assert.Equal(i, block.Span[12345]);
                }
            }
        },
        s_small with { LoanWaitSeconds = 50 });

    [Fact]
    public void Loan_ArenaFull_SaysWhoHasIt() => RankHost.Run(
        2,
        comm =>
        {
            if (comm.Rank == 1)
            {
                using LoanedBlock<byte> kept = comm.RecvLoan<byte>(0);
                comm.Recv<bool>(0);
                return;
            }
            comm.Send(comm.Loan<byte>(40 << 20), 1);
            using LoanedBlock<byte> here = comm.Loan<byte>(10 << 20);
            MpiException error = Assert.Throws<MpiException>(() => comm.Loan<byte>(30 << 20));
            comm.Send(true, 1);

            Assert.Equal((2330, MpiErrorClass.NoMem), (error.ErrorId, error.ErrorClass));
            Assert.Contains("31,457,280 bytes", error.Message, StringComparison.Ordinal);
            Assert.Contains("arena of 64 MiB", error.Message, StringComparison.Ordinal);
            Assert.Contains("1 blocks (10 MiB) are held here", error.Message, StringComparison.Ordinal);
            Assert.Contains("(40 MiB) with rank 1", error.Message, StringComparison.Ordinal);
            Assert.Contains("LoanArenaBytes", error.Message, StringComparison.Ordinal);
        },
        s_small);

    [Fact]
    public void RecvLoan_NoRoomForTheCopy_FailsThisReceiveOnly() => RankHost.Run(
        2,
        comm =>
        {
            if (comm.Rank == 0)
            {
                comm.Send(new byte[65 << 20], 1);
                comm.Send(5, 1);
                return;
            }
            Assert.Equal(2330, Assert.Throws<MpiException>(() => comm.RecvLoan<byte>(0)).ErrorId);
            Assert.Equal(5, comm.Recv<int>(0));
        },
        s_small);

    [Fact]
    public void Recv_LoanOfOtherTypeOrTooLong_IsAnErrorAndTheBlockGoesHome() => RankHost.Run(2, comm =>
    {
        if (comm.Rank == 0)
        {
            for (int i = 0; i < 3; i++)
                comm.Send(comm.Loan<double>(100), 1);
            comm.Send(new double[3], 1);
            comm.Recv<bool>(1);
            comm.Loan<double>(100).Dispose();
            comm.Loan<double>(100).Dispose();
            LoanedBlock<double>[] all = [comm.Loan<double>(100), comm.Loan<double>(100), comm.Loan<double>(100)];
            Assert.Equal(0, Out(comm));                // all three have come home
            foreach (LoanedBlock<double> block in all)
                block.Dispose();
        }
        else
        {
            Assert.Equal(2102, Assert.Throws<MpiException>(() => comm.RecvLoan<int>(0)).ErrorId);
            Assert.Equal(2102, Assert.Throws<MpiException>(() => comm.Recv(new float[200], 0)).ErrorId);
            Assert.Equal(2107, Assert.Throws<MpiException>(() => comm.Recv(new double[99], 0)).ErrorId);
            Assert.Equal(2102, Assert.Throws<MpiException>(() => comm.RecvLoan<long>(0)).ErrorId);
            comm.Send(true, 0);
        }
    });

    [Fact]
    public void RecvLoan_Bytes_MatchAnyType() => RankHost.Run(2, comm =>
    {
        if (comm.Rank == 0)
        {
            comm.Send(comm.Loan<double>(100), 1);
        }
        else
        {
            using LoanedBlock<byte> block = comm.RecvLoan<byte>();
            Assert.Equal(800, block.Length);
        }
    });

    [Fact]
    public void ProcNull_GivesBack_AndGivesNothing() => RankHost.Run(1, comm =>
    {
        LoanedBlock<int> block = comm.Loan<int>(10), other = comm.Loan<int>(10);
        comm.Send(block, Comm.ProcNull);
        Assert.True(comm.Isend(other, Comm.ProcNull).IsNull);
        Assert.False(block.IsHeld || other.IsHeld);
        Assert.Equal(0, Held(comm));

        using LoanedBlock<int> nothing = comm.RecvLoan<int>(Comm.ProcNull, 0, out Status status);
        Assert.Equal((0, Comm.ProcNull), (nothing.Length, status.Source));
        Assert.True(nothing.Span.IsEmpty);
    });

    [Fact]
    public void Use_AfterSend_NamesBothPlaces() => RankHost.Run(2, comm =>
    {
        if (comm.Rank == 1)
        {
            comm.RecvLoan<int>(0).Dispose();
            return;
        }
        int taken = LineHere() + 1;
        LoanedBlock<int> block = comm.Loan<int>(10), copy = block;
        int sent = LineHere() + 1;
        comm.Send(block, 1);

        foreach (Action misuse in (Action[])[() => _ = copy.Span, () => comm.Send(copy, 1), () => comm.Isend(block, 1), () => comm.Send(copy, Comm.ProcNull)])
        {
            MpiException error = Assert.Throws<MpiException>(misuse);
            Assert.Equal(2332, error.ErrorId);
            Assert.Contains($"Comm.Loan took at LoanTests.cs:{taken}", error.Message, StringComparison.Ordinal);
            Assert.Contains($"sent to rank 1 at LoanTests.cs:{sent}", error.Message, StringComparison.Ordinal);
        }
        copy.Dispose();         // nothing
        Assert.Equal(0, Held(comm));
    });

    [Fact]
    public void Dispose_Twice_DoesNotTouchTheNextHolder() => RankHost.Run(1, comm =>
    {
        LoanedBlock<int> block = comm.Loan<int>(10), copy = block;
        block.Dispose();
        Assert.Contains("given back by Dispose", Assert.Throws<MpiException>(() => copy.Span.Length).Message, StringComparison.Ordinal);
        using LoanedBlock<int> next = comm.Loan<int>(10);
        next.Span.Fill(1);
        block.Dispose();
        copy.Dispose();
        using LoanedBlock<int> third = comm.Loan<int>(10);
        third.Span.Fill(3);

        Assert.True(next.IsHeld);
        Assert.Equal(-1, next.Span.IndexOfAnyExcept(1));
    });

    [Fact]
    public void WrongArguments_LeaveTheBlockWithTheProgram() => RankHost.Run(1, comm =>
    {
        using LoanedBlock<int> block = comm.Loan<int>(10);
        Assert.Equal(2004, Assert.Throws<MpiException>(() => comm.Send(block, 1)).ErrorId);
        Assert.Equal(2007, Assert.Throws<MpiException>(() => comm.Isend(block, 0, -5)).ErrorId);
        Assert.Throws<ArgumentOutOfRangeException>(() => comm.Loan<int>(-1));
        Assert.True(block.IsHeld);
    });

    [Fact]
    public void Left_AtTheEndOrInADisposedComm_IsTold()
    {
        string said = WhatIsSaid(() => RankHost.Run(1, comm =>
        {
            using (Comm dup = comm.Dup())
                dup.Loan<int>(25);
            comm.Allocate<byte>(1000);
        }));

        Assert.Contains("UMPS2335", said, StringComparison.Ordinal);
        Assert.Contains("1 blocks of 100 bytes", said, StringComparison.Ordinal);
        Assert.Contains("UMPS2334", said, StringComparison.Ordinal);
        Assert.Contains("2 blocks of 1,100 bytes", said, StringComparison.Ordinal);
        Assert.Contains("LoanTests.cs:", said, StringComparison.Ordinal);
    }

    [Fact]
    public void ReceiverLeaves_WhatItHeldComesHome() => RankHost.Run(2, comm =>
    {
        if (comm.Rank == 1)
        {
            _ = comm.RecvLoan<int>(0, 1);       // never given back, and the other never received
            comm.Probe(0, 2);
            return;
        }
        comm.Send(comm.Loan<int>(100), 1, 1);
        comm.Send(comm.Loan<int>(100), 1, 2);
        Assert.Equal(2201, Assert.Throws<MpiException>(() => comm.Recv<int>(1)).ErrorId);
        LoanedBlock<int> first = comm.Loan<int>(100), second = comm.Loan<int>(100);
        Assert.Equal(0, Out(comm));
        first.Dispose();
        Assert.Equal(2201, Assert.Throws<MpiException>(() => comm.Send(second, 1)).ErrorId);
        Assert.Equal(0, Held(comm));            // it was given away, and nobody took it
    });

    [Fact]
    public void LenderLeaves_ItsBlocksStayReadable() => RankHost.Run(2, comm =>
    {
        if (comm.Rank == 0)
        {
            foreach (int tag in (int[])[1, 2, 3])
            {
                LoanedBlock<int> block = comm.Loan<int>(300_000);
                Fill(block.Span, tag);
                comm.Send(block, 1, tag);
            }
            return;
        }
        using LoanedBlock<int> first = comm.RecvLoan<int>(0, 1);
        Assert.Equal(2201, Assert.Throws<MpiException>(() => comm.Recv<int>(0, 9)).ErrorId);
        using LoanedBlock<int> second = comm.RecvLoan<int>(0, 2);
        var third = new int[300_000];
        comm.Recv(third, 0, 3);
        AssertFilled(first.Span, 1);
        AssertFilled(second.Span, 2);
        AssertFilled(third.AsSpan(), 3);
        comm.Send(second, 1, 4);                // on to itself: home it goes all the same
        comm.Recv(third, 1, 4);
        AssertFilled(third.AsSpan(), 2);
    });

    [Fact]
    public void Comm_Disposed_DropsUnexpectedBlocks() => RankHost.Run(2, comm =>
    {
        using Comm dup = comm.Dup();
        if (comm.Rank == 0)
        {
            dup.Send(comm.Loan<int>(100), 1);
            comm.Send(true, 1);
            comm.Recv<bool>(1);
            comm.Loan<int>(100).Dispose();
            Assert.Equal(0, Out(comm));
        }
        else
        {
            comm.Recv<bool>(0);
            dup.Dispose();
            comm.Send(true, 0);
        }
    });

    /// <summary>What no rank sends: memory outside of an arena, a rank or a slot that is not there, a block of the receiver's that is not lent.</summary>
    [Theory]
    [InlineData(2, 0, 0, 8)]
    [InlineData(-1, 0, 0, 8)]
    [InlineData(1, 65536, 0, 8)]
    [InlineData(1, 0, -1, 8)]
    [InlineData(1, 0, 0, 0)]
    [InlineData(1, 0, 0, -1)]
    [InlineData(1, 0, (4L << 30) - 7, 8)]
    [InlineData(1, 0, 1L << 62, 8)]
    [InlineData(1, 0, 8, 4L << 30)]
    [InlineData(0, 0, 0, 8)]
    public void RecvLoan_TicketOfNoBlock_IsAnError(int owner, uint slot, long offset, long length) => RankHost.Run(2, comm =>
    {
        if (comm.Rank == 0)
        {
            Assert.Equal((2336, MpiErrorClass.Intern), Assert.Throws<MpiException>(() => comm.RecvLoan<byte>(1)) is var error ? (error.ErrorId, error.ErrorClass) : default);
            return;
        }
        var ticket = new byte[LoanTicket.SizeBytes];
        using LoanedBlock<byte> block = comm.Loan<byte>(8);
        LoanTicket good = TicketOf(comm, block);
        (good with { Owner = owner, Slot = slot, Offset = good.Offset + offset, LengthBytes = length }).Write(ticket);
        comm.Core.Gate.Enter();
        Assert.True(comm.Core.Endpoint.TrySend(0, new FrameHeader { Kind = MessageKind.Loan, Word0 = comm.Context }, ticket));
        comm.Core.Gate.Leave();
    });

    [Fact]
    public void RecvLoanAsync_Cancelled_LeavesTheMessageToTheNext() => RankHost.RunAsync(2, async comm =>
    {
        if (comm.Rank == 1)
        {
            using var source = new CancellationTokenSource();
            Task<LoanedBlock<int>> receive = comm.RecvLoanAsync<int>(0, cancellationToken: source.Token);
            await source.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receive);
            await comm.Isend(new[] { true }, 0);
            using LoanedBlock<int> block = await comm.RecvLoanAsync<int>(0);
            AssertFilled(block.Span, 1);
        }
        else
        {
            comm.Recv<bool>(1);
            LoanedBlock<int> block = comm.Loan<int>(100);
            Fill(block.Span, 1);
            comm.Send(block, 1);
        }
    });

    [Fact]
    public void Allocate_IsZero_AndServesEveryCall() => RankHost.Run(2, comm =>
    {
        using (SharedBuffer<double> dirty = comm.Allocate<double>(100_000))
            dirty.Span.Fill(9);
        using SharedBuffer<double> field = comm.Allocate<double>(100_000);
        Assert.Equal(-1, field.Span.IndexOfAnyExcept(0));
        if (comm.Rank == 0)
        {
            Fill(field.Span, 1);
            comm.Send(field.Span, 1);
            comm.Isend(field.Memory[1000..2000], 1).Wait();
        }
        else
        {
            comm.Recv(field.Span, 0);
            AssertFilled(field.Span, 1);
            Request receive = comm.Irecv(field.Memory[..1000], 0);
            receive.Wait();
            Assert.Equal(field.Span[1000..2000], field.Span[..1000]);
        }
        comm.Barrier();
        Assert.Equal(comm.Size * 3.0, Reduced(comm, field));
    });

    [Fact]
    public void SharedBuffer_DisposedWhileReceiving_GoesWhenTheReceiveIsDone() => RankHost.Run(1, comm =>
    {
        SharedBuffer<int> buffer = comm.Allocate<int>(1000);
        Request receive = comm.Irecv(buffer.Memory, 0);
        buffer.Dispose();
        Assert.Equal(2333, Assert.Throws<MpiException>(() => buffer.Span.Length).ErrorId);
        Assert.Equal(1, Held(comm));
        comm.Send(new int[1000], 0);
        receive.Wait();
        SpinWait.SpinUntil(() => Held(comm) == 0, TimeSpan.FromSeconds(30));
        Assert.Equal(0, Held(comm));
        buffer.Dispose();
        Assert.Equal(2333, Assert.Throws<MpiException>(() => buffer.Memory.Pin()).ErrorId);
    });

    [Fact]
    public void AfterTheEnd_BlocksAndBuffersSayNoMore()
    {
        LoanedBlock<int> block = default;
        SharedBuffer<int>? buffer = null;
        WhatIsSaid(() => RankHost.Run(1, comm => (block, buffer) = (comm.Loan<int>(10), comm.Allocate<int>(10))));

        Assert.Equal(2332, Assert.Throws<MpiException>(() => block.Span.Length).ErrorId);
        Assert.Equal(2333, Assert.Throws<MpiException>(() => buffer!.Span.Length).ErrorId);
        block.Dispose();
        buffer!.Dispose();
    }

    [Fact]
    public void Loan_SendReceiveReturn_AllocateNothing() => RankHost.Run(2, comm =>
    {
        long before = 0;
        for (int i = 0; i < 3000; i++)
        {
            if (i == 1000)
                before = GC.GetAllocatedBytesForCurrentThread();
            if (comm.Rank == 0)
                comm.Send(comm.Loan<byte>(4096), 1);
            comm.RecvLoan<byte>(1 - comm.Rank).Dispose();
            if (comm.Rank == 1)
                comm.Send(comm.Loan<byte>(4096), 0);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    });

    [Fact]
    public void Threads_EachWithATagOfItsOwn_DoNotMixTheirBlocks() => RankHost.Run(2, comm =>
    {
        Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, thread =>
        {
            for (int i = 0; i < 300; i++)
            {
                LoanedBlock<int> block = comm.Loan<int>(1 + (i * 37 % 5000));
                Fill(block.Span, (thread * 1000) + i);
                Request sent = comm.Isend(block, 1 - comm.Rank, thread);
                using LoanedBlock<int> come = comm.RecvLoan<int>(1 - comm.Rank, thread);
                AssertFilled(come.Span, (thread * 1000) + i);
                sent.Wait();
            }
        });
        comm.Barrier();
        Assert.Equal((0, 0), (Held(comm), Out(comm)));
    });

    [Fact]
    public void Random_BlocksAndBuffersMixed_Arrive() => Seeds.Run(2, seed => RankHost.Run(3, comm =>
    {
        const int Messages = 200;
        for (int sender = 0; sender < comm.Size; sender++)
        {
            var random = new Random(HashCode.Combine(seed, sender));       // the same on all ranks
            for (int i = 0; i < Messages; i++)
            {
                int length = random.Next(1 << (1 + random.Next(17))), to = random.Next(comm.Size);
                bool lends = random.Next(2) == 0, takesBlock = random.Next(2) == 0;
                if (comm.Rank == sender)
                {
                    using LoanedBlock<int> block = comm.Loan<int>(length);
                    Fill(block.Span, i);
                    if (lends)
                        comm.Send(block, to, i);
                    else
                        comm.Send(block.Span, to, i);
                }
                if (comm.Rank != to)
                    continue;
                if (takesBlock)
                {
                    using LoanedBlock<int> come = comm.RecvLoan<int>(sender, i);
                    Assert.Equal(length, come.Length);
                    AssertFilled(come.Span, i);
                }
                else
                {
                    var come = new int[length];
                    comm.Recv(come, sender, i);
                    AssertFilled(come.AsSpan(), i);
                }
            }
        }
        comm.Barrier();
        Assert.Equal(0, Held(comm));
    }));

    private static double Reduced(Comm comm, SharedBuffer<double> field)
    {
        field.Span.Fill(3);
        comm.Allreduce<double>(field.Span[..10], field.Span[100..110], Op.Sum);
        return field.Span[105];
    }

    private static LoanTicket TicketOf(Comm comm, LoanedBlock<byte> block) => comm.Core.Loans.TicketOf(block.Loan!);

    private static int Held(Comm comm) => comm.Core.Endpoint.Loans.HeldCount;

    private static int Out(Comm comm)
    {
        comm.Core.Endpoint.Loans.TakeAllHome();
        return comm.Core.Endpoint.Loans.OutCount;
    }

    private static void Fill<T>(Span<T> span, int first)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        for (int i = 0; i < span.Length; i++)
            span[i] = T.CreateTruncating(first + (i * 7 % 1000));
    }

    private static void AssertFilled<T>(Span<T> span, int first)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        for (int i = 0; i < span.Length; i++)
            Assert.True(span[i] == T.CreateTruncating(first + (i * 7 % 1000)), $"element {i} is {span[i]}");
    }

    private static unsafe nint AddressOf<T>(Span<T> span)
        where T : unmanaged => span.IsEmpty ? 0 : (nint)Unsafe.AsPointer(ref span[0]);

    private static string WhatIsSaid(Action body)
    {
        TextWriter before = Console.Error;
        using var said = new StringWriter();
        Console.SetError(said);
        try
        {
            body();
        }
        finally
        {
            Console.SetError(before);
        }
        return said.ToString();
    }
}
