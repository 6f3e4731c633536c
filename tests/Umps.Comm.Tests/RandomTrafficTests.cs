using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Umps.Testing;
using Xunit;

namespace Umps.Tests;

/// <summary>Random point-to-point traffic: every message is a function of the seed and its number, so that each arrival can be checked bit for bit.</summary>
/// <remarks>Each rank has sending and receiving threads; a receiving thread has a context of its own and takes whatever comes, so that no plan can deadlock.
/// Checked: content, length, source, tag, and the order of messages of one sending thread.</remarks>
public class RandomTrafficTests
{
    /// <summary>Lengths around the edges: nothing, inline, a unit, eager limits, rendezvous, several pulls.</summary>
    private static readonly int[] s_edges = [0, 4, 40, 64, 2048, 8192, 16384, 32768, 65536, 131072, 1 << 20, 4 << 20];

    [Theory]
    [InlineData(1, 1, 400)]
    [InlineData(2, 1, 600)]
    [InlineData(3, 1, 400)]
    [InlineData(2, 3, 300)]
    [InlineData(4, 2, 150)]
    public void Traffic_Random_ArrivesWholeAndInOrder(int ranks, int threads, int messages) =>
        Seeds.Run(2, seed => Run(new Plan(seed, ranks, threads, messages), options: null));

    /// <summary>Small messages only, many of them: rings run full, credits run out, senders and receivers sleep and wake.</summary>
    [Theory]
    [InlineData(2, 1, 20_000)]
    [InlineData(3, 2, 4_000)]
    public void Traffic_ManySmall_ArrivesWholeAndInOrder(int ranks, int threads, int messages) =>
        Seeds.Run(1, seed => Run(new Plan(seed, ranks, threads, messages) { LengthMax = 5000 }, options: null));

    private static void Run(Plan plan, MpiOptions? options) => RankHost.Run(
        plan.Ranks,
        world =>
        {
            Comm[] comms = Enumerable.Range(0, plan.Threads).Select(i => new Comm(world.Core, world.Group, new CommSeed(0x9000 + ((ulong)i << 1), CommSeed.NoBoard))).ToArray();
            Exception? failure = null;
            var threads = new List<Thread>();
            for (int i = 0; i < plan.Threads; i++)
            {
                int thread = i;
                threads.Add(Start(() => new Receiver(plan, comms[thread], thread).Run()));
                threads.Add(Start(() => new Sender(plan, comms, thread).Run()));
            }
            foreach (Thread thread in threads)
                thread.Join();
            if (failure is not null)
                throw new InvalidOperationException(failure.Message, failure);
            // Nobody leaves while another still talks to itself: a receive from anybody fails once all others are gone.
            world.Barrier();

            Thread Start(Action body)
            {
                var thread = new Thread(() =>
                {
                    try
                    {
                        body();
                    }
                    catch (Exception error)
                    {
                        Interlocked.CompareExchange(ref failure, error, null);
                        world.Core.Endpoint.Abort(1);
                    }
                })
                { IsBackground = true };
                thread.Start();
                return thread;
            }
        },
        options,
        secondsMax: 120);

    private sealed record Message(int Number, int Source, int SourceThread, int Dest, int DestThread, int Tag, int Length);

    /// <summary>All messages of a run, the same on every rank.</summary>
    private sealed class Plan
    {
        private readonly int _seed;
        private readonly int _messages;
        private Message[]? _all;

        public Plan(int seed, int ranks, int threads, int messagesEachThread)
        {
            _seed = seed;
            Ranks = ranks;
            Threads = threads;
            _messages = messagesEachThread * ranks * threads;
        }

        public int Ranks { get; }

        public int Threads { get; }

        public int LengthMax { get; init; } = int.MaxValue;

        public Message[] All => LazyInitializer.EnsureInitialized(ref _all, Make);

        public Random RandomFor(int rank, int thread, int role) => new(HashCode.Combine(_seed, rank, thread, role));

        public byte[] Content(Message message)
        {
            var bytes = new byte[message.Length];
            new Random(_seed ^ message.Number).NextBytes(bytes);
            if (bytes.Length >= 4)
                BitConverter.TryWriteBytes(bytes, message.Number);
            return bytes;
        }

        private Message[] Make()
        {
            var random = new Random(_seed);
            var all = new Message[_messages];
            for (int i = 0; i < all.Length; i++)
            {
                // Long ones are rare: half a gigabyte is no better test than a few megabytes.
                int edge = s_edges[random.Next(random.Next(50) == 0 ? s_edges.Length : s_edges.Length - 3)];
                int length = Math.Clamp(edge + random.Next(-3, 4), 0, LengthMax);
                int sourceThread = random.Next(Threads);
                all[i] = new Message(i, random.Next(Ranks), sourceThread, random.Next(Ranks), random.Next(Threads), (sourceThread * 3) + random.Next(3), length);
            }
            return all;
        }
    }

    private sealed class Sender(Plan plan, Comm[] comms, int thread)
    {
        public void Run()
        {
            int rank = comms[0].Rank;
            Random random = plan.RandomFor(rank, thread, 1);
            var requests = new List<Request>();
            foreach (Message message in plan.All)
            {
                if (message.Source != rank || message.SourceThread != thread)
                    continue;
                Comm comm = comms[message.DestThread];
                byte[] content = plan.Content(message);
                switch (random.Next(6))
                {
                    case 0:
                        comm.Ssend(content, message.Dest, message.Tag);
                        break;
                    case 1 or 2:
                        requests.Add(comm.Isend(content, message.Dest, message.Tag));
                        break;
                    case 3:
                        requests.Add(comm.Isend(content, message.Dest, message.Tag));
                        Task.Run(async () => await requests[^1].WaitAsync()).GetAwaiter().GetResult();
                        break;
                    default:
                        comm.Send(content, message.Dest, message.Tag);
                        break;
                }
                if (random.Next(10) == 0)
                {
                    Request.WaitAll([.. requests]);
                    requests.Clear();
                }
            }
            Request.WaitAll([.. requests]);
        }
    }

    private sealed class Receiver(Plan plan, Comm comm, int thread)
    {
        private readonly Dictionary<(int Source, int Tag), Queue<Message>> _expected = [];

        public void Run()
        {
            Random random = plan.RandomFor(comm.Rank, thread, 2);
            Message[] mine = plan.All.Where(message => message.Dest == comm.Rank && message.DestThread == thread).ToArray();
            foreach (Message message in mine)
            {
                if (!_expected.TryGetValue((message.Source, message.Tag), out Queue<Message>? queue))
                    _expected.Add((message.Source, message.Tag), queue = new Queue<Message>());
                queue.Enqueue(message);
            }
            int lengthMax = mine.Length == 0 ? 0 : mine.Max(message => message.Length);
            var buffer = new byte[lengthMax];
            for (int left = mine.Length; left > 0;)
            {
                switch (random.Next(4))
                {
                    case 0:
                        Status probed = comm.Probe();
                        Check(buffer, comm.Recv(buffer.AsSpan(0, (int)probed.LengthBytes), probed.Source, probed.Tag));
                        left--;
                        break;
                    case 1:
                        int count = Math.Min(left, random.Next(1, 6));
                        Irecvs(random, count, lengthMax);
                        left -= count;
                        break;
                    default:
                        Check(buffer, comm.Recv(buffer));
                        left--;
                        break;
                }
            }
            Assert.All(_expected.Values, queue => Assert.Empty(queue));
        }

        private void Irecvs(Random random, int count, int lengthMax)
        {
            var buffers = new byte[count][];
            var requests = new Request[count];
            for (int i = 0; i < count; i++)
            {
                buffers[i] = new byte[lengthMax];
                requests[i] = comm.Irecv(buffers[i]);
            }
            // Any/any receives match in the order they were begun, so their completions are checked in that order.
            var statuses = new Status[count];
            switch (random.Next(3))
            {
                case 0:
                    Request.WaitAll(requests, statuses);
                    break;
                case 1:
                    for (int i = 0; i < count; i++)
                    {
                        int index = Request.WaitAny(requests, out Status status);
                        statuses[index] = status;
                    }
                    break;
                default:
                    for (int i = 0; i < count; i++)
                    {
                        while (!requests[i].Test(out statuses[i]))
                            Thread.Yield();
                    }
                    break;
            }
            for (int i = 0; i < count; i++)
                Check(buffers[i], statuses[i]);
        }

        private void Check(byte[] buffer, Status status)
        {
            Assert.True(
                _expected.TryGetValue((status.Source, status.Tag), out Queue<Message>? queue) && queue.Count > 0,
                $"nothing more is expected of {status}");
            Message message = queue.Dequeue();
            Assert.Equal(message.Length, status.LengthBytes);
            if (!plan.Content(message).AsSpan().SequenceEqual(buffer.AsSpan(0, message.Length)))
            {
                int number = message.Length >= 4 ? BitConverter.ToInt32(buffer) : -1;
                Assert.Fail($"message {message} arrived with other content; it begins with number {number}");
            }
        }
    }
}
