using System;
using System.Linq;

namespace Umps.Ranks.Scenarios;

/// <summary>collectives: each one, from every root, on short and long vectors, in the world and in halves of it, against what plain loops say.</summary>
internal static class Collectives
{
    public static int Run(string[] args)
    {
        using Mpi mpi = Job.Join();
        Comm world = mpi.World;
        using Comm half = world.Split(world.Rank % 2, key: -world.Rank);
        using Comm copy = world.Dup();
        string? wrong = Halved(world, half) ?? All(half) ?? All(copy) ?? Grid(world);
        if (wrong is not null)
        {
            Job.Say($"rank {world.Rank}: {wrong}");
            return 1;
        }

        Job.Say($"rank {world.Rank}: collectives are right");
        return 0;
    }

    /// <summary>The key turns the order round: the highest rank of the world is the first of its half.</summary>
    private static string? Halved(Comm world, Comm half)
    {
        int[] members = [.. Enumerable.Range(0, world.Size).Where(r => r % 2 == world.Rank % 2).OrderDescending()];
        return half.Size == members.Length && half.Allgather(world.Rank).SequenceEqual(members) ? null : "Split by color, ordered by key";
    }

    private static string? All(Comm comm)
    {
        comm.Barrier();
        foreach (int count in (int[])[0, 1, 5, 1000, 100_000])
        {
            int ranks = comm.Size, me = comm.Rank;
            long[] mine = [.. Enumerable.Range(0, count).Select(i => Value(me, i))];
            long[] sums = [.. Enumerable.Range(0, count).Select(i => Enumerable.Range(0, ranks).Sum(r => Value(r, i)))];
            var result = new long[count];
            comm.Allreduce<long>(mine, result, Op.Sum);
            if (!result.SequenceEqual(sums))
                return $"Allreduce of {count}";

            for (int root = 0; root < ranks; root++)
            {
                if (Rooted(comm, root, mine, sums) is { } wrong)
                    return $"{wrong} of {count}, root {root} of {ranks}";
            }

            var gathered = new long[count * ranks];
            comm.Allgather<long>(mine, gathered);
            for (int r = 0; r < ranks; r++)
                for (int i = 0; i < count; i++)
                    if (gathered[r * count + i] != Value(r, i))
                        return $"Allgather of {count}";

            long[] toAll = [.. Enumerable.Range(0, ranks).SelectMany(r => Enumerable.Range(0, count).Select(i => Value(me * 100 + r, i)))];
            var fromAll = new long[count * ranks];
            comm.Alltoall<long>(toAll, fromAll);
            for (int r = 0; r < ranks; r++)
                for (int i = 0; i < count; i++)
                    if (fromAll[r * count + i] != Value(r * 100 + me, i))
                        return $"Alltoall of {count}";
        }

        return Values(comm);
    }

    private static string? Rooted(Comm comm, int root, long[] mine, long[] sums)
    {
        int count = mine.Length, ranks = comm.Size;
        bool isRoot = comm.Rank == root;
        long[] data = isRoot ? [.. mine] : new long[count];
        comm.Bcast(data, root);
        for (int i = 0; i < count; i++)
            if (data[i] != Value(root, i))
                return "Bcast";

        long[] reduced = new long[isRoot ? count : 0];
        comm.Reduce<long>(mine, reduced, Op.Sum, root);
        if (isRoot && !reduced.SequenceEqual(sums))
            return "Reduce";

        long[] gathered = new long[isRoot ? count * ranks : 0];
        comm.Gather<long>(mine, gathered, root);
        for (int i = 0; i < gathered.Length; i++)
            if (gathered[i] != Value(i / count, i % count))
                return "Gather";

        long[] scattered = new long[count];
        comm.Scatter<long>(isRoot ? [.. Enumerable.Range(0, count * ranks).Select(i => Value(i / count + 7, i % count))] : [], scattered, root);
        for (int i = 0; i < count; i++)
            if (scattered[i] != Value(comm.Rank + 7, i))
                return "Scatter";
        return null;
    }

    /// <summary>Single values, objects, and an operator that does not commute.</summary>
    private static string? Values(Comm comm)
    {
        int ranks = comm.Size, me = comm.Rank;
        if (comm.Allreduce(me + 1, Op.Max) != ranks || comm.Allreduce((double)me, Op.Min) != 0)
            return "Allreduce of one value";
        if (comm.Bcast(me == ranks - 1 ? 77 : 0, root: ranks - 1) != 77)
            return "Bcast of one value";
        string[] words = comm.AllgatherObject($"rank {me}");
        if (!words.SequenceEqual(Enumerable.Range(0, ranks).Select(r => $"rank {r}")))
            return "AllgatherObject";

        // x → a x + b, one after the other: associative, and the order shows.
        Op after = Op.Create<(long A, long B)>((f, g) => (f.A * g.A % 1_000_003, (f.B * g.A + g.B) % 1_000_003), commutative: false);
        (long A, long B) expected = (1, 0);
        for (int r = 0; r < ranks; r++)
            expected = (expected.A * (r + 2) % 1_000_003, (expected.B * (r + 2) + r) % 1_000_003);
        return comm.Allreduce((A: me + 2L, B: (long)me), after) == expected ? null : "Allreduce with an operator that does not commute";
    }

    /// <summary>A ring as a grid of one dimension, and a plane that leaves nobody out.</summary>
    private static string? Grid(Comm world)
    {
        using CartComm ring = world.CreateCart([world.Size], periodic: [true]);
        (int source, int dest) = ring.Shift(0, 1);
        if (ring.Sendrecv(ring.Rank, dest, source, tag: 4) != (ring.Rank + ring.Size - 1) % ring.Size)
            return "Shift on a ring";

        using CartComm plane = world.CreateCart(Comm.CreateDims(world.Size, 2), periodic: [false, false]);
        int[] here = plane.CoordinatesOf(plane.Rank);
        if (plane.RankAt(here) != plane.Rank)
            return "coordinates and rank";
        (int above, int below) = plane.Shift(0, 1);
        int got = plane.Sendrecv(plane.Rank, dest: below, source: above, tag: 5);
        return above == Comm.ProcNull || got == above ? null : "Shift on a plane";
    }

    private static long Value(int rank, int i) => rank * 1_000_003L + i * 17L + 1;
}
