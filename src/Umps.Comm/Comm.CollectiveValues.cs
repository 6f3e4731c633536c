using System;

namespace Umps;

/// <summary>Collectives of one value a rank. See the span forms for what they promise.</summary>
public partial class Comm
{
    /// <summary>Gives the root's value to every rank.</summary>
    /// <typeparam name="T">Type of the value.</typeparam>
    /// <param name="value">The root's counts.</param>
    /// <param name="root">Rank that sends.</param>
    /// <returns>The root's value, on every rank.</returns>
    /// <exception cref="MpiException">As <see cref="Bcast{T}(Span{T}, int)"/>.</exception>
    /// <example><code>int steps = comm.Bcast(comm.Rank == 0 ? int.Parse(args[0]) : 0, root: 0);</code></example>
    public T Bcast<T>(T value, int root = 0)
        where T : unmanaged
    {
        Bcast(new Span<T>(ref value), root);
        return value;
    }

    /// <summary>Gives the root's value to every rank, in place.</summary>
    /// <typeparam name="T">Type of the value.</typeparam>
    /// <param name="value">The root's is sent; the others' is replaced.</param>
    /// <param name="root">Rank that sends.</param>
    /// <exception cref="MpiException">As <see cref="Bcast{T}(Span{T}, int)"/>.</exception>
    public void Bcast<T>(ref T value, int root = 0)
        where T : unmanaged => Bcast(new Span<T>(ref value), root);

    /// <summary>Combines the values of all ranks and gives the result to the root.</summary>
    /// <typeparam name="T">Type of the value.</typeparam>
    /// <param name="value">This rank's.</param>
    /// <param name="op">How two are combined.</param>
    /// <param name="root">Rank that gets the result.</param>
    /// <returns>The result on the root; <c>default</c> elsewhere.</returns>
    /// <exception cref="MpiException">As <see cref="Reduce{T}(ReadOnlySpan{T}, Span{T}, Op, int)"/>.</exception>
    public T Reduce<T>(T value, Op op, int root = 0)
        where T : unmanaged
    {
        Reduce(new Span<T>(ref value), op, root);
        return Rank == root ? value : default;
    }

    /// <summary>Combines the values of all ranks and gives the result to every rank, the same bits to each.</summary>
    /// <typeparam name="T">Type of the value.</typeparam>
    /// <param name="value">This rank's.</param>
    /// <param name="op">How two are combined.</param>
    /// <returns>The result.</returns>
    /// <exception cref="MpiException">As <see cref="Reduce{T}(ReadOnlySpan{T}, Span{T}, Op, int)"/>.</exception>
    /// <example><code>double residual = comm.Allreduce(local, Op.Max);</code></example>
    public T Allreduce<T>(T value, Op op)
        where T : unmanaged
    {
        Allreduce(new Span<T>(ref value), op);
        return value;
    }

    /// <summary>Collects the values of all ranks on the root.</summary>
    /// <typeparam name="T">Type of the value.</typeparam>
    /// <param name="value">This rank's.</param>
    /// <param name="root">Rank that collects.</param>
    /// <returns>The values by rank on the root; <c>null</c> elsewhere.</returns>
    /// <exception cref="MpiException">As <see cref="Gather{T}(ReadOnlySpan{T}, Span{T}, int)"/>.</exception>
    public T[]? Gather<T>(T value, int root = 0)
        where T : unmanaged
    {
        T[]? values = Rank == root ? new T[Size] : null;
        Gather(new ReadOnlySpan<T>(in value), values.AsSpan(), root);
        return values;
    }

    /// <summary>Collects the values of all ranks on every rank.</summary>
    /// <typeparam name="T">Type of the value.</typeparam>
    /// <param name="value">This rank's.</param>
    /// <returns>The values by rank.</returns>
    /// <exception cref="MpiException">As <see cref="Gather{T}(ReadOnlySpan{T}, Span{T}, int)"/>.</exception>
    public T[] Allgather<T>(T value)
        where T : unmanaged
    {
        var values = new T[Size];
        Allgather(new ReadOnlySpan<T>(in value), values.AsSpan());
        return values;
    }

    /// <summary>Deals the root's values out, one a rank.</summary>
    /// <typeparam name="T">Type of the value.</typeparam>
    /// <param name="values">On the root one for each rank, by rank. Not used elsewhere; may be empty there, or <c>null</c>.</param>
    /// <param name="root">Rank that deals out.</param>
    /// <returns>This rank's value.</returns>
    /// <exception cref="MpiException">As <see cref="Scatter{T}(ReadOnlySpan{T}, Span{T}, int)"/>.</exception>
    public T Scatter<T>(ReadOnlySpan<T> values, int root = 0)
        where T : unmanaged
    {
        T value = default;
        Scatter(values, new Span<T>(ref value), root);
        return value;
    }

    /// <summary>Gives each rank a part of this rank's values, and takes a part from each.</summary>
    /// <typeparam name="T">Type of the values.</typeparam>
    /// <param name="values">As many for each rank, in rank order; mostly one.</param>
    /// <returns>What came, in rank order of its senders.</returns>
    /// <exception cref="MpiException">As <see cref="Alltoall{T}(ReadOnlySpan{T}, Span{T})"/>.</exception>
    public T[] Alltoall<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        var received = new T[values.Length];
        Alltoall(values, received.AsSpan());
        return received;
    }
}
