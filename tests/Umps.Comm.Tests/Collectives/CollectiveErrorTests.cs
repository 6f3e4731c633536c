using System;
using Umps.Testing;
using Xunit;

namespace Umps.Tests.Collectives;

/// <summary>What is told when a collective is called wrongly.</summary>
public class CollectiveErrorTests
{
    [RankTheory(3)]
    public void Arguments_Wrong_Throw(int ranks) => RankHost.Run(ranks, comm =>
    {
        AssertError(2302, MpiErrorClass.Root, "root is 3; the communicator has ranks 0 to 2", () => comm.Bcast(1, root: 3));
        AssertError(2302, MpiErrorClass.Root, "root is -1", () => comm.Reduce(1, Op.Sum, root: -1));
        AssertError(2302, MpiErrorClass.Root, "root is -1", () => comm.GatherObject("", root: -1));
        AssertError(2303, MpiErrorClass.Buffer, "recv has 5 elements; on 3 ranks it must have 6", () => comm.Allgather<int>(new int[2], new int[5]));
        AssertError(2303, MpiErrorClass.Buffer, "recv has 1 elements", () => comm.Allreduce<int>(new int[2], new int[1], Op.Sum));
        AssertError(2303, MpiErrorClass.Buffer, "recv has 2 elements", () => comm.Alltoall<int>(new int[3], new int[2]));
        AssertError(2305, MpiErrorClass.Count, "send has 4 elements, no multiple of 3 ranks", () => comm.Alltoall<int>(new int[4]));
        AssertError(2306, MpiErrorClass.Arg, "color is -5", () => comm.Split(-5));
        AssertError(2310, MpiErrorClass.Buffer, "lie across", () =>
        {
            var buffer = new int[5];
            comm.Allreduce(buffer.AsSpan(0, 4), buffer.AsSpan(1, 4), Op.Sum);
        });
        Assert.Throws<ArgumentNullException>(() => comm.Allreduce(1, null!));
        if (comm.Rank == 1)
        {
            AssertError(2303, MpiErrorClass.Buffer, "send has 5 elements; on 3 ranks it must have 6", () => comm.Scatter<int>(new int[5], new int[2], root: 1));
            AssertError(2305, MpiErrorClass.Count, "3 ranks get 2 each, 6 in all", () => comm.Scatter<int>(new int[7], new int[2], root: 1));
            AssertError(2303, MpiErrorClass.Buffer, "recv has 0 elements; on 3 ranks it must have 3", () => comm.Gather<int>(new int[1], null, root: 1));
        }
        comm.Barrier();     // nobody is out of step after errors that are seen before anything is sent
    });

    [RankTheory(1)]
    public void Operator_LacksType_NamesBoth(int ranks) => RankHost.Run(ranks, comm =>
    {
        AssertError(2304, MpiErrorClass.Op, "Op.Band does not take System.Double", () => comm.Allreduce(1.0, Op.Band));
        AssertError(2304, MpiErrorClass.Op, "Op.Sum does not take System.Boolean", () => comm.Allreduce(true, Op.Sum));
        AssertError(2304, MpiErrorClass.Op, "Op.MaxLoc does not take System.Int32", () => comm.Allreduce(1, Op.MaxLoc));
        AssertError(2304, MpiErrorClass.Op, "compose was made for", () => comm.Allreduce(1, Affine.Compose));
    });

    [RankTheory(2, 3, 8)]
    public void Lengths_Differ_Throws(int ranks)
    {
        MpiException error = RunFailing(ranks, comm => comm.Bcast(new int[comm.Rank == 0 ? 10 : 12]));

        Assert.Equal(2111, error.ErrorId);
        Assert.Contains("Comm.Bcast: rank 0 sent 40 bytes where this rank expects 48", error.Message, StringComparison.Ordinal);
    }

    [RankTheory(2, 3, 8)]
    public void Lengths_LongerThanExpected_Throws(int ranks)
    {
        MpiException error = RunFailing(ranks, comm => comm.Allreduce(new int[comm.Rank == 0 ? 12 : 10], Op.Sum));

        Assert.Equal(2111, error.ErrorId);
    }

    [RankTheory(2, 4)]
    public void Collectives_Differ_Throws(int ranks)
    {
        MpiException error = RunFailing(ranks, comm =>
        {
            if (comm.Rank == 0)
                comm.Barrier();
            else
                comm.Allreduce(1, Op.Sum);
        });

        Assert.Equal(2301, error.ErrorId);
        Assert.Contains("Allreduce", error.Message, StringComparison.Ordinal);
        Assert.Contains("Barrier", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Seen where two ranks meet in both trees: under root 0 and under root 4, rank 1 gets from rank 0.</summary>
    [RankTheory(8)]
    public void Roots_Differ_Throws(int ranks)
    {
        MpiException error = RunFailing(ranks, comm => comm.Bcast(1, root: comm.Rank == 1 ? 4 : 0));

        Assert.Equal(2301, error.ErrorId);
        Assert.Equal(MpiErrorClass.Root, error.ErrorClass);
        Assert.Contains("called Bcast with root 0 where this rank called Bcast with root 4", error.Message, StringComparison.Ordinal);
    }

    [RankTheory(1)]
    public void Buffer_LongerThanTwoGiB_Throws(int ranks) => RankHost.Run(ranks, comm =>
    {
        long first = 0;

        AssertError(2311, MpiErrorClass.Count, "2,400,000,000 bytes", () =>
            comm.Bcast(System.Runtime.InteropServices.MemoryMarshal.CreateSpan(ref first, 300_000_000)));    // refused before it is touched
    });

    private static void AssertError(int id, MpiErrorClass errorClass, string fact, Action call)
    {
        var error = Assert.Throws<MpiException>(call);
        Assert.Equal(id, error.ErrorId);
        Assert.Equal(errorClass, error.ErrorClass);
        Assert.Contains(fact, error.Message, StringComparison.Ordinal);
    }

    private static MpiException RunFailing(int ranks, Action<Comm> body) =>
        Assert.Throws<MpiException>(() => RankHost.Run(ranks, body));
}
