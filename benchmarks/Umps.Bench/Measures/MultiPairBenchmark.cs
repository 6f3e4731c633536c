using Umps;

namespace Umps.Bench;

/// <summary>The first half of the ranks sends windows to the second: MB/s of all pairs over the slowest pair's time, and messages a second (osu_mbw_mr).</summary>
internal sealed class MultiPairBenchmark(BenchContext context, int bytes) : Benchmark(context, bytes)
{
    private readonly BenchBuffer _data = BenchBuffer.Make(context, bytes);
    private readonly Request[] _requests = new Request[context.Window];

    /// <inheritdoc/>
    public override double Measure(int loops)
    {
        int pairs = Comm.Size / 2;
        bool sends = Comm.Rank < pairs;
        int other = sends ? Comm.Rank + pairs : Comm.Rank - pairs;
        Request[] requests = _requests;
        double start = Mpi.Wtime();
        for (int i = 0; i < loops; i++)
        {
            for (int w = 0; w < requests.Length; w++)
                requests[w] = sends ? Comm.Isend(_data.Memory, other, Tag) : Comm.Irecv(_data.Memory, other, Tag);
            Request.WaitAll(requests);
            if (sends)
                Comm.Recv<int>(other, AnswerTag);
            else
                Comm.Send(0, other, AnswerTag);
        }

        double slowest = Comm.Allreduce(Mpi.Wtime() - start, Op.Max);
        return (double)Bytes * Window * loops * pairs / (slowest * 1e6);
    }

    /// <inheritdoc/>
    public override double[] Columns(double figure) => [figure, figure * 1e6 / Bytes];

    /// <inheritdoc/>
    public override void Dispose()
    {
        _data.Dispose();
        base.Dispose();
    }
}
