using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace Umps.Ranks.Scenarios;

/// <summary>
/// copies SEED: long messages of two ranks, of lengths around the borders of what two copiers share: waited for, computed beside, many at once, from several threads, both
/// ways, cut off, and from and to memory that both map. copies SEED forever: the same large message without end, for a test that kills a rank meanwhile.
/// </summary>
internal static class Copies
{
    private static readonly int[] s_edges = [4 << 10, 8 << 10, 16 << 10, 32 << 10, 48 << 10, 64 << 10, 128 << 10, 256 << 10, 512 << 10, 1 << 20, (1 << 20) + (1 << 19), 3 << 20, 9 << 20];

    public static int Run(string[] args)
    {
        int seed = Job.Number(args, 0, 1);
        using Mpi mpi = Job.Join();
        Comm comm = mpi.World;
        if (args.Length > 1)
            return Forever(comm);

        int[] lengths = Lengths(seed, 24);
        try
        {
            Blocking(comm, lengths, seed);
            Computing(comm, lengths, seed);
            ManyAtOnce(comm, lengths, seed);
            BothWays(comm, lengths, seed);
            Threads(comm, lengths, seed);
            Shared(comm, lengths, seed);
            TooLong(comm);
        }
        catch (InvalidOperationException wrong)
        {
            Job.Say($"rank {comm.Rank}, seed {seed}: {wrong.Message}");
            return 1;
        }

        comm.Barrier();
        long helped = comm.Core.Endpoint.ShowState().Agents.SelectMany(agent => agent.Counters).Where(counter => counter.Key == "copied-for-peer-bytes").Sum(counter => counter.Value);
        Job.Say($"rank {comm.Rank}: copies are right, {(helped > 0 ? "by both" : "alone")}");
        return 0;
    }

    private static int Forever(Comm comm)
    {
        var data = new byte[32 << 20];
        Job.Say($"rank {comm.Rank} pid {Environment.ProcessId} copies");
        while (true)
        {
            if (comm.Rank == 0)
                comm.Send(data, dest: 1, tag: 1);
            else
                comm.Recv(data, source: 0, tag: 1);
        }
    }

    private static void Blocking(Comm comm, int[] lengths, int seed)
    {
        foreach (int length in lengths)
        {
            if (comm.Rank == 0)
                comm.Send(Bytes(length, seed), dest: 1, tag: 1);
            else
                Receive(comm, length, seed, 1);
        }
    }

    /// <summary>The sender begins, computes, and only then waits.</summary>
    private static void Computing(Comm comm, int[] lengths, int seed)
    {
        foreach (int length in lengths)
        {
            if (comm.Rank == 1)
            {
                Receive(comm, length, seed, 2);
                continue;
            }
            Request send = comm.Isend(Bytes(length, seed), dest: 1, tag: 2);
            Thread.SpinWait(20_000);
            send.Wait();
        }
    }

    private static void ManyAtOnce(Comm comm, int[] lengths, int seed)
    {
        var requests = new List<Request>();
        byte[][] buffers = [.. lengths.Select(length => comm.Rank == 0 ? Bytes(length, seed) : new byte[length])];
        foreach (byte[] buffer in buffers)
            requests.Add(comm.Rank == 0 ? comm.Isend(buffer, dest: 1, tag: 3) : comm.Irecv(buffer, source: 0, tag: 3));
        Request.WaitAll([.. requests]);
        foreach (byte[] buffer in buffers)
            Check(buffer, seed, "many at once");
    }

    private static void BothWays(Comm comm, int[] lengths, int seed)
    {
        int other = 1 - comm.Rank;
        foreach (int length in lengths)
        {
            var buffer = new byte[length];
            comm.Sendrecv<byte>(Bytes(length, seed), other, 4, buffer, other, 4);
            Check(buffer, seed, "both ways");
        }
    }

    private static void Threads(Comm comm, int[] lengths, int seed)
    {
        InvalidOperationException? failure = null;
        Thread[] threads = [.. Enumerable.Range(0, 3).Select(number => new Thread(() =>
        {
            try
            {
                foreach (int length in lengths.Skip(number))
                {
                    if (comm.Rank == number % 2)
                        comm.Send(Bytes(length, seed), dest: 1 - comm.Rank, tag: 10 + number);
                    else
                        Receive(comm, length, seed, 10 + number);
                }
            }
            catch (InvalidOperationException wrong)
            {
                failure = wrong;
            }
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        if (failure is not null)
            throw failure;
    }

    /// <summary>From or to memory that both ranks map, at places that are no page's beginning; or both.</summary>
    private static void Shared(Comm comm, int[] lengths, int seed)
    {
        using SharedBuffer<byte> shared = comm.Allocate<byte>(lengths.Max() + 100);
        for (int i = 0; i < lengths.Length; i++)
        {
            bool here = (i % 3) switch { 0 => true, 1 => comm.Rank == 0, _ => comm.Rank == 1 };
            Span<byte> buffer = here ? shared.Span.Slice(i, lengths[i]) : new byte[lengths[i]];
            if (comm.Rank == 0)
            {
                Bytes(lengths[i], seed).CopyTo(buffer);
                comm.Send<byte>(buffer, dest: 1, tag: 5);
            }
            else
            {
                buffer.Clear();
                comm.Recv(buffer, source: 0, tag: 5);
                Check(buffer, seed, $"shared, {i % 3}");
            }
        }
    }

    /// <summary>A message longer than its receive is an error there, touches nothing, and does not hold its sender.</summary>
    private static void TooLong(Comm comm)
    {
        if (comm.Rank == 0)
        {
            comm.Send(Bytes(2 << 20, 1), dest: 1, tag: 6);
            return;
        }
        var buffer = new byte[2 << 20];
        try
        {
            comm.Recv(buffer.AsSpan(0, 1 << 20), source: 0, tag: 6);
        }
        catch (MpiException error) when (error.ErrorClass == MpiErrorClass.Truncate)
        {
            if (buffer.AsSpan(1 << 20).IndexOfAnyExcept((byte)0) >= 0)
                throw new InvalidOperationException("a message that is too long was written behind the buffer");
            return;
        }
        throw new InvalidOperationException("a message that is too long was received");
    }

    private static void Receive(Comm comm, int length, int seed, int tag)
    {
        // A byte before and some after show whether anything is written beside the buffer.
        var buffer = new byte[length + 65];
        Status status = comm.Recv(buffer.AsSpan(1, length), 1 - comm.Rank, tag);
        if (status.Count<byte>() != length)
            throw new InvalidOperationException($"{status.Count<byte>()} bytes came, not {length}");
        Check(buffer.AsSpan(1, length), seed, $"tag {tag}");
        if (buffer[0] != 0 || buffer.AsSpan(length + 1).IndexOfAnyExcept((byte)0) >= 0)
            throw new InvalidOperationException($"{length} bytes were written beside the buffer");
    }

    private static void Check(ReadOnlySpan<byte> buffer, int seed, string what)
    {
        ReadOnlySpan<byte> wanted = Bytes(buffer.Length, seed);
        int same = buffer.CommonPrefixLength(wanted);
        if (same < buffer.Length)
            throw new InvalidOperationException($"{what}: byte {same} of {buffer.Length} is {buffer[same]}, not {wanted[same]}");
    }

    private static int[] Lengths(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
            s_edges[random.Next(s_edges.Length)] + random.Next(-2, 3) + (random.Next(3) == 0 ? random.Next(200_000) : 0))];
    }

    private static byte[] Bytes(int length, int seed)
    {
        var bytes = new byte[length];
        new Random(seed ^ length).NextBytes(bytes);
        return bytes;
    }
}
