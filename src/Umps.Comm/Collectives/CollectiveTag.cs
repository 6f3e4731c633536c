using System;

namespace Umps.Collectives;

/// <summary>The tags of collective messages: which collective, in the upper bits, and its root, in the lower ones.</summary>
/// <remarks>
/// Receives of a collective take the next message of their source whatever its tag: a communicator makes one collective at a time, and messages do not overtake.
/// Another tag than expected then tells that the ranks call different collectives, or with different roots, where a matching by tag would hang.
/// </remarks>
internal static class CollectiveTag
{
    public const int Barrier = 1 << RootBits;
    public const int Bcast = 2 << RootBits;
    public const int Reduce = 3 << RootBits;
    public const int Allreduce = 4 << RootBits;
    public const int Gather = 5 << RootBits;
    public const int Allgather = 6 << RootBits;
    public const int Scatter = 7 << RootBits;
    public const int Alltoall = 8 << RootBits;
    public const int BcastObject = 9 << RootBits;
    public const int ReduceObject = 10 << RootBits;
    public const int AllreduceObject = 11 << RootBits;
    public const int GatherObject = 12 << RootBits;
    public const int AllgatherObject = 13 << RootBits;
    public const int ScatterObject = 14 << RootBits;
    public const int AlltoallObject = 15 << RootBits;
    public const int Dup = 16 << RootBits;
    public const int Split = 17 << RootBits;
    public const int CreateCart = 18 << RootBits;
    public const int Sub = 19 << RootBits;

    private const int RootBits = 24;        // communicators of more than 16 million ranks are told apart a little less well

    private static readonly string[] s_names =
    [
        "?", nameof(Barrier), nameof(Bcast), nameof(Reduce), nameof(Allreduce), nameof(Gather), nameof(Allgather), nameof(Scatter), nameof(Alltoall),
        nameof(BcastObject), nameof(ReduceObject), nameof(AllreduceObject), nameof(GatherObject), nameof(AllgatherObject), nameof(ScatterObject),
        nameof(AlltoallObject), nameof(Dup), nameof(Split), nameof(CreateCart), nameof(Sub),
    ];

    /// <summary>The tag of a collective with this root.</summary>
    public static int WithRoot(int tag, int root) => tag | (root & ((1 << RootBits) - 1));

    /// <summary>The root in a tag; 0 where there is none.</summary>
    public static int RootOf(int tag) => tag & ((1 << RootBits) - 1);

    /// <summary>Name of the collective.</summary>
    public static string NameOf(int tag) => s_names[Math.Clamp(tag >> RootBits, 0, s_names.Length - 1)];
}
