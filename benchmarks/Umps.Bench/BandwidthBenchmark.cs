using System;
using Umps;

namespace Umps.Bench;

/// <summary>Windows of 16 messages in one direction, each window answered by one byte: MB/s (10^6 bytes).</summary>
internal sealed class BandwidthBenchmark(int bytes) : Benchmark("bw", bytes)
{
    private const int Window = 64;

    private readonly byte[] _data = new byte[bytes * Window];
    private readonly Request[] _requests = new Request[Window];

    /// <inheritdoc/>
    public override double Batch(Comm comm, int loops)
    {
        double start = Mpi.Wtime();
        for (int i = 0; i < loops; i++)
        {
            for (int w = 0; w < Window; w++)
            {
                Memory<byte> part = _data.AsMemory(w * Bytes, Bytes);
                _requests[w] = comm.Rank == 0 ? comm.Isend(part, dest: 1, tag: 2) : comm.Irecv(part, source: 0, tag: 2);
            }

            Request.WaitAll(_requests);
            if (comm.Rank == 0)
                comm.Recv<byte>(source: 1, tag: 3);
            else
                comm.Send<byte>(0, dest: 0, tag: 3);
        }

        return (double)Bytes * Window * loops / ((Mpi.Wtime() - start) * 1e6);
    }
}
