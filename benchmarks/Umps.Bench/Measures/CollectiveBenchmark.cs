using System;
using System.Runtime.InteropServices;
using Umps;

namespace Umps.Bench;

/// <summary>A collective as OSU times it: each call alone on each rank, a barrier after it outside the time; the mean over ranks, the fastest and slowest rank.</summary>
internal sealed class CollectiveBenchmark : Benchmark
{
    private readonly CollectiveCall _call;
    private readonly BenchBuffer _send, _recv;
    private double _fastest, _slowest;
    private int _loops;

    /// <summary>Makes the buffers: of one message, or of one for each rank on the sides that have them.</summary>
    public CollectiveBenchmark(BenchContext context, int bytes, CollectiveCall call)
        : base(context, bytes)
    {
        _call = call;
        int all = checked(bytes * context.Comm.Size);
        _send = BenchBuffer.Make(context, call is CollectiveCall.Scatter or CollectiveCall.Alltoall ? all : bytes);
        _recv = BenchBuffer.Make(context, call is CollectiveCall.Gather or CollectiveCall.Allgather or CollectiveCall.Alltoall ? all : bytes);
    }

    /// <inheritdoc/>
    public override double Measure(int loops)
    {
        bool isBarrier = _call == CollectiveCall.Barrier;
        double seconds = 0;
        for (int i = 0; i < loops; i++)
        {
            double start = Mpi.Wtime();
            Call();
            seconds += Mpi.Wtime() - start;
            if (!isBarrier)
                Comm.Barrier();
        }

        double mine = seconds * 1e6 / loops;
        _loops = loops;
        _fastest = Comm.Allreduce(mine, Op.Min);
        _slowest = Comm.Allreduce(mine, Op.Max);
        return Comm.Allreduce(mine, Op.Sum) / Comm.Size;
    }

    /// <inheritdoc/>
    public override double[] Columns(double figure) => [figure, _fastest, _slowest, _loops];

    /// <inheritdoc/>
    public override void Dispose()
    {
        _send.Dispose();
        _recv.Dispose();
        base.Dispose();
    }

    private void Call()
    {
        Span<byte> send = _send.Span, recv = _recv.Span;
        switch (_call)
        {
            case CollectiveCall.Barrier:
                Comm.Barrier();
                break;
            case CollectiveCall.Bcast:
                Comm.Bcast(send);
                break;
            case CollectiveCall.Reduce:
                Comm.Reduce(MemoryMarshal.Cast<byte, double>(send), MemoryMarshal.Cast<byte, double>(recv), Op.Sum);
                break;
            case CollectiveCall.Allreduce:
                Comm.Allreduce(MemoryMarshal.Cast<byte, double>(send), MemoryMarshal.Cast<byte, double>(recv), Op.Sum);
                break;
            case CollectiveCall.Gather:
                Comm.Gather(send, recv);
                break;
            case CollectiveCall.Allgather:
                Comm.Allgather(send, recv);
                break;
            case CollectiveCall.Scatter:
                Comm.Scatter(send, recv);
                break;
            case CollectiveCall.Alltoall:
                Comm.Alltoall(send, recv);
                break;
        }
    }
}
