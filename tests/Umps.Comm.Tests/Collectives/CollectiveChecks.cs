using System;
using System.Linq;
using Xunit;

namespace Umps.Tests.Collectives;

/// <summary>One check a collective: every rank calls it, and looks at what came.</summary>
internal static class CollectiveChecks
{
    /// <summary>A value that says whose it is, for whom, and which element.</summary>
    public static int Mark(int from, int to, int element) => unchecked((from * 1009 + to) * 100_003 + element);

    public static void Bcast(Comm comm, int count, int root)
    {
        int[] buffer = Elements(count, i => comm.Rank == root ? Mark(root, 0, i) : -1);

        comm.Bcast(buffer, root);

        AssertElements(buffer, i => Mark(root, 0, i), $"Bcast of {count} from {root}");
    }

    public static void Reduce(Comm comm, int count, int root)
    {
        int size = comm.Size;
        long[] send = Elements(count, i => (long)(comm.Rank + 1) * (i + 1));
        long[] recv = Elements(comm.Rank == root ? count + 1 : 0, _ => -7L);
        comm.Reduce(send, recv, Op.Sum, root);
        AssertElements(send, i => (long)(comm.Rank + 1) * (i + 1), "what Reduce sends");
        if (comm.Rank == root)
            AssertElements(recv, i => i < count ? (long)size * (size + 1) / 2 * (i + 1) : -7, $"Reduce of {count} to {root}");

        Affine[] inPlace = Elements(count, i => Affine.Of(comm.Rank, i));
        comm.Reduce(inPlace, Affine.Compose, root);
        AssertElements(
            inPlace, i => comm.Rank == root ? Affine.OfAll(size, i) : Affine.Of(comm.Rank, i), $"Reduce in place, in rank order, of {count} to {root}");
    }

    public static void Allreduce(Comm comm, int count)
    {
        int size = comm.Size;
        long[] send = Elements(count, i => (long)(comm.Rank + 1) * (i + 1));
        long[] recv = Elements(count + 1, _ => -7L);
        comm.Allreduce(send, recv, Op.Sum);
        AssertElements(send, i => (long)(comm.Rank + 1) * (i + 1), "what Allreduce sends");
        AssertElements(recv, i => i < count ? (long)size * (size + 1) / 2 * (i + 1) : -7, $"Allreduce of {count}");

        Affine[] inPlace = Elements(count, i => Affine.Of(comm.Rank, i));
        comm.Allreduce(inPlace, Affine.Compose);
        AssertElements(inPlace, i => Affine.OfAll(size, i), $"Allreduce in place, in rank order, of {count}");
    }

    public static void Gather(Comm comm, int count, int root)
    {
        int size = comm.Size;
        int[] send = Elements(count, i => Mark(comm.Rank, root, i));
        int[] recv = Elements(comm.Rank == root ? size * count : 0, _ => -1);
        comm.Gather(send, recv, root);
        if (comm.Rank != root)
            return;
        AssertElements(recv, i => Mark(i / count, root, i % count), $"Gather of {count} to {root}");
    }

    public static void GatherInPlace(Comm comm, int count, int root)
    {
        int[] blocks = Elements(comm.Size * count, i => i / Math.Max(count, 1) == comm.Rank ? Mark(comm.Rank, root, i % count) : -1);
        comm.Gather(blocks.AsSpan(comm.Rank * count, count), blocks, root);
        if (comm.Rank == root)
            AssertElements(blocks, i => Mark(i / count, root, i % count), $"Gather in place of {count} to {root}");
    }

    public static void Allgather(Comm comm, int count)
    {
        int size = comm.Size;
        int[] send = Elements(count, i => Mark(comm.Rank, 0, i));
        int[] recv = Elements(size * count + 1, _ => -1);
        comm.Allgather(send, recv);
        AssertElements(recv, i => i < size * count ? Mark(i / count, 0, i % count) : -1, $"Allgather of {count}");

        int[] inPlace = Elements(size * count, i => i / count == comm.Rank ? Mark(comm.Rank, 0, i % count) : -1);
        comm.Allgather(inPlace.AsSpan(comm.Rank * count, count), inPlace);
        AssertElements(inPlace, i => Mark(i / count, 0, i % count), $"Allgather in place of {count}");
    }

    public static void Scatter(Comm comm, int count, int root)
    {
        int size = comm.Size;
        int[] send = Elements(comm.Rank == root ? size * count : 0, i => Mark(root, i / count, i % count));
        int[] recv = Elements(count, _ => -1);
        comm.Scatter(send, recv, root);
        AssertElements(recv, i => Mark(root, comm.Rank, i), $"Scatter of {count} from {root}");

        Span<int> own = comm.Rank == root ? send.AsSpan(root * count, count) : recv;
        comm.Scatter(send, own, root);
        AssertElements(own.ToArray(), i => Mark(root, comm.Rank, i), $"Scatter in place of {count} from {root}");
    }

    public static void Alltoall(Comm comm, int count)
    {
        int size = comm.Size;
        int[] send = Elements(size * count, i => Mark(comm.Rank, i / count, i % count));
        int[] recv = Elements(size * count + 1, _ => -1);
        comm.Alltoall(send, recv);
        AssertElements(recv, i => i < size * count ? Mark(i / count, comm.Rank, i % count) : -1, $"Alltoall of {count}");

        comm.Alltoall(send, send);
        AssertElements(send, i => Mark(i / count, comm.Rank, i % count), $"Alltoall in place of {count}");
    }

    private static T[] Elements<T>(int count, Func<int, T> value) => [.. Enumerable.Range(0, count).Select(value)];

    private static void AssertElements<T>(T[] actual, Func<int, T> expected, string what)
    {
        for (int i = 0; i < actual.Length; i++)
        {
            if (!Equals(actual[i], expected(i)))
                Assert.Fail($"{what}: element {i} of {actual.Length} is {actual[i]}, not {expected(i)}");
        }
    }
}
