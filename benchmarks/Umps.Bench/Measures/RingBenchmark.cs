using System;
using Umps;

namespace Umps.Bench;

/// <summary>A token round all ranks: microseconds a hop.</summary>
internal sealed class RingBenchmark(BenchContext context, int bytes) : Benchmark(context, bytes)
{
    private readonly BenchBuffer _send = BenchBuffer.Make(context, bytes), _recv = BenchBuffer.Make(context, bytes);

    /// <inheritdoc/>
    public override double Measure(int loops)
    {
        int next = (Comm.Rank + 1) % Comm.Size, previous = (Comm.Rank + Comm.Size - 1) % Comm.Size;
        ReadOnlySpan<byte> send = _send.Span;
        Span<byte> recv = _recv.Span;
        double start = Mpi.Wtime();
        for (int i = 0; i < loops; i++)
        {
            if (Comm.Rank == 0)
            {
                Comm.Send(send, next, Tag);
                Comm.Recv(recv, previous, Tag);
            }
            else
            {
                Comm.Recv(recv, previous, Tag);
                Comm.Send(send, next, Tag);
            }
        }

        return (Mpi.Wtime() - start) * 1e6 / ((double)loops * Comm.Size);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _send.Dispose();
        _recv.Dispose();
        base.Dispose();
    }
}
