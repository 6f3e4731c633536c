using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;

namespace Umps.Ranks.Scenarios;

/// <summary>traffic SEED MESSAGES [THREADS]: random messages between all ranks, in both directions at once, from several threads; every byte checked.</summary>
/// <remarks>
/// Every rank draws the same plan from the seed, so each knows what it sends, in what order, and what must come. A thread has tags of its
/// own; a pair's messages of one tag must arrive in the order they were sent. Each tag has a receiver of its own, so that no sender waits for a receive
/// that waits for the same sender.
/// </remarks>
internal static class Traffic
{
    private static readonly int[] s_edges =
        [0, 1, 39, 40, 41, 63, 64, 65, 2047, 2048, 2049, 4095, 4096, 8191, 8192, 8193, 16384, 32767, 32768, 65535, 65536, 65537, 131072, 300_000, 1 << 20];

    private sealed record Message(int Number, int Source, int Dest, int Tag, int Bytes);

    public static int Run(string[] args)
    {
        int seed = Job.Number(args, 0, 1), messages = Job.Number(args, 1, 400), threads = Job.Number(args, 2, 1);
        using Mpi mpi = Job.Join();
        Comm comm = mpi.World;
        var failures = new List<string>();
        var workers = new List<Thread>();
        for (int thread = 0; thread < threads; thread++)
        {
            List<Message> plan = Plan(seed + thread, messages, comm.Size, thread);
            workers.Add(new Thread(() => Guard(failures, () => Send(comm, plan, seed))));
            foreach (IGrouping<int, Message> tag in plan.Where(m => m.Dest == comm.Rank).GroupBy(m => m.Tag))
                workers.Add(new Thread(() => Guard(failures, () => Receive(comm, tag.Key, [.. tag], seed))));
        }

        workers.ForEach(worker => worker.Start());
        workers.ForEach(worker => worker.Join());
        foreach (string failure in failures)
            Job.Say($"rank {comm.Rank}, seed {seed}: {failure}");
        if (failures.Count > 0)
            return 1;
        Job.Say($"rank {comm.Rank}: traffic of seed {seed} is right");
        return 0;
    }

    private static List<Message> Plan(int seed, int messages, int size, int thread)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, messages).Select(number => new Message(
            number,
            random.Next(size),
            random.Next(size),
            thread * 10 + random.Next(3),
            random.Next(4) == 0 ? random.Next(100_000) : s_edges[random.Next(s_edges.Length)]))];
    }

    private static void Guard(List<string> failures, Action work)
    {
        try
        {
            work();
        }
        catch (Exception e) when (e is MpiException or InvalidOperationException)
        {
            lock (failures)
                failures.Add(e.Message);
        }
    }

    private static void Send(Comm comm, List<Message> plan, int seed)
    {
        var pending = new Queue<Request>();
        foreach (Message message in plan.Where(m => m.Source == comm.Rank))
        {
            byte[] data = Bytes(message, seed);
            switch ((message.Number + seed) % 3)
            {
                case 0:
                    comm.Send(data, message.Dest, message.Tag);
                    break;
                case 1:
                    pending.Enqueue(comm.Isend(data, message.Dest, message.Tag));
                    break;
                default:
                    comm.Ssend<byte>(data, message.Dest, message.Tag);
                    break;
            }

            while (pending.Count > 16)
                pending.Dequeue().Wait();
        }

        Request.WaitAll(pending.ToArray());
    }

    private static void Receive(Comm comm, int tag, List<Message> plan, int seed)
    {
        // What must come, by source, in order.
        var expected = plan.GroupBy(m => m.Source).ToDictionary(g => g.Key, g => new Queue<Message>(g));
        var random = new Random(seed * 31 + comm.Rank * 7 + tag);
        var buffer = new byte[plan.Max(m => m.Bytes) + 1];
        for (int received = 0; received < plan.Count; received++)
        {
            Status status = random.Next(3) switch
            {
                0 => comm.Recv(buffer, Comm.AnySource, tag),
                1 => Probed(comm, buffer, tag),
                _ => comm.Irecv(buffer, Comm.AnySource, tag).Wait(),
            };
            if (status.Tag != tag || !expected.TryGetValue(status.Source, out Queue<Message>? queue) || queue.Count == 0)
                throw new InvalidOperationException($"a message nobody planned from rank {status.Source}, tag {status.Tag}");
            Message message = queue.Dequeue();
            int count = status.Count<byte>();
            if (count != message.Bytes)
                throw new InvalidOperationException($"{message} came with {count} bytes: lost, doubled or overtaken");
            if (!buffer.AsSpan(0, count).SequenceEqual(Bytes(message, seed)))
                throw new InvalidOperationException($"{message} came with other bytes");
        }
    }

    private static Status Probed(Comm comm, byte[] buffer, int tag)
    {
        Status there = comm.Probe(Comm.AnySource, tag);
        return comm.Recv(buffer.AsSpan(0, there.Count<byte>()), there.Source, tag);
    }

    private static byte[] Bytes(Message message, int seed)
    {
        var data = new byte[message.Bytes];
        new Random(seed ^ (message.Number * 7919 + message.Tag)).NextBytes(data);
        return data;
    }
}
