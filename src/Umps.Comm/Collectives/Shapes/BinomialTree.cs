using System;
using System.Numerics;

namespace Umps.Collectives.Shapes;

/// <summary>A binomial tree over the ranks, turned so that any rank can be its root.</summary>
/// <remarks>
/// Ranks count from the root here. A number's parent is the number without its lowest set bit; its subtree is the run of numbers from it on that share the bits above,
/// so the data of a subtree is one piece.
/// <code>
/// p = 8:   0 → 4, 2, 1     4 → 6, 5     2 → 3     6 → 7
/// </code>
/// </remarks>
internal readonly struct BinomialTree
{
    private readonly int _root;

    public BinomialTree(int rank, int size, int root)
    {
        _root = root;
        Size = size;
        Number = rank >= root ? rank - root : rank - root + size;
        Reach = Number == 0 ? (int)BitOperations.RoundUpToPowerOf2((uint)size) : Number & -Number;
    }

    /// <summary>Ranks in the tree.</summary>
    public int Size { get; }

    /// <summary>The caller, counted from the root.</summary>
    public int Number { get; }

    /// <summary>Children are at half of this distance, a quarter, and so on to 1, as far as there are ranks.</summary>
    public int Reach { get; }

    public bool IsRoot => Number == 0;

    /// <summary>Rank of the parent.</summary>
    public int Parent => ToRank(Number & (Number - 1));

    /// <summary>Ranks in the caller's subtree, itself included.</summary>
    public int SubtreeSize => Math.Min(Reach, Size - Number);

    /// <summary>True when there is a child at this distance.</summary>
    public bool HasChild(int distance) => Number + distance < Size;

    /// <summary>Ranks in the subtree of the child at this distance.</summary>
    public int ChildSize(int distance) => Math.Min(distance, Size - Number - distance);

    /// <summary>Rank of the child at this distance.</summary>
    public int Child(int distance) => ToRank(Number + distance);

    /// <summary>The rank behind a number.</summary>
    public int ToRank(int number) => number + _root < Size ? number + _root : number + _root - Size;
}
