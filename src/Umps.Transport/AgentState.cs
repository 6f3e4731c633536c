using System;
using System.Collections.Generic;

namespace Umps.Transport;

/// <summary>What one NIC agent counted since the endpoint was attached.</summary>
/// <param name="Kind">Which agent.</param>
/// <param name="Counters">Name and value, in the order they are shown.</param>
public sealed record AgentState(AgentKind Kind, IReadOnlyList<KeyValuePair<string, long>> Counters)
{
    /// <summary>True for what goes up and down; the rest are counts of events, which only grow.</summary>
    internal static bool IsLevel(string name) => name switch
    {
        "peers" or "connections" or "connecting" or "frames under way" or "held payloads" or "units free" or "credit left" or "bytes waiting" or "credit-units-a-peer" => true,
        _ => name.EndsWith("-waiting", StringComparison.Ordinal) || name.EndsWith("-units-out", StringComparison.Ordinal),
    };
}
