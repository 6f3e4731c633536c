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
public sealed partial class LoanTests
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
    public void Loan_SendReceiveReturn_AllocateNothing() => RankHost.Run(2, comm =>
    {
        Rounds();
        Assert.Equal(0, Allocations.Least(Rounds));

        void Rounds()
        {
            for (int i = 0; i < 1000; i++)
            {
                if (comm.Rank == 0)
                    comm.Send(comm.Loan<byte>(4096), 1);
                comm.RecvLoan<byte>(1 - comm.Rank).Dispose();
                if (comm.Rank == 1)
                    comm.Send(comm.Loan<byte>(4096), 0);
            }
        }
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
