using System;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading;
using Umps.Transport.Interop;

namespace Umps.Transport.Polling;

/// <summary>What an endpoint sleeps on beside its doorbell's word: the eventfd, the agents' descriptors, and the time at which one of them wants to look.</summary>
/// <remarks>
/// A sleep is one ppoll(2) over all of them: nothing is registered before it and nothing taken back after it, and while nobody sleeps no descriptor has anybody to wake.
/// The plan, what each agent waits for and until when, is written with the gate held; the sleeper takes a copy of it with the gate left.
/// <code>
///  sleeper                                    who holds the gate
///  _isAsleep = 1          (W1)                the plan, stricter than it was    (W2)
///  full fence             (F1)                full fence                        (F2)
///  takes the plan         (R2)                _isAsleep: ring                   (R1)
/// </code>
/// Either the sleeper takes the new plan, or it is rung, and the eventfd stays readable until it has been.
/// </remarks>
internal sealed unsafe class SleepSet(DoorbellLine* line, int eventFd) : IDisposable
{
    /// <summary>The eventfd and every agent there is.</summary>
    private const int DescriptorsMax = 5;

    private const int EventFdAt = 0;

    private readonly Entry* _plan = (Entry*)NativeMemory.AllocZeroed((nuint)(DescriptorsMax * sizeof(Entry)));
    private int _count = 1;
    private int _isAsleep;
    private bool _disposed;

    /// <summary>The doorbell's eventfd.</summary>
    public int EventFd => eventFd;

    /// <summary>There is more to sleep on than the doorbell.</summary>
    public bool HasDescriptors => _count > 1;

    /// <summary>The clock of <see cref="Plan"/>, in nanoseconds: of every carrier's too.</summary>
    public static long Now => (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));

    /// <summary>Adds an agent's descriptor. Before the first sleep.</summary>
    /// <returns>Its place, for <see cref="Plan"/>.</returns>
    public int Add(int descriptor)
    {
        _plan[_count] = new Entry { Descriptor = descriptor, Until = long.MaxValue };
        return _count++;
    }

    /// <summary>What an agent sleeps for: until its descriptor is readable, or writable where it wants room, or until a time. With the gate held.</summary>
    public void Plan(int place, bool wantsRoom, long until)
    {
        ref Entry entry = ref _plan[place];
        bool isStricter = until < entry.Until || (wantsRoom && !entry.WantsRoom);
        entry.WantsRoom = wantsRoom;
        Volatile.Write(ref entry.Until, until);         // W2
        if (!isStricter)
            return;
        Interlocked.MemoryBarrier();                    // F2
        if (Volatile.Read(ref _isAsleep) != 0)          // R1
            Doorbell.Ring(line, eventFd);
    }

    /// <summary>Whether the last sleeps met an error at a descriptor, said once: it would end every sleep until somebody takes it away. With the gate held.</summary>
    public bool TakeError(int place)
    {
        ref Entry entry = ref _plan[place];
        bool hasFailed = Volatile.Read(ref entry.HasFailed);
        if (hasFailed)
            Volatile.Write(ref entry.HasFailed, false);
        return hasFailed;
    }

    /// <summary>Sleeps until a descriptor has something, or an agent's time has come, or the timeout. One thread at a time.</summary>
    /// <returns>True unless the timeout ended it, or a signal.</returns>
    public bool Sleep(TimeSpan timeout)
    {
        WatchedDescriptor* watched = stackalloc WatchedDescriptor[DescriptorsMax];
        watched[EventFdAt] = new WatchedDescriptor(eventFd);
        Volatile.Write(ref _isAsleep, 1);               // W1
        Interlocked.MemoryBarrier();                    // F1
        long until = long.MaxValue;
        for (int i = 1; i < _count; i++)
        {
            until = Math.Min(until, Volatile.Read(ref _plan[i].Until));     // R2
            watched[i] = new WatchedDescriptor(_plan[i].Descriptor, _plan[i].WantsRoom);
        }
        bool isForAgent = IsSooner(until, ref timeout);
        Errno error = Linux.PollMany(watched, _count, timeout);
        Volatile.Write(ref _isAsleep, 0);
        if (error != Errno.None)
            return isForAgent && error == Errno.ETIMEDOUT;
        if (watched[EventFdAt].IsReady)
            Linux.DrainEventFd(eventFd);
        for (int i = 1; i < _count; i++)
        {
            if (watched[i].HasFailed)
                Volatile.Write(ref _plan[i].HasFailed, true);
        }
        return true;
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        NativeMemory.Free(_plan);
    }

    /// <summary>An agent's time comes before the caller's: the caller's is cut.</summary>
    private static bool IsSooner(long until, ref TimeSpan timeout)
    {
        if (until == long.MaxValue)
            return false;
        TimeSpan left = TimeSpan.FromTicks(Math.Max(0, until - Now) / TimeSpan.NanosecondsPerTick);
        if (timeout != Timeout.InfiniteTimeSpan && timeout <= left)
            return false;
        timeout = left;
        return true;
    }

    private struct Entry
    {
        public int Descriptor;
        public bool WantsRoom;
        public bool HasFailed;      // by the sleeper; taken away with the gate held
        public long Until;
    }
}
