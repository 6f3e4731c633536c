using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Umps.Collectives;

namespace Umps;

/// <summary>A communicator whose ranks are the points of a Cartesian grid.</summary>
/// <remarks>MPI 4.1 §8.5. Rank r is the r-th point in the order where the last coordinate runs fastest. Made by <see cref="Comm.CreateCart"/>.</remarks>
public sealed class CartComm : Comm
{
    internal CartComm(RankCore core, Group group, in CommSeed seed, ReadOnlySpan<int> dimensions, ReadOnlySpan<bool> periodic)
        : base(core, group, seed)
    {
        Dimensions = [.. dimensions];
        Periodic = periodic.IsEmpty ? [.. new bool[dimensions.Length]] : [.. periodic];
        Coordinates = [.. CoordinatesAt(Rank)];
    }

    internal CartComm(RankCore core, string nullReason)
        : base(core, nullReason)
    {
    }

    /// <summary>Points along each dimension; empty in the null communicator.</summary>
    public ImmutableArray<int> Dimensions { get; } = [];

    /// <summary>Which dimensions close to a ring.</summary>
    public ImmutableArray<bool> Periodic { get; } = [];

    /// <summary>Where the caller is.</summary>
    public ImmutableArray<int> Coordinates { get; } = [];

    /// <summary>Where a rank is.</summary>
    /// <param name="rank">The rank.</param>
    /// <returns>Its coordinates.</returns>
    /// <exception cref="MpiException">UMPS2004: there is no such rank.</exception>
    public int[] CoordinatesOf(int rank)
    {
        CheckUsable("CartComm.CoordinatesOf");
        if ((uint)rank >= (uint)Size)
            throw Throw.NoSuchRank(this, "CartComm.CoordinatesOf", rank);
        return CoordinatesAt(rank);
    }

    /// <summary>Which rank is at a point.</summary>
    /// <param name="coordinates">The point; a periodic dimension takes any number and wraps it.</param>
    /// <returns>The rank.</returns>
    /// <exception cref="MpiException">UMPS2309: the point is beyond the grid. UMPS2308: there are fewer or more coordinates than dimensions.</exception>
    public int RankAt(params ReadOnlySpan<int> coordinates)
    {
        CheckUsable("CartComm.RankAt");
        if (coordinates.Length != Dimensions.Length)
            throw Throw.DimensionsDiffer(this, "CartComm.RankAt", "the coordinates are", coordinates.Length, Dimensions.Length);
        int rank = 0;
        for (int dimension = 0; dimension < coordinates.Length; dimension++)
        {
            if (!TryWrap(dimension, coordinates[dimension], out int coordinate))
                throw Throw.PointOutOfRange(this, dimension, coordinates[dimension]);
            rank = rank * Dimensions[dimension] + coordinate;
        }
        return rank;
    }

    /// <summary>The neighbours along a dimension: whom a shift of all data by so many points comes from and goes to.</summary>
    /// <param name="dimension">The dimension.</param>
    /// <param name="displacement">Points to go; negative goes down.</param>
    /// <returns>The rank that sends to the caller, and the rank that the caller sends to; <see cref="Comm.ProcNull"/> beyond an edge.</returns>
    /// <exception cref="MpiException">UMPS2308: there is no such dimension.</exception>
    /// <example><code>
    /// CartComm grid = comm.CreateCart([comm.Size]);
    /// (int source, int dest) = grid.Shift(dimension: 0, displacement: 1);
    /// grid.Sendrecv(edge, dest, 0, halo, source, 0);
    /// </code></example>
    public (int Source, int Dest) Shift(int dimension, int displacement = 1)
    {
        CheckUsable("CartComm.Shift");
        if ((uint)dimension >= (uint)Dimensions.Length)
            throw Throw.DimensionsDiffer(this, "CartComm.Shift", "the dimension is", dimension, Dimensions.Length);
        return (Neighbour(dimension, -(long)displacement), Neighbour(dimension, displacement));
    }

    /// <summary>Cuts the grid into grids of fewer dimensions. Collective.</summary>
    /// <param name="remain">Which dimensions the new grids keep; ranks that agree in the others make up one grid.</param>
    /// <returns>The caller's.</returns>
    /// <exception cref="MpiException">UMPS2308: there are fewer or more flags than dimensions. Otherwise as <see cref="Comm.Barrier"/>.</exception>
    public CartComm Sub(params ReadOnlySpan<bool> remain)
    {
        CheckUsable("CartComm.Sub");
        if (remain.Length != Dimensions.Length)
            throw Throw.DimensionsDiffer(this, "CartComm.Sub", "the flags of remain are", remain.Length, Dimensions.Length);
        int color = 0;
        var dimensions = new List<int>();
        var periodic = new List<bool>();
        for (int dimension = 0; dimension < remain.Length; dimension++)
        {
            if (remain[dimension])
            {
                dimensions.Add(Dimensions[dimension]);
                periodic.Add(Periodic[dimension]);
            }
            else
            {
                color = color * Dimensions[dimension] + Coordinates[dimension];
            }
        }

        // Ranks that differ in kept coordinates alone are in the order of those coordinates already.
        Group group = SplitGroup(color, Rank, CollectiveTag.Sub, out CommSeed seed)!;
        return new CartComm(Core, group, seed, dimensions.ToArray(), periodic.ToArray());
    }

    /// <summary>Makes a grid of the same ranks whose messages never meet this one's.</summary>
    /// <returns>The new grid; dispose it when it is no longer used.</returns>
    /// <remarks>MPI 4.1 §7.4.2.</remarks>
    /// <exception cref="MpiException">As <see cref="Comm.Barrier"/>.</exception>
    public override CartComm Dup()
    {
        CheckUsable("CartComm.Dup");
        return new CartComm(Core, Group, SeedForAll(), Dimensions.AsSpan(), Periodic.AsSpan());
    }

    private int[] CoordinatesAt(int rank)
    {
        var coordinates = new int[Dimensions.Length];
        for (int dimension = coordinates.Length - 1; dimension >= 0; dimension--)
            (rank, coordinates[dimension]) = Math.DivRem(rank, Dimensions[dimension]);
        return coordinates;
    }

    private int Neighbour(int dimension, long displacement)
    {
        if (!TryWrap(dimension, Coordinates[dimension] + displacement, out int coordinate))
            return ProcNull;
        int stride = 1;
        for (int inner = dimension + 1; inner < Dimensions.Length; inner++)
            stride *= Dimensions[inner];
        return Rank + (coordinate - Coordinates[dimension]) * stride;
    }

    /// <summary>A coordinate within the grid; false when the dimension ends before it.</summary>
    private bool TryWrap(int dimension, long coordinate, out int wrapped)
    {
        int points = Dimensions[dimension];
        if (Periodic[dimension])
            coordinate = (coordinate % points + points) % points;
        wrapped = (int)coordinate;
        return coordinate >= 0 && coordinate < points;
    }
}
