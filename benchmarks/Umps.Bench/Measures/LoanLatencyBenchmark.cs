using System;
using System.Diagnostics;
using HdrHistogram;
using Umps;

namespace Umps.Bench;

/// <summary>Ping-pong of loaned blocks: each is taken anew, marked at both ends, sent, looked at there and given back; microseconds one way.</summary>
/// <remarks>The bytes between the ends are not touched: what is measured is the handing over, which should not depend on the length.</remarks>
internal sealed class LoanLatencyBenchmark(BenchContext context, int bytes) : Benchmark(context, bytes)
{
    /// <inheritdoc/>
    public override double Measure(int loops)
    {
        double start = Mpi.Wtime();
        for (int i = 0; i < loops; i++)
        {
            if (Comm.Rank == 0)
            {
                Send(1, (byte)i);
                Receive(1, (byte)i);
            }
            else
            {
                Receive(0, (byte)i);
                Send(0, (byte)i);
            }
        }

        return (Mpi.Wtime() - start) * 1e6 / (2.0 * loops);
    }

    /// <inheritdoc/>
    public override int Sample(int loops, LongHistogram turns)
    {
        for (int i = 0; i < loops; i++)
        {
            long start = Stopwatch.GetTimestamp();
            Measure(1);
            turns.RecordValue(Nanoseconds.Since(start));
        }

        return 2;
    }

    private void Send(int dest, byte mark)
    {
        LoanedBlock<byte> block = Comm.Loan<byte>(Bytes);
        Span<byte> span = block.Span;
        span[0] = span[^1] = mark;
        Comm.Send(block, dest, Tag);
    }

    private void Receive(int source, byte mark)
    {
        using LoanedBlock<byte> block = Comm.RecvLoan<byte>(source, Tag);
        Span<byte> span = block.Span;
        if (span.Length != Bytes || span[0] != mark || span[^1] != mark)
            throw new InvalidOperationException("a loaned block arrived that is not the one that was sent");
    }
}
