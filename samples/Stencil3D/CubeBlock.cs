using System;
using System.Numerics;
using Umps;

namespace Stencil3D;

/// <summary>One rank's part of the cube, with a halo of one cell around it.</summary>
/// <remarks>
/// Dimension 0 is z, 2 is x, which lies together in memory. Under the cube it is hot (1), around it cold (0): the halo there never changes.
/// A step packs and sends the six faces, computes all cells that need no halo while they travel, then waits and computes the outermost layer. Each cell
/// is the same sum in the same order on any number of ranks.
/// </remarks>
internal sealed class CubeBlock
{
    private readonly CartComm _grid;
    private readonly Part[] _parts;
    private readonly int _width, _height, _depth;       // cells along x, y, z
    private readonly int _row, _plane;                  // from a cell to the next along y and z
    private readonly Face[] _faces = new Face[6];
    private readonly Request[] _requests = new Request[12];
    private double[] _now, _next;

    /// <summary>Makes this rank's part of a cube.</summary>
    public CubeBlock(CartComm grid, int side)
    {
        _grid = grid;
        _parts = PartsOf(grid, grid.Rank, side);
        (_depth, _height, _width) = (_parts[0].Count, _parts[1].Count, _parts[2].Count);
        _row = _width + 2;
        _plane = _row * (_height + 2);
        _now = new double[_plane * (_depth + 2)];
        if (_parts[0].Begin == 0)
            _now.AsSpan(0, _plane).Fill(1);             // the hot plate below z = 0
        _next = (double[])_now.Clone();

        (int Count, int Stride)[] along = [(_depth, _plane), (_height, _row), (_width, 1)];
        int[] last = [At(0, 0, _depth - 1), At(0, _height - 1, 0), At(_width - 1, 0, 0)];
        for (int dimension = 0; dimension < 3; dimension++)
        {
            (int low, int high) = grid.Shift(dimension);
            (int Count, int Stride) inner = along[dimension == 2 ? 1 : 2], outer = along[dimension == 0 ? 1 : 0];
            _faces[2 * dimension] = new Face(dimension, -1, low, At(0, 0, 0), along[dimension].Stride, inner, outer);
            _faces[2 * dimension + 1] = new Face(dimension, 1, high, last[dimension], along[dimension].Stride, inner, outer);
        }
    }

    /// <summary>What part of the cube a rank has, by dimension.</summary>
    public static Part[] PartsOf(CartComm grid, int rank, int side)
    {
        int[] at = grid.CoordinatesOf(rank);
        return [Part.Of(side, grid.Dimensions[0], at[0]), Part.Of(side, grid.Dimensions[1], at[1]), Part.Of(side, grid.Dimensions[2], at[2])];
    }

    /// <summary>One step: every cell becomes the average of its six neighbours.</summary>
    public void Step()
    {
        for (int i = 0; i < 6; i++)
            _requests[i] = _faces[i].BeginReceive(_grid);
        for (int i = 0; i < 6; i++)
            _requests[6 + i] = _faces[i].BeginSend(_grid, _now);

        Relax(1, _width - 1, 1, _height - 1, 1, _depth - 1);

        Request.WaitAll(_requests);
        foreach (Face face in _faces)
            face.Unpack(_now);
        RelaxShell();
        (_now, _next) = (_next, _now);
    }

    /// <summary>Copies this rank's cells.</summary>
    public double[] ToArray() => ToArray(_parts);

    /// <summary>Copies the cells of a part of the cube that is all here.</summary>
    public double[] ToArray(Part[] parts)
    {
        var cells = new double[parts[0].Count * parts[1].Count * parts[2].Count];
        int k = 0;
        for (int z = 0; z < parts[0].Count; z++)
        {
            for (int y = 0; y < parts[1].Count; y++, k += parts[2].Count)
            {
                int begin = At(parts[2].Begin - _parts[2].Begin, parts[1].Begin - _parts[1].Begin + y, parts[0].Begin - _parts[0].Begin + z);
                _now.AsSpan(begin, parts[2].Count).CopyTo(cells.AsSpan(k));
            }
        }

        return cells;
    }

    private int At(int x, int y, int z) => (z + 1) * _plane + (y + 1) * _row + x + 1;

    /// <summary>The outermost layer, each cell once: two planes, two slabs between them, two columns of cells between those. A block one cell thick has one of each.</summary>
    private void RelaxShell()
    {
        Relax(0, _width, 0, _height, 0, 1);
        Relax(0, _width, 0, _height, Math.Max(1, _depth - 1), _depth);
        Relax(0, _width, 0, 1, 1, _depth - 1);
        Relax(0, _width, Math.Max(1, _height - 1), _height, 1, _depth - 1);
        Relax(0, 1, 1, _height - 1, 1, _depth - 1);
        Relax(Math.Max(1, _width - 1), _width, 1, _height - 1, 1, _depth - 1);
    }

    private void Relax(int xBegin, int xEnd, int yBegin, int yEnd, int zBegin, int zEnd)
    {
        if (xEnd <= xBegin)
            return;
        for (int z = zBegin; z < zEnd; z++)
            for (int y = yBegin; y < yEnd; y++)
                RelaxRow(At(xBegin, y, z), xEnd - xBegin);
    }

    /// <summary>Cells one behind the other, several at once where they are many: the same operations in either case.</summary>
    private void RelaxRow(int begin, int count)
    {
        ReadOnlySpan<double> row = _now.AsSpan(begin - 1, count + 2);
        ReadOnlySpan<double> front = _now.AsSpan(begin - _row, count), back = _now.AsSpan(begin + _row, count);
        ReadOnlySpan<double> below = _now.AsSpan(begin - _plane, count), above = _now.AsSpan(begin + _plane, count);
        Span<double> next = _next.AsSpan(begin, count);
        int x = 0;
        for (; x <= count - Vector<double>.Count; x += Vector<double>.Count)
        {
            Vector<double> sum = new Vector<double>(row[x..]) + new Vector<double>(row[(x + 2)..]) + (new Vector<double>(front[x..]) + new Vector<double>(back[x..]))
                + (new Vector<double>(below[x..]) + new Vector<double>(above[x..]));
            (sum * (1.0 / 6)).CopyTo(next[x..]);
        }

        for (; x < count; x++)
            next[x] = (row[x] + row[x + 2] + (front[x] + back[x]) + (below[x] + above[x])) * (1.0 / 6);
    }
}
