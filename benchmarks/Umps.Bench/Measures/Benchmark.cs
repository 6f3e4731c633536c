using System;
using HdrHistogram;
using Umps;

namespace Umps.Bench;

/// <summary>One measure at one message size: a loop that all ranks run together.</summary>
/// <remarks>The loops are those of the OSU micro-benchmarks (https://mvapich.cse.ohio-state.edu/benchmarks/), in words of our own; benchmarks/peers holds the
/// same loops in C. Kinds and their names stand in <see cref="BenchmarkCatalogue"/>.</remarks>
internal abstract class Benchmark(BenchContext context, int bytes) : IDisposable
{
    /// <summary>The tag of a measured message; answers have the next one.</summary>
    protected const int Tag = 1, AnswerTag = 3;

    /// <summary>Among whom.</summary>
    protected Comm Comm { get; } = context.Comm;

    /// <summary>Bytes of a message.</summary>
    protected int Bytes { get; } = bytes;

    /// <summary>Messages under way at once, where the measure has windows.</summary>
    protected int Window { get; } = context.Window;

    /// <summary>Runs the loop so often; every rank calls it.</summary>
    /// <returns>The figure in the kind's unit; rank 0's is the one that counts.</returns>
    public abstract double Measure(int loops);

    /// <summary>The columns of a line of output after its size.</summary>
    public virtual double[] Columns(double figure) => [figure];

    /// <summary>Runs the loop once more with a time stamp at each turn, for percentiles; rank 0 records nanoseconds of a turn.</summary>
    /// <returns>What a turn is divided by to give the kind's figure; 0 when this measure has no percentiles.</returns>
    public virtual int Sample(int loops, LongHistogram turns) => 0;

    /// <summary>Gives buffers back.</summary>
    public virtual void Dispose()
    {
    }
}
