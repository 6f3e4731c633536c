using System;
using System.Numerics;
using Umps;

namespace Stencil2D;

/// <summary>One rank's part of the plate, with a halo of one cell around it.</summary>
/// <remarks>
/// A row is Width + 2 cells, and there are Height + 2 rows. The halo holds the neighbours' edge cells; beyond the plate it stays 0, the cold
/// of the surroundings. Every cell is computed by the same operations in the same order whoever computes it, so the result does not depend
/// on the number of ranks, to the last bit.
/// </remarks>
internal sealed class HeatBlock
{
    private const int ToUp = 1, ToDown = 2, ToLeft = 3, ToRight = 4;      // tags: where the message goes

    private readonly CartComm _grid;
    private readonly int _stride;
    private readonly double[] _free;                // 1 for a cell that changes, 0 for a source; no halo
    private readonly double[] _leftEdge, _rightEdge, _leftHalo, _rightHalo;     // columns do not lie together in memory, so they are packed
    private double[] _now, _next;

    /// <summary>Takes this rank's part of the plate; dimension 0 of the grid runs down, dimension 1 to the right.</summary>
    public HeatBlock(CartComm grid, Plate plate)
    {
        _grid = grid;
        (Top, Height) = Share(plate.Height, grid.Dimensions[0], grid.Coordinates[0]);
        (Left, Width) = Share(plate.Width, grid.Dimensions[1], grid.Coordinates[1]);
        _stride = Width + 2;
        _now = new double[_stride * (Height + 2)];
        _free = new double[Width * Height];
        for (int y = 0; y < Height; y++)
        {
            for (int x = 0; x < Width; x++)
            {
                (_now[At(x, y)], bool isSource) = plate.CellAt(Left + x, Top + y);
                _free[y * Width + x] = isSource ? 0 : 1;
            }
        }

        _next = (double[])_now.Clone();
        (_leftEdge, _rightEdge, _leftHalo, _rightHalo) = (new double[Height], new double[Height], new double[Height], new double[Height]);
    }

    /// <summary>First row of the plate that is here.</summary>
    public int Top { get; }

    /// <summary>First column.</summary>
    public int Left { get; }

    /// <summary>Columns here.</summary>
    public int Width { get; }

    /// <summary>Rows here.</summary>
    public int Height { get; }

    /// <summary>The part of the i-th of so many: sizes differ by one at most.</summary>
    public static (int Begin, int Count) Share(int cells, int parts, int i)
    {
        int begin = (int)((long)cells * i / parts), end = (int)((long)cells * (i + 1) / parts);
        return (begin, end - begin);
    }

    /// <summary>One step: halos from the neighbours, then every free cell becomes the average of its four neighbours.</summary>
    /// <returns>The largest change of a cell here.</returns>
    public double Step()
    {
        ExchangeHalos();
        double largest = 0;
        for (int y = 0; y < Height; y++)
        {
            largest = Math.Max(largest, Relax(
                _now.AsSpan(At(0, y - 1), Width), _now.AsSpan(At(-1, y), Width + 2), _now.AsSpan(At(0, y + 1), Width),
                _free.AsSpan(y * Width, Width), _next.AsSpan(At(0, y), Width)));
        }

        (_now, _next) = (_next, _now);
        return largest;
    }

    /// <summary>Copies the temperatures, without halo, row by row.</summary>
    public double[] ToArray()
    {
        var cells = new double[Width * Height];
        for (int y = 0; y < Height; y++)
            _now.AsSpan(At(0, y), Width).CopyTo(cells.AsSpan(y * Width));
        return cells;
    }

    private int At(int x, int y) => (y + 1) * _stride + x + 1;

    /// <summary>Rows go straight from and into the field; columns through packed arrays. At an edge of the plate the neighbour is Comm.ProcNull, and nothing happens.</summary>
    private void ExchangeHalos()
    {
        (int up, int down) = _grid.Shift(0);
        (int left, int right) = _grid.Shift(1);
        for (int y = 0; y < Height; y++)
            (_leftEdge[y], _rightEdge[y]) = (_now[At(0, y)], _now[At(Width - 1, y)]);

        Request.WaitAll(
            _grid.Irecv(Row(-1), up, ToDown), _grid.Irecv(Row(Height), down, ToUp),
            _grid.Irecv(_leftHalo, left, ToRight), _grid.Irecv(_rightHalo, right, ToLeft),
            _grid.Isend(Row(0), up, ToUp), _grid.Isend(Row(Height - 1), down, ToDown),
            _grid.Isend(_leftEdge, left, ToLeft), _grid.Isend(_rightEdge, right, ToRight));

        for (int y = 0; y < Height; y++)
            (_now[At(-1, y)], _now[At(Width, y)]) = (_leftHalo[y], _rightHalo[y]);
    }

    private Memory<double> Row(int y) => _now.AsMemory(At(0, y), Width);

    /// <summary>One row, as many cells at once as the processor takes, then the rest one by one: the same operations in either case.</summary>
    /// <param name="above">The row above.</param>
    /// <param name="row">The row itself with a cell more at either end.</param>
    /// <param name="below">The row below.</param>
    /// <param name="free">1 where a cell changes.</param>
    /// <param name="next">Gets the new row.</param>
    /// <returns>The largest change.</returns>
    private static double Relax(ReadOnlySpan<double> above, ReadOnlySpan<double> row, ReadOnlySpan<double> below, ReadOnlySpan<double> free, Span<double> next)
    {
        int x = 0;
        Vector<double> largest = Vector<double>.Zero;
        for (; x <= next.Length - Vector<double>.Count; x += Vector<double>.Count)
        {
            var old = new Vector<double>(row[(x + 1)..]);
            Vector<double> vertical = new Vector<double>(above[x..]) + new Vector<double>(below[x..]);
            Vector<double> horizontal = new Vector<double>(row[x..]) + new Vector<double>(row[(x + 2)..]);
            Vector<double> change = new Vector<double>(free[x..]) * ((vertical + horizontal) * 0.25 - old);
            (old + change).CopyTo(next[x..]);
            largest = Vector.Max(largest, Vector.Abs(change));
        }

        double max = 0;
        for (int lane = 0; lane < Vector<double>.Count; lane++)
            max = Math.Max(max, largest[lane]);
        for (; x < next.Length; x++)
        {
            double change = free[x] * ((above[x] + below[x] + (row[x] + row[x + 2])) * 0.25 - row[x + 1]);
            next[x] = row[x + 1] + change;
            max = Math.Max(max, Math.Abs(change));
        }

        return max;
    }
}
