namespace Umps;

/// <summary>A value and where it is: what <see cref="Op.MinLoc"/> and <see cref="Op.MaxLoc"/> reduce.</summary>
/// <typeparam name="T">Type of the value.</typeparam>
/// <param name="Value">The value that is compared.</param>
/// <param name="Location">Where it is, mostly the rank; the lower one wins among equal values.</param>
/// <remarks>MPI 4.1 §6.9.4, its pairs (MPI_DOUBLE_INT and the like).</remarks>
/// <example><code>(double largest, int rank) = comm.Allreduce(new ValueLoc&lt;double&gt;(local, comm.Rank), Op.MaxLoc);</code></example>
public readonly record struct ValueLoc<T>(T Value, int Location)
    where T : unmanaged;
