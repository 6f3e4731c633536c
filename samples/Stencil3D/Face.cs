using Umps;

namespace Stencil3D;

/// <summary>One of the six faces of a block: what goes to the neighbour there, and where what comes from it belongs.</summary>
/// <remarks>A face's cells lie apart in memory, so they are packed into an array that is sent, and unpacked from one that was received.</remarks>
internal sealed class Face
{
    private readonly int _dimension, _direction, _neighbour;
    private readonly int _edge, _halo;                  // first cell of the face, and of the halo beyond it
    private readonly (int Count, int Stride) _inner, _outer;
    private readonly double[] _sent, _received;

    /// <summary>Makes a face.</summary>
    /// <param name="dimension">Across which dimension.</param>
    /// <param name="direction">-1 towards the low side, 1 towards the high one.</param>
    /// <param name="neighbour">The rank there, or Comm.ProcNull.</param>
    /// <param name="edge">Index of the face's first cell in the field.</param>
    /// <param name="stride">From a cell to the next across the face.</param>
    /// <param name="inner">Cells, and distance from one to the next, along the face's faster dimension.</param>
    /// <param name="outer">The same along the slower one.</param>
    public Face(int dimension, int direction, int neighbour, int edge, int stride, (int Count, int Stride) inner, (int Count, int Stride) outer)
    {
        (_dimension, _direction, _neighbour) = (dimension, direction, neighbour);
        (_edge, _halo, _inner, _outer) = (edge, edge + direction * stride, inner, outer);
        (_sent, _received) = (new double[inner.Count * outer.Count], new double[inner.Count * outer.Count]);
    }

    /// <summary>Begins to receive the neighbour's face.</summary>
    public Request BeginReceive(Comm grid) => grid.Irecv(_received, _neighbour, Tag(-_direction));

    /// <summary>Packs this face and begins to send it.</summary>
    public Request BeginSend(Comm grid, double[] field)
    {
        for (int i = 0, k = 0; i < _outer.Count; i++)
            for (int j = 0; j < _inner.Count; j++)
                _sent[k++] = field[_edge + i * _outer.Stride + j * _inner.Stride];
        return grid.Isend(_sent, _neighbour, Tag(_direction));
    }

    /// <summary>Puts what has come into the halo; at a side of the cube the halo stays as it is.</summary>
    public void Unpack(double[] field)
    {
        if (_neighbour == Comm.ProcNull)
            return;
        for (int i = 0, k = 0; i < _outer.Count; i++)
            for (int j = 0; j < _inner.Count; j++)
                field[_halo + i * _outer.Stride + j * _inner.Stride] = _received[k++];
    }

    /// <summary>A message's tag says which way it travels.</summary>
    private int Tag(int direction) => 2 * _dimension + (direction > 0 ? 1 : 0);
}
