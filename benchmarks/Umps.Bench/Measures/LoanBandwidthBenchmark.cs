using Umps;

namespace Umps.Bench;

/// <summary>Windows of loaned blocks in one direction, each answered by four bytes: MB/s of what is handed over; the bytes themselves are not touched.</summary>
internal sealed class LoanBandwidthBenchmark(BenchContext context, int bytes) : Benchmark(context, bytes)
{
    private readonly Request[] _requests = new Request[context.Window];

    /// <inheritdoc/>
    public override double Measure(int loops)
    {
        double start = Mpi.Wtime();
        for (int i = 0; i < loops; i++)
        {
            if (Comm.Rank == 0)
            {
                for (int w = 0; w < _requests.Length; w++)
                    _requests[w] = Comm.Isend(Comm.Loan<byte>(Bytes), dest: 1, tag: Tag);
                Request.WaitAll(_requests);
                Comm.Recv<int>(source: 1, tag: AnswerTag);
            }
            else
            {
                for (int w = 0; w < _requests.Length; w++)
                    Comm.RecvLoan<byte>(source: 0, tag: Tag).Dispose();
                Comm.Send(0, dest: 0, tag: AnswerTag);
            }
        }

        return (double)Bytes * Window * loops / ((Mpi.Wtime() - start) * 1e6);
    }
}
