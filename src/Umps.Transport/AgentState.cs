using System.Collections.Generic;

namespace Umps.Transport;

/// <summary>What one NIC agent counted since the endpoint was attached.</summary>
/// <param name="Kind">Which agent.</param>
/// <param name="Counters">Name and value, in the order they are shown.</param>
public sealed record AgentState(AgentKind Kind, IReadOnlyList<KeyValuePair<string, long>> Counters);
