using System;
using System.Collections.Immutable;

namespace Umps;

/// <summary>A communicator whose ranks are the points of a Cartesian grid.</summary>
/// <remarks>MPI 4.1 §8.5. Rank r is the r-th point in the order where the last coordinate runs fastest. Made by <see cref="Comm.CreateCart"/>.</remarks>
public sealed class CartComm : Comm
{
    internal CartComm(RankCore core, Group group, ulong context, ReadOnlySpan<int> dimensions, ReadOnlySpan<bool> periodic)
        : base(core, group, context) => throw new NotImplementedException();

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
    public int[] CoordinatesOf(int rank) => throw new NotImplementedException();

    /// <summary>Which rank is at a point.</summary>
    /// <param name="coordinates">The point; a periodic dimension takes any number and wraps it.</param>
    /// <returns>The rank.</returns>
    /// <exception cref="MpiException">UMPS2309: the point is beyond the grid. UMPS2308: there are fewer or more coordinates than dimensions.</exception>
    public int RankAt(params ReadOnlySpan<int> coordinates) => throw new NotImplementedException();

    /// <summary>The neighbours along a dimension: whom a shift of all data by so many points comes from and goes to.</summary>
    /// <param name="dimension">The dimension.</param>
    /// <param name="displacement">Points to go; negative goes down.</param>
    /// <returns>The rank that sends to the caller, and the rank that the caller sends to; <see cref="Comm.ProcNull"/> beyond an edge.</returns>
    /// <exception cref="MpiException">UMPS2308: there is no such dimension.</exception>
    /// <example><code>
    /// (int source, int dest) = grid.Shift(dimension: 0, displacement: 1);
    /// grid.Sendrecv(lastRow, dest, 0, haloAbove, source, 0);
    /// </code></example>
    public (int Source, int Dest) Shift(int dimension, int displacement = 1) => throw new NotImplementedException();

    /// <summary>Cuts the grid into grids of fewer dimensions. Collective.</summary>
    /// <param name="remain">Which dimensions the new grids keep; ranks that agree in the others make up one grid.</param>
    /// <returns>The caller's.</returns>
    /// <exception cref="MpiException">UMPS2308: there are fewer or more flags than dimensions. Otherwise as <see cref="Comm.Barrier"/>.</exception>
    public CartComm Sub(params ReadOnlySpan<bool> remain) => throw new NotImplementedException();
}
