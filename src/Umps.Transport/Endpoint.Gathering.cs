using System;
using Umps.Transport.Interop;

namespace Umps.Transport;

/// <summary>Bursts of small messages to peers on other nodes: gathered into one write, for an owner that looks after them.</summary>
public sealed unsafe partial class Endpoint
{
    private const int NapMicroseconds = 200;

    /// <summary>From now on messages of a burst may stay in this process for a short while. The caller promises that a thread of its own looks at
    /// <see cref="HasOldGathered"/> every so often (<see cref="Nap"/>) as long as there is something gathered, and calls <see cref="FlushGathered"/>.</summary>
    internal void AllowGathering()
    {
        _tcp?.AllowGathering();
        _udp?.AllowGathering();
    }

    /// <summary>Some peers are reached by sockets.</summary>
    internal bool HasSockets => _tcp is not null || _udp is not null;

    /// <summary>All that has not left this process (<see cref="HasUnsent"/>) are gathered messages, and there are some.</summary>
    internal bool HasOnlyGathered => HasUnsent && (_tcp is null || !_tcp.HasUnsent || _tcp.HasOnlyGathered) && (_udp is null || !_udp.HasUnsent || _udp.HasOnlyGathered);

    /// <summary>Gathered messages have waited long enough. From any thread.</summary>
    internal bool HasOldGathered => (_tcp is not null && _tcp.HasOldGathered) || (_udp is not null && _udp.HasOldGathered);

    /// <summary>What was gathered leaves.</summary>
    internal void FlushGathered()
    {
        _tcp?.FlushGathered();
        _udp?.FlushGathered();
    }

    /// <summary>Sleeps for as long as gathered messages may wait, or some times as long. From any thread.</summary>
    internal static void Nap(int times = 1)
    {
        uint word = 0;
        Linux.FutexWait(&word, 0, TimeSpan.FromMicroseconds(times * NapMicroseconds));
    }
}
