using Umps;

namespace Umps.Bench;

/// <summary>Ping-pong: microseconds one way, half a round trip.</summary>
internal sealed class LatencyBenchmark(int bytes) : Benchmark("latency", bytes)
{
    private readonly byte[] _data = new byte[bytes];

    /// <inheritdoc/>
    public override double Batch(Comm comm, int loops)
    {
        byte[] data = _data;
        double start = Mpi.Wtime();
        if (comm.Rank == 0)
        {
            for (int i = 0; i < loops; i++)
            {
                comm.Send(data, dest: 1, tag: 1);
                comm.Recv(data, source: 1, tag: 1);
            }
        }
        else
        {
            for (int i = 0; i < loops; i++)
            {
                comm.Recv(data, source: 0, tag: 1);
                comm.Send(data, dest: 0, tag: 1);
            }
        }

        return (Mpi.Wtime() - start) * 1e6 / (2.0 * loops);
    }
}
