using System;
using System.Runtime.CompilerServices;
using System.Threading;
using Umps.Transport.Interop;

namespace Umps.Transport.Polling;

/// <summary>Arm, re-check, sleep, ring: the one place that needs a full fence.</summary>
/// <remarks>
/// <code>
///  receiver                                   sender
///  Armed = level          (W1)                publish the message      (W2)
///  full fence of all      (F1)                (nothing, or a full fence: F2)
///  look for messages      (R2)                look at Armed            (R1)
///  sleep while Armed holds what was stored    armed for this: Armed 1|2 → 0, wake
/// </code>
/// Forbidden is that R2 misses W2 and R1 misses W1. A fence on either side forbids it: either the receiver sees the message and does not sleep, or the sender sees it armed.
/// A fence of the sender's own would cost each message the transfer of its line (50 to 240 ns, before the next one may begin), so the receiver, who arms seldom, makes both
/// by membarrier(2): when F1 returns, the sender has passed a full fence too. If its R1 came before that fence, so did its W2, and R2 sees it; if after, R1 sees W1.
/// Where membarrier is refused, on either side, the sender fences itself (F2). It does so, too, for what is of the Control level: such messages steer long transfers, for which a
/// fence is nothing, and arming for them alone, which a program with requests under way does often, is cheap. A sender that rings before the receiver sleeps has changed the word, and the kernel compares the word
/// before it puts anybody to sleep; an eventfd stays readable until it is drained. The word is swapped, so that of many senders
/// one pays for the wake-up.
/// The kernel may miss a processor at F1, and does after the exit of a thread there (decision 0098): then R2 can miss what the sender's processor has not let out yet, some hundred
/// nanoseconds, or microseconds behind a long payload. So who sleeps looks a third time, a millisecond after it fell asleep (<see cref="Endpoint.FirstSleep"/>).
/// Not promised: that whoever wakes finds something. A wake-up is a reason to look.
/// </remarks>
internal static unsafe class Doorbell
{
    // Armed: the level in the low bits (ArmLevel), and how to ring above them.
    internal const uint LevelMask = 3;
    internal const uint EventFdBit = 4;

    internal const uint SleepsOnFutex = 0;
    internal const uint SleepsOnEventFd = 1;

    // No initialiser: the sender's look at it is a plain read, in code that was compiled ahead of time too.
    private static bool s_isFencedByOthers;

    /// <summary>Lets others fence for this process. Where it is refused, its sends fence themselves.</summary>
    /// <remarks>The kernel takes 10 ms and more, and all ranks of the process wait for it: messages beside it lost wake-ups (decision 0091).</remarks>
    public static void BeFencedByOthers() => Volatile.Write(ref s_isFencedByOthers, Registration.IsTarget);

    /// <summary>Prepares a line, before anybody arms: how its owner sleeps, and who fences.</summary>
    /// <param name="line">The line.</param>
    /// <param name="sleepsOnSockets">Its owner sleeps on its eventfd beside descriptors of agents.</param>
    /// <param name="hasPeers">Other ranks send through the node's memory. Where none does, there is nobody to fence for.</param>
    public static void Initialize(DoorbellLine* line, bool sleepsOnSockets, bool hasPeers)
    {
        line->Armed = 0;
        line->ArmsWithBarrier = hasPeers && Linux.BarrierOfAll() ? 1u : 0u;
        Volatile.Write(ref line->SleepsOn, sleepsOnSockets ? SleepsOnEventFd : SleepsOnFutex);
    }

    /// <summary>Says what is to ring from now on; the caller looks for messages once more after it. Owner only.</summary>
    public static void Arm(DoorbellLine* line, ArmLevel level)
    {
        uint word = (uint)level;
        if (word != 0 && line->SleepsOn == SleepsOnEventFd)
            word |= EventFdBit;
        Volatile.Write(ref line->Armed, word);      // W1
        if (level == ArmLevel.Anything)
            FenceAll(line);                         // F1
        else
            Interlocked.MemoryBarrier();
    }

    /// <summary>A full fence of the line's owner and of all who send to it. What has been written before is seen by a sender that looks from now on; what a sender wrote before it looked is seen from now on.</summary>
    public static void FenceAll(DoorbellLine* line)
    {
        if (line->ArmsWithBarrier == 0 || !Linux.BarrierOfAll())
            Interlocked.MemoryBarrier();
    }

    /// <summary>Between writing what the line's owner looks for after <see cref="FenceAll"/>, and looking at what it wrote before: nothing but the order of the two, unless the owner cannot fence for us.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void FenceUnlessOwnerDoes(DoorbellLine* line)
    {
        if (!Volatile.Read(ref s_isFencedByOthers) || Volatile.Read(ref line->ArmsWithBarrier) == 0)
            Interlocked.MemoryBarrier();            // F2
    }

    /// <summary>Nothing is to ring any more. Owner only.</summary>
    public static void Disarm(DoorbellLine* line) => Volatile.Write(ref line->Armed, 0);

    /// <summary>Sleeps while the line is armed; returns at once when it is not.</summary>
    /// <param name="line">The caller's own line.</param>
    /// <param name="descriptors">What to sleep on instead of the word; null for the futex.</param>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <returns>True when a doorbell or an agent ended the sleep.</returns>
    public static bool Sleep(DoorbellLine* line, SleepSet? descriptors, TimeSpan timeout)
    {
        uint armed = Volatile.Read(ref line->Armed);
        if (armed == 0)
            return false;
        return descriptors is not null ? descriptors.Sleep(timeout) : Linux.FutexWait(&line->Armed, armed, timeout) == Errno.None;
    }

    /// <summary>After a sender has published: rings if the receiver is armed for this. Orders publishing before looking.</summary>
    /// <param name="line">The receiver's line, in shared memory.</param>
    /// <param name="eventFd">The receiver's eventfd, for one that sleeps on sockets too.</param>
    /// <param name="control">What was published is of the Control level (<see cref="ArmLevel.Control"/>).</param>
    /// <returns>True when a sleeper was rung.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool RingIfArmed(DoorbellLine* line, int eventFd, bool control)
    {
        if (control)
            Interlocked.MemoryBarrier();            // F2
        else
            FenceUnlessOwnerDoes(line);
        uint armed = Volatile.Read(ref line->Armed);
        return armed != 0 && (control || (armed & LevelMask) != (uint)ArmLevel.Control) && RingSlow(line, eventFd, armed, control);
    }

    /// <summary>Rings whatever the receiver is armed for: abort, a peer's departure, a call from the own process.</summary>
    /// <remarks>A thread may sleep though the word is 0: another thread of its rank has disarmed since, and polls. It is woken too.</remarks>
    public static bool Ring(DoorbellLine* line, int eventFd)
    {
        bool armed = Interlocked.Exchange(ref line->Armed, 0) != 0;
        Wake(line, eventFd, line->SleepsOn == SleepsOnEventFd);
        return armed;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool RingSlow(DoorbellLine* line, int eventFd, uint armed, bool control)
    {
        do
        {
            if ((armed & LevelMask) == (uint)ArmLevel.Control && !control)
                return false;
            uint seen = Interlocked.CompareExchange(ref line->Armed, 0, armed);
            if (seen == armed)
            {
                Wake(line, eventFd, (armed & EventFdBit) != 0);
                return true;
            }
            armed = seen;       // another rang, or the owner has changed the level
        }
        while (armed != 0);
        return false;
    }

    private static void Wake(DoorbellLine* line, int eventFd, bool byEventFd)
    {
        if (byEventFd)
            Linux.SignalEventFd(eventFd);
        else
            Linux.FutexWake(&line->Armed);
    }

    /// <summary>Once a process, and the others wait.</summary>
    private static class Registration
    {
        public static readonly bool IsTarget = Linux.BecomeBarrierTarget();
    }
}
