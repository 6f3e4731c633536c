using System;
using Umps.Testing;
using Xunit;

namespace Umps.Tests.Collectives;

/// <summary>Cartesian grids.</summary>
public class CartTests
{
    [Theory]
    [InlineData(1, 2, new[] { 1, 1 })]
    [InlineData(6, 2, new[] { 3, 2 })]
    [InlineData(7, 2, new[] { 7, 1 })]
    [InlineData(8, 3, new[] { 2, 2, 2 })]
    [InlineData(12, 2, new[] { 4, 3 })]
    [InlineData(16, 3, new[] { 4, 2, 2 })]
    [InlineData(72, 2, new[] { 9, 8 })]
    [InlineData(60, 3, new[] { 5, 4, 3 })]
    [InlineData(1_000_003, 2, new[] { 1_000_003, 1 })]
    [InlineData(5, 1, new[] { 5 })]
    public void CreateDims_Free_IsBalanced(int nodes, int count, int[] expected) => Assert.Equal(expected, Comm.CreateDims(nodes, count));

    [Theory]
    [InlineData(6, new[] { 0, 3, 0 }, new[] { 2, 3, 1 })]       // the examples of MPI 4.1 §8.5.2
    [InlineData(7, new[] { 0, 0 }, new[] { 7, 1 })]
    [InlineData(6, new[] { 2, 3 }, new[] { 2, 3 })]
    [InlineData(12, new[] { 0, 3, 0 }, new[] { 2, 3, 2 })]
    [InlineData(1, new int[0], new int[0])]
    public void CreateDims_SomeFixed_KeepsThem(int nodes, int[] dimensions, int[] expected) => Assert.Equal(expected, Comm.CreateDims(nodes, dimensions));

    [Theory]
    [InlineData(7, new[] { 0, 3, 0 })]
    [InlineData(6, new[] { 2, 2 })]
    [InlineData(6, new[] { -1, 0 })]
    [InlineData(0, new[] { 0 })]
    public void CreateDims_DoesNotPart_Throws(int nodes, int[] dimensions) => Assert.ThrowsAny<ArgumentException>(() => Comm.CreateDims(nodes, dimensions));

    [Fact]
    public void CreateDims_AnyNumber_MultipliesOut()
    {
        for (int nodes = 1; nodes <= 300; nodes++)
        {
            for (int count = 1; count <= 4; count++)
            {
                int[] dims = Comm.CreateDims(nodes, count);
                int product = 1;
                for (int i = 0; i < count; i++)
                {
                    product *= dims[i];
                    Assert.True(i == 0 || dims[i] <= dims[i - 1]);
                }
                Assert.Equal(nodes, product);
            }
        }
    }

    [RankTheory(6, 8)]
    public void Grid_RanksAndCoordinates_LastRunsFastest(int ranks) => RankHost.Run(ranks, comm =>
    {
        CartComm grid = comm.CreateCart([3, 2], periodic: [false, true]);

        Assert.Equal(comm.Rank >= 6, grid.IsNull);
        if (grid.IsNull)
        {
            Assert.Equal(2005, Assert.Throws<MpiException>(() => grid.Shift(0)).ErrorId);
            return;
        }
        Assert.Equal(6, grid.Size);
        Assert.Equal([3, 2], grid.Dimensions);
        Assert.Equal([false, true], grid.Periodic);
        Assert.Equal([grid.Rank / 2, grid.Rank % 2], grid.Coordinates);
        for (int rank = 0; rank < 6; rank++)
        {
            Assert.Equal([rank / 2, rank % 2], grid.CoordinatesOf(rank));
            Assert.Equal(rank, grid.RankAt(rank / 2, rank % 2));
            Assert.Equal(rank, grid.RankAt(rank / 2, rank % 2 - 4));       // round the ring
        }
        Assert.Equal(2309, Assert.Throws<MpiException>(() => grid.RankAt(3, 0)).ErrorId);
        Assert.Equal(2309, Assert.Throws<MpiException>(() => grid.RankAt(-1, 0)).ErrorId);
        Assert.Equal(2308, Assert.Throws<MpiException>(() => grid.RankAt(0)).ErrorId);
        Assert.Equal(2308, Assert.Throws<MpiException>(() => grid.Shift(2)).ErrorId);
        Assert.Equal(2004, Assert.Throws<MpiException>(() => grid.CoordinatesOf(6)).ErrorId);
    });

    [RankTheory(6)]
    public void Shift_EdgesAndRings(int ranks) => RankHost.Run(ranks, comm =>
    {
        using CartComm grid = comm.CreateCart([3, 2], periodic: [false, true]);
        int row = grid.Coordinates[0], column = grid.Coordinates[1];
        int At(int r, int c) => r is < 0 or > 2 ? Comm.ProcNull : 2 * r + (c % 2 + 2) % 2;

        Assert.Equal((At(row - 1, column), At(row + 1, column)), grid.Shift(0, 1));
        Assert.Equal((At(row + 2, column), At(row - 2, column)), grid.Shift(0, -2));
        Assert.Equal((At(row, column - 1), At(row, column + 1)), grid.Shift(1, 1));
        Assert.Equal((grid.Rank, grid.Rank), grid.Shift(1, int.MinValue));
        Assert.Equal((grid.Rank, grid.Rank), grid.Shift(0, 0));

        (int source, int dest) = grid.Shift(0, 1);
        var received = new int[] { -1 };
        grid.Sendrecv([grid.Rank], dest, 0, received, source, 0);
        Assert.Equal(row == 0 ? -1 : grid.Rank - 2, received[0]);
    });

    [RankTheory(6)]
    public void Sub_RowsColumnsAndPoints(int ranks) => RankHost.Run(ranks, comm =>
    {
        using CartComm grid = comm.CreateCart([3, 2], periodic: [true, false]);

        using CartComm rows = grid.Sub(false, true);
        using CartComm columns = grid.Sub(true, false);
        using CartComm points = grid.Sub(false, false);

        Assert.Equal([2], rows.Dimensions);
        Assert.Equal([grid.Coordinates[1]], rows.Coordinates);
        Assert.Equal([3], columns.Dimensions);
        Assert.Equal([true], columns.Periodic);
        Assert.Equal(grid.Coordinates[0], columns.Rank);
        Assert.Equal(1, points.Size);
        Assert.Empty(points.Dimensions);
        Assert.Equal(4 * grid.Coordinates[0] + 1, rows.Allreduce(grid.Rank, Op.Sum));
    });

    [RankTheory(4)]
    public void Dup_OfAGrid_IsAGrid(int ranks) => RankHost.Run(ranks, comm =>
    {
        using CartComm grid = comm.CreateCart([2, 2]);
        using CartComm copy = grid.Dup();

        Assert.Equal(grid.Dimensions, copy.Dimensions);
        Assert.Equal(grid.Shift(1, 1), copy.Shift(1, 1));
        Assert.NotEqual(grid.Context, copy.Context);
    });

    [RankTheory(3)]
    public void CreateCart_WrongGrid_Throws(int ranks) => RankHost.Run(ranks, comm =>
    {
        var tooLarge = Assert.Throws<MpiException>(() => comm.CreateCart([2, 2]));
        Assert.Equal(2307, tooLarge.ErrorId);
        Assert.Contains("2 x 2 has 4 points; the communicator has 3 ranks", tooLarge.Message, StringComparison.Ordinal);
        Assert.Equal(2307, Assert.Throws<MpiException>(() => comm.CreateCart([int.MaxValue, int.MaxValue])).ErrorId);
        Assert.Equal(2307, Assert.Throws<MpiException>(() => comm.CreateCart([3, 0])).ErrorId);
        Assert.Equal(2308, Assert.Throws<MpiException>(() => comm.CreateCart([3], [true, false])).ErrorId);
    });
}
