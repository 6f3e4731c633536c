using System;
using Umps.Testing;
using Xunit;

namespace Umps.Tests.Collectives;

/// <summary>Steady collectives allocate nothing.</summary>
public class CollectiveAllocationTests
{
    private const int WarmUp = 300, Rounds = 300;

    [RankTheory(2, 3, 4)]
    public void Barrier_AllocatesNothing(int ranks) => Measure(ranks, comm => comm.Barrier);

    [RankTheory(2, 3, 4)]
    public void Allreduce_OfAValue_AllocatesNothing(int ranks) => Measure(ranks, comm => () => comm.Allreduce(1.5, Op.Sum));

    [RankTheory(2, 3, 4)]
    public void Spans_AllocateNothing(int ranks) => Measure(ranks, comm =>
    {
        var all = new double[ranks * 200];
        var own = new double[200];
        return () =>
        {
            comm.Bcast(own.AsSpan(), root: 1);
            comm.Reduce(own.AsSpan(), Op.Max, root: 1);
            comm.Allreduce(all.AsSpan(), Op.Min);
            comm.Gather(own, all, root: 1);
            comm.Scatter(all, own, root: 1);
            comm.Allgather(own, all);
            comm.Alltoall(all, all);
        };
    });

    private static void Measure(int ranks, Func<Comm, Action> prepare) => RankHost.Run(ranks, comm =>
    {
        Action round = prepare(comm);
        for (int i = 0; i < WarmUp; i++)
            round();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Rounds; i++)
            round();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // A pool that had to grow once more in an unlucky moment is not an allocation a call.
        Assert.True(allocated < 8 * Rounds, $"{allocated} bytes in {Rounds} rounds");
    });
}
