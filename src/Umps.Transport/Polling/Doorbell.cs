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
///  full fence             (F1)                full fence               (F2)
///  look for messages      (R2)                look at Armed            (R1)
///  sleep while Armed holds what was stored    armed for this: Armed 1|2 → 0, wake
/// </code>
/// F1 and F2 together forbid that R2 misses W2 and R1 misses W1: either the receiver sees the message and does not sleep, or the
/// sender sees it armed. A sender that rings before the receiver sleeps has changed the word, and the kernel compares the word
/// before it puts anybody to sleep; an eventfd stays readable until it is drained. The word is swapped, so that of many senders
/// one pays for the wake-up.
/// Not promised: that whoever wakes finds something. A wake-up is a reason to look.
/// </remarks>
internal static unsafe class Doorbell
{
    // Armed: the level in the low bits (ArmLevel), and how to ring above them.
    internal const uint LevelMask = 3;
    internal const uint EventFdBit = 4;

    internal const uint SleepsOnFutex = 0;
    internal const uint SleepsOnEventFd = 1;

    /// <summary>Says what is to ring from now on; the caller looks for messages once more after it. Owner only.</summary>
    public static void Arm(DoorbellLine* line, ArmLevel level)
    {
        uint word = (uint)level;
        if (word != 0 && line->SleepsOn == SleepsOnEventFd)
            word |= EventFdBit;
        Volatile.Write(ref line->Armed, word);      // W1
        Interlocked.MemoryBarrier();                // F1
    }

    /// <summary>Nothing is to ring any more. Owner only.</summary>
    public static void Disarm(DoorbellLine* line) => Volatile.Write(ref line->Armed, 0);

    /// <summary>Sleeps while the line is armed; returns at once when it is not.</summary>
    /// <param name="line">The caller's own line.</param>
    /// <param name="eventFd">The caller's eventfd.</param>
    /// <param name="socketsFd">What to sleep on besides; -1 for the futex alone.</param>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <returns>True when a doorbell or a socket ended the sleep.</returns>
    public static bool Sleep(DoorbellLine* line, int eventFd, int socketsFd, TimeSpan timeout)
    {
        uint armed = Volatile.Read(ref line->Armed);
        if (armed == 0)
            return false;
        if (socketsFd < 0)
            return Linux.FutexWait(&line->Armed, armed, timeout) == Errno.None;

        bool woken = Linux.PollReadable(eventFd, socketsFd, timeout, out bool rung) == Errno.None;
        if (rung)
            Linux.DrainEventFd(eventFd);
        return woken;
    }

    /// <summary>After a sender has published: rings if the receiver is armed for this. Has the full fence between publishing and looking.</summary>
    /// <param name="line">The receiver's line, in shared memory.</param>
    /// <param name="eventFd">The receiver's eventfd, for one that sleeps on sockets too.</param>
    /// <param name="control">What was published is of the Control level (<see cref="ArmLevel.Control"/>).</param>
    /// <returns>True when a sleeper was rung.</returns>
    public static bool RingIfArmed(DoorbellLine* line, int eventFd, bool control)
    {
        Interlocked.MemoryBarrier();                // F2
        uint armed = Volatile.Read(ref line->Armed);
        return armed != 0 && RingSlow(line, eventFd, armed, control);
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
}
