using System;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Threading;
using Umps.Transport;
using Umps.Transport.Interop;
using Umps.Transport.Polling;
using Umps.Transport.Pool;

namespace Umps.Ranks.Scenarios;

/// <summary>wakeup SOCKET 0|1 futex|sockets SEED: one of two processes that ring each other awake for some seconds; it joins the node's memory, but no job.</summary>
/// <remarks>
/// A turn: one side counts the other's mailbox up in some steps, with no gap, a short or a long one between; the other waits for all of them and answers. A wake-up
/// that gets lost ends in a sleep that nobody ends: its timeout is the failure. In the mode sockets the sides sleep in poll(2), beside a descriptor on which nothing comes.
/// </remarks>
internal static unsafe class Wakeup
{
    private const int MailboxOffset = 3072, ReadyOffset = 3136;     // in the control page, behind what the transport uses
    private const double Seconds = 2.5;
    private static readonly TimeSpan s_sleepMax = TimeSpan.FromSeconds(10);

    public static int Run(string[] args)
    {
        int me = Job.Number(args, 1, 0);
        var random = new Random(int.Parse(args[3], CultureInfo.InvariantCulture) + me);
        using var join = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        join.Connect(new UnixDomainSocketEndPoint(args[0]));
        using NodeMemory node = NodeMemory.Receive(join);
        NodeMapping memory = node.Mapping;
        byte* own = memory.At(memory.Layout.Control(me)), other = memory.At(memory.Layout.Control(1 - me));
        int otherEventFd = memory.EventDescriptors[1 - me];
        using var sleepers = new SleepSet((DoorbellLine*)own, memory.EventDescriptors[me]);
        if (args[2] == "sockets")
            sleepers.Add(Linux.CreateEventFd(out _));
        NodeHeader* header = memory.Header;
        Interlocked.Increment(ref header->Awake);
        var poller = new SemiPoller(
            (DoorbellLine*)own, &header->Awake, &header->Abort, sleepers, header->Processors, ranks: 2,
            new TransportOptions { Polling = new PollingOptions { WindowMicrosecondsMin = 0, WindowMicrosecondsMax = 20, BudgetMicroseconds = 20 } });
        Volatile.Write(ref *(int*)(own + ReadyOffset), 1);
        while (Volatile.Read(ref *(int*)(other + ReadyOffset)) == 0)
            Thread.Sleep(1);

        long sent = 0, received = 0, rings = 0, turns = 0;
        long began = Stopwatch.GetTimestamp();
        bool mine = me == 0;
        while (true)
        {
            if (mine)
            {
                // Both sides end at a turn of side 0's choice: a step of 1000 says so.
                bool last = me == 0 && Stopwatch.GetElapsedTime(began).TotalSeconds > Seconds;
                int steps = last ? 1 : random.Next(1, 6);
                for (int step = steps; step > 0; step--)
                {
                    Gap(random);
                    sent += last ? 1000 : 1;
                    Volatile.Write(ref *(long*)(other + MailboxOffset), (sent << 3) | (uint)(step - 1));    // steps that still come, in the low bits
                    if (Doorbell.RingIfArmed((DoorbellLine*)other, otherEventFd, control: false))
                        rings++;
                }
                if (last)
                    break;
                turns++;
            }
            else
            {
                long value;
                do
                {
                    value = Wait(poller, (long*)(own + MailboxOffset), received);
                    if (value < 0)
                    {
                        Job.Say($"side {me}: lost a wake-up in turn {turns}, mode {args[2]}, sleeps={poller.Counters.Sleeps} rings={rings} ");
                        return 1;
                    }
                    if (value - received >= 1000 * 8)
                        goto End;
                    received = value;
                }
                while ((value & 7) != 0);
            }
            mine = !mine;
        }

    End:
        Job.Say($"side {me}: turns={turns} sleeps={poller.Counters.Sleeps} interrupts={poller.Counters.Interrupts} rings={rings} ");
        return 0;
    }

    /// <summary>Waits for the mailbox to change; -1 when a sleep had to be ended by its timeout though the message was there.</summary>
    private static long Wait(SemiPoller poller, long* mailbox, long seen)
    {
        WaitState wait = poller.BeginWait();
        while (true)
        {
            long value = Volatile.Read(ref *mailbox);
            if (value != seen)
            {
                poller.Arrived(ref wait);
                return value;
            }
            if (!poller.Pause(ref wait))
                continue;
            poller.Arm(ArmLevel.Anything);
            if (Volatile.Read(ref *mailbox) == seen)
            {
                long began = Stopwatch.GetTimestamp();
                poller.Sleep(s_sleepMax);
                if (Stopwatch.GetElapsedTime(began) >= s_sleepMax)
                    return -1;
            }
            poller.Disarm(ref wait);
        }
    }

    /// <summary>None, about as long as a poll, about as long as arming and falling asleep, or long.</summary>
    private static void Gap(Random random)
    {
        int kind = random.Next(8);
        if (kind == 7)
        {
            Thread.Sleep(1);
            return;
        }
        double microseconds = kind < 2 ? 0 : random.NextDouble() * (kind < 5 ? 40 : 150);
        long began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began).TotalMicroseconds < microseconds)
            Thread.SpinWait(1);
    }
}
