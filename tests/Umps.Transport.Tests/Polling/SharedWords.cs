using System;
using System.Runtime.InteropServices;
using Umps.Transport;
using Umps.Transport.Interop;
using Umps.Transport.Polling;

namespace Umps.Tests.Polling;

/// <summary>What a state machine needs of the node's memory, without a node: a doorbell line, the count, the abort word; and two eventfds.</summary>
internal sealed unsafe class SharedWords : IDisposable
{
    private readonly byte* _memory = (byte*)NativeMemory.AlignedAlloc(1024, 64);

    public SharedWords()
    {
        NativeMemory.Clear(_memory, 1024);
        EventFd = Linux.CreateEventFd(out _);
        OtherFd = Linux.CreateEventFd(out _);
        *Awake = 1;
        Sleepers = new SleepSet(Line, EventFd);
        OtherPlace = Sleepers.Add(OtherFd);
    }

    public DoorbellLine* Line => (DoorbellLine*)_memory;

    public int* Awake => (int*)(_memory + 64);

    public int* Abort => (int*)(_memory + 128);

    public int EventFd { get; }

    /// <summary>Stands for the sockets.</summary>
    public int OtherFd { get; }

    /// <summary>That one's place among what is slept on.</summary>
    public int OtherPlace { get; }

    public SemiPoller Poller(bool onSockets, PollingOptions? options = null) =>
        new(Line, Awake, Abort, onSockets ? Sleepers : null, (ulong*)(_memory + 256), ranks: 2, new TransportOptions { Polling = options ?? new PollingOptions() });

    /// <summary>Sleeps on both eventfds.</summary>
    public SleepSet Sleepers { get; }

    public void Dispose()
    {
        Sleepers.Dispose();
        Linux.Close(EventFd);
        Linux.Close(OtherFd);
        NativeMemory.AlignedFree(_memory);
    }
}
