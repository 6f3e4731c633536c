using System;
using System.Numerics;

namespace Umps.Collectives.Shapes;

/// <summary>The largest power of two of the ranks, for algorithms that swap with partners at distances 1, 2, 4…: the ranks beyond it fold into neighbours first.</summary>
/// <remarks>
/// Of the first 2r ranks, r being the ranks too many, each even one gives its vector to the odd one above it and idles; so folded ranks stay in rank order.
/// <code>
/// p = 6, r = 2:   (0→1) (2→3) 4 5   are folded   0 1 2 3
/// </code>
/// </remarks>
internal readonly struct FoldedRanks
{
    private readonly int _tooMany;
    private readonly int _rank;

    public FoldedRanks(int rank, int size)
    {
        _rank = rank;
        Size = 1 << BitOperations.Log2((uint)size);
        _tooMany = size - Size;
        Number = rank >= 2 * _tooMany ? rank - _tooMany : (rank & 1) == 1 ? rank >> 1 : -1;
    }

    /// <summary>Folded ranks: a power of two.</summary>
    public int Size { get; }

    /// <summary>The caller among them; -1 when it idles.</summary>
    public int Number { get; }

    public bool IsIdle => Number < 0;

    /// <summary>The rank behind a folded one.</summary>
    public int ToRank(int number) => number < _tooMany ? 2 * number + 1 : number + _tooMany;

    /// <summary>Gives the vectors of the ranks too many to their neighbours.</summary>
    public void Fold(Comm comm, Span<byte> vector, Span<byte> incoming, Reduction reduction, int tag)
    {
        if (IsIdle)
        {
            comm.SendBytes(vector, _rank + 1, tag);
        }
        else if (_rank < 2 * _tooMany)
        {
            comm.RecvBytes(incoming, _rank - 1, tag);
            reduction.Combine(vector, incoming, mineFirst: false);
        }
    }

    /// <summary>Gives the result to the ranks that idled.</summary>
    public void Unfold(Comm comm, Span<byte> vector, int tag)
    {
        if (IsIdle)
            comm.RecvBytes(vector, _rank + 1, tag);
        else if (_rank < 2 * _tooMany)
            comm.SendBytes(vector, _rank - 1, tag);
    }
}
