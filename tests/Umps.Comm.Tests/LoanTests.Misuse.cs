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

/// <summary>Loaned blocks and shared buffers used wrongly, left, or held by somebody who leaves.</summary>
public sealed partial class LoanTests
{
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
            Assert.Contains($"Comm.Loan took at LoanTests.Misuse.cs:{taken}", error.Message, StringComparison.Ordinal);
            Assert.Contains($"sent to rank 1 at LoanTests.Misuse.cs:{sent}", error.Message, StringComparison.Ordinal);
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
        Assert.Contains("LoanTests.Misuse.cs:", said, StringComparison.Ordinal);
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
}
