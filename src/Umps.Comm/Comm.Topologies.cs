using System;
using Umps.Collectives;
using Umps.Topologies;

namespace Umps;

/// <summary>Virtual topologies: MPI 4.1 §8.</summary>
/// <remarks>Not there: graph topologies (§8.5.3, §8.5.4), neighbourhood collectives (§8.6), a reordering that looks at the hardware.</remarks>
public partial class Comm
{
    /// <summary>Makes a communicator whose ranks are the points of a Cartesian grid, the last coordinate running fastest. Collective.</summary>
    /// <param name="dimensions">Points along each dimension.</param>
    /// <param name="periodic">Which dimensions close to a ring; none when left out.</param>
    /// <param name="reorder">Ranks may be numbered anew; they are not, today.</param>
    /// <returns>The grid; the null communicator (<see cref="IsNull"/>) on ranks beyond the grid's points.</returns>
    /// <remarks>MPI 4.1 §8.5.1.</remarks>
    /// <exception cref="MpiException">UMPS2307: the grid has more points than there are ranks, or a dimension is not positive. UMPS2308: <paramref name="periodic"/> is of another
    /// length. Otherwise as <see cref="Barrier"/>.</exception>
    /// <example><code>
    /// CartComm grid = comm.CreateCart(Comm.CreateDims(comm.Size, 2), periodic: [false, true]);
    /// (int up, int down) = grid.Shift(0, 1);
    /// </code></example>
    public CartComm CreateCart(ReadOnlySpan<int> dimensions, ReadOnlySpan<bool> periodic = default, bool reorder = false)
    {
        CheckUsable("Comm.CreateCart");
        if (periodic.Length != 0 && periodic.Length != dimensions.Length)
            throw Throw.DimensionsDiffer(this, "Comm.CreateCart", "the flags of periodic are", periodic.Length, dimensions.Length);
        long points = 1;
        for (int dimension = 0; dimension < dimensions.Length; dimension++)
        {
            if (dimensions[dimension] <= 0)
                throw Throw.DimensionNotPositive(this, dimensions, dimension);
            points = Math.Min(points * dimensions[dimension], int.MaxValue);      // so that it never overflows; too many are too many
        }
        if (points > Size)
            throw Throw.GridTooLarge(this, dimensions, points);
        return SplitGroup(Rank < points ? 0 : Undefined, Rank, CollectiveTag.CreateCart, out CommSeed seed) is { } group
            ? new CartComm(Core, group, seed, dimensions, periodic)
            : new CartComm(Core, "the grid of CreateCart has fewer points than ranks, and this rank is none of them");
    }

    /// <summary>Chooses a balanced grid for a number of nodes.</summary>
    /// <param name="nodes">Points the grid has in all.</param>
    /// <param name="dimensionCount">Its dimensions.</param>
    /// <returns>Points along each dimension, the longest first.</returns>
    /// <remarks>MPI 4.1 §8.5.2.</remarks>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="nodes"/> or <paramref name="dimensionCount"/> is not positive.</exception>
    /// <example><code>int[] dims = Comm.CreateDims(12, 2);    // 4, 3</code></example>
    public static int[] CreateDims(int nodes, int dimensionCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimensionCount);
        return CreateDims(nodes, new int[dimensionCount]);
    }

    /// <summary>Chooses the free dimensions of a grid for a number of nodes, as balanced as can be.</summary>
    /// <param name="nodes">Points the grid has in all.</param>
    /// <param name="dimensions">Points along each dimension; 0 where they may be chosen.</param>
    /// <returns>The dimensions; the chosen ones do not grow from one to the next.</returns>
    /// <remarks>MPI 4.1 §8.5.2.</remarks>
    /// <exception cref="ArgumentException">The fixed dimensions do not divide the nodes.</exception>
    /// <example><code>int[] dims = Comm.CreateDims(12, [0, 3, 0]);    // 2, 3, 2</code></example>
    public static int[] CreateDims(int nodes, ReadOnlySpan<int> dimensions) => BalancedGrid.Fill(nodes, dimensions);
}
