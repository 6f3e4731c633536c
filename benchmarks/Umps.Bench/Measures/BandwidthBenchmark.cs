using Umps;

namespace Umps.Bench;

/// <summary>Windows of messages in one direction, each answered by four bytes: MB/s of 10^6 bytes (osu_bw), or millions of messages a second.</summary>
internal sealed class BandwidthBenchmark(BenchContext context, int bytes, bool messages) : Benchmark(context, bytes)
{
    private readonly BenchBuffer _data = BenchBuffer.Make(context, bytes);
    private readonly Request[] _requests = new Request[context.Window];

    /// <inheritdoc/>
    public override double Measure(int loops)
    {
        Comm comm = Comm;
        Request[] requests = _requests;
        System.Memory<byte> data = _data.Memory;
        double start = Mpi.Wtime();
        for (int i = 0; i < loops; i++)
        {
            if (comm.Rank == 0)
            {
                for (int w = 0; w < requests.Length; w++)
                    requests[w] = comm.Isend(data, dest: 1, tag: Tag);
                Request.WaitAll(requests);
                comm.Recv<int>(source: 1, tag: AnswerTag);
            }
            else
            {
                for (int w = 0; w < requests.Length; w++)
                    requests[w] = comm.Irecv(data, source: 0, tag: Tag);
                Request.WaitAll(requests);
                comm.Send(0, dest: 0, tag: AnswerTag);
            }
        }

        double count = (double)Window * loops, microseconds = (Mpi.Wtime() - start) * 1e6;
        return (messages ? count : count * Bytes) / microseconds;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _data.Dispose();
        base.Dispose();
    }
}
