using System;
using Umps.Collectives;
using Umps.Testing;
using Xunit;

namespace Umps.Tests.Collectives;

/// <summary>Each algorithm, forced by its name, whatever the lengths that the table would choose it for.</summary>
public class AlgorithmTests
{
    private static readonly int[] s_counts = [0, 1, 2, 5, 9, 64, 1000, 9001];

    public static TheoryData<string, int> Allreduces => Cross<CollectiveTable.AllreduceBy>();

    public static TheoryData<string, int> Bcasts => Cross<CollectiveTable.BcastBy>();

    public static TheoryData<string, int> Gathers => Cross<CollectiveTable.GatherBy>();

    public static TheoryData<string, int> Scatters => Cross<CollectiveTable.ScatterBy>();

    public static TheoryData<string, int> Allgathers => Cross<CollectiveTable.AllgatherBy>();

    public static TheoryData<string, int> Alltoalls => Cross<CollectiveTable.AlltoallBy>();

    [Theory]
    [MemberData(nameof(Allreduces))]
    public void Allreduce_By(string algorithm, int ranks) => Run(
        ranks,
        new CollectiveTable { Allreduce = Enum.Parse<CollectiveTable.AllreduceBy>(algorithm) },
        (comm, count, _) => CollectiveChecks.Allreduce(comm, count),
        everyRoot: false);

    [Theory]
    [MemberData(nameof(Bcasts))]
    public void Bcast_By(string algorithm, int ranks) => Run(
        ranks, new CollectiveTable { Bcast = Enum.Parse<CollectiveTable.BcastBy>(algorithm) }, CollectiveChecks.Bcast);

    [Theory]
    [MemberData(nameof(Gathers))]
    public void Gather_By(string algorithm, int ranks) => Run(
        ranks,
        new CollectiveTable { Gather = Enum.Parse<CollectiveTable.GatherBy>(algorithm) },
        (comm, count, root) =>
        {
            CollectiveChecks.Gather(comm, count, root);
            CollectiveChecks.GatherInPlace(comm, count, root);
        });

    [Theory]
    [MemberData(nameof(Scatters))]
    public void Scatter_By(string algorithm, int ranks) => Run(
        ranks, new CollectiveTable { Scatter = Enum.Parse<CollectiveTable.ScatterBy>(algorithm) }, CollectiveChecks.Scatter);

    [Theory]
    [MemberData(nameof(Allgathers))]
    public void Allgather_By(string algorithm, int ranks) => Run(
        ranks,
        new CollectiveTable { Allgather = Enum.Parse<CollectiveTable.AllgatherBy>(algorithm) },
        (comm, count, _) => CollectiveChecks.Allgather(comm, count),
        everyRoot: false);

    [Theory]
    [MemberData(nameof(Alltoalls))]
    public void Alltoall_By(string algorithm, int ranks) => Run(
        ranks,
        new CollectiveTable { Alltoall = Enum.Parse<CollectiveTable.AlltoallBy>(algorithm) },
        (comm, count, _) => CollectiveChecks.Alltoall(comm, count),
        everyRoot: false);

    private static void Run(int ranks, CollectiveTable table, Action<Comm, int, int> check, bool everyRoot = true) => RankHost.Run(
        ranks,
        comm =>
        {
            foreach (int count in s_counts)
            {
                for (int root = 0; root < (everyRoot ? ranks : 1); root++)
                    check(comm, count, root);
            }
        },
        new MpiOptions { Collectives = table });

    private static TheoryData<string, int> Cross<TAlgorithm>()
        where TAlgorithm : struct, Enum
    {
        var rows = new TheoryData<string, int>();
        foreach (string name in Enum.GetNames<TAlgorithm>())
        {
            if (name == "Auto")
                continue;
            foreach (int ranks in (ReadOnlySpan<int>)[1, 2, 3, 5, 6, 7, 8])
                rows.Add(name, ranks);
        }
        return rows;
    }
}
