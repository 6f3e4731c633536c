using System;
using Umps;

namespace Umps.Bench;

/// <summary>Windows of messages both ways at once: MB/s of both together (osu_bibw).</summary>
internal sealed class BidirectionalBenchmark(BenchContext context, int bytes) : Benchmark(context, bytes)
{
    private readonly BenchBuffer _send = BenchBuffer.Make(context, bytes), _recv = BenchBuffer.Make(context, bytes);
    private readonly Request[] _requests = new Request[2 * context.Window];

    /// <inheritdoc/>
    public override double Measure(int loops)
    {
        int other = 1 - Comm.Rank;
        Request[] requests = _requests;
        Memory<byte> send = _send.Memory, recv = _recv.Memory;
        double start = Mpi.Wtime();
        for (int i = 0; i < loops; i++)
        {
            for (int w = 0; w < Window; w++)
                requests[w] = Comm.Irecv(recv, source: other, tag: Tag);
            for (int w = 0; w < Window; w++)
                requests[Window + w] = Comm.Isend(send, dest: other, tag: Tag);
            Request.WaitAll(requests);
            if (Comm.Rank == 0)
                Comm.Recv<int>(source: 1, tag: AnswerTag);
            else
                Comm.Send(0, dest: 0, tag: AnswerTag);
        }

        return 2.0 * Bytes * Window * loops / ((Mpi.Wtime() - start) * 1e6);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _send.Dispose();
        _recv.Dispose();
        base.Dispose();
    }
}
