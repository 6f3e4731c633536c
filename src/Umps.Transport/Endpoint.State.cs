using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using Umps.Transport.Polling;
using Umps.Transport.Pool;

namespace Umps.Transport;

/// <summary>What can be seen of an endpoint from outside, by any thread, while it works.</summary>
/// <remarks>The owner counts by plain adds and is not held up: numbers are read as they are. Only leaving waits for a reader, for then the memory goes.</remarks>
public sealed unsafe partial class Endpoint
{
    private readonly Lock _stateLock = new();
    private TransportState? _lastState;
    private bool _keepsState, _hasLeft;     // under the lock

    /// <summary>Counters and depths, read without disturbing the endpoint; from any thread. Of an endpoint that is leaving, or has left: those of when it began to leave.</summary>
    public TransportState ShowState()
    {
        lock (_stateLock)
        {
            _keepsState = true;
            if (!_hasLeft)
                return ReadState();
            return _lastState ?? new TransportState(Id, _self.Node, [], [], []);        // nobody had asked before
        }
    }

    /// <summary>The endpoint's last state will be asked for.</summary>
    internal void KeepStateAtEnd()
    {
        lock (_stateLock)
            _keepsState = true;
    }

    /// <summary>The endpoint begins to leave. Reading the state is new code to the runtime, so that a rank which nobody looks at does without.</summary>
    private void KeepState()
    {
        lock (_stateLock)
        {
            if (_keepsState)
                _lastState = ReadState();
            _hasLeft = true;
        }
    }

    private List<KeyValuePair<string, long>> ShowPool()
    {
        NodeHeader* header = _mapping.Header;
        var pool = new List<KeyValuePair<string, long>>
        {
            new("node-ranks", _mapping.Layout.Ranks),
            new("node-awake", Volatile.Read(ref header->Awake)),
            new("node-departures", Volatile.Read(ref header->Departures)),
            new("abort-word", Volatile.Read(ref header->Abort)),
        };
        if (_shm is not null)
        {
            pool.Add(new("units", _shm.Units.Count));
            pool.Add(new("units-free", _shm.Units.Free));
            pool.Add(new("units-locked", _shm.Units.IsLocked ? 1 : 0));
            pool.Add(new("physical-addresses-known", _shm.Units.Addresses.KnowsPhysical ? 1 : 0));
        }
        ShowLoans(pool);
        return pool;
    }

    private List<KeyValuePair<string, long>> ShowPolling()
    {
        ref readonly PollCounters counters = ref _poller.Counters;
        return
        [
            new(TransportState.WindowName, _poller.WindowTicks * 1_000_000 / Stopwatch.Frequency), new("waits", counters.Waits), new("interrupts", counters.Interrupts), new("arrivals", counters.Arrivals),
            new("empty-polls", counters.EmptyPolls), new("yields", counters.Yields), new("sleeps", counters.Sleeps), new("resets", counters.Resets), new("rings", counters.Rings), new("rests", counters.Rests),
            new("polling-microseconds", counters.PollingTicks * 1_000_000 / Stopwatch.Frequency), new("asleep-microseconds", counters.AsleepTicks * 1_000_000 / Stopwatch.Frequency),
        ];
    }
}
