using Umps;

namespace Umps.Bench;

/// <summary>A loop between two ranks, measured in batches of a few milliseconds by <see cref="BatchRunner"/>.</summary>
internal abstract class Benchmark(string name, int bytes)
{
    /// <summary>Its name on the command line and in results; the peers' program has the same.</summary>
    public string Name { get; } = name;

    /// <summary>Bytes of a message.</summary>
    public int Bytes { get; } = bytes;

    /// <summary>Runs the loop so often on both ranks.</summary>
    /// <returns>The figure of this batch, in the benchmark's unit.</returns>
    public abstract double Batch(Comm comm, int loops);
}
