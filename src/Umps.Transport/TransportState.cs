using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace Umps.Transport;

/// <summary>What <see cref="Endpoint.ShowState"/> returns: pool, rings, semi-polling and agents at one moment.</summary>
/// <remarks>Read without stopping anybody: numbers of one moment may not fit together to the last message.</remarks>
/// <param name="EndpointId">Whose state it is.</param>
/// <param name="Node">The launcher's number of its node.</param>
/// <param name="Pool">The node's memory and this endpoint's units, by name.</param>
/// <param name="Polling">What semi-polling counted, by name.</param>
/// <param name="Agents">What each agent counted.</param>
public sealed record TransportState(
    int EndpointId,
    int Node,
    IReadOnlyList<KeyValuePair<string, long>> Pool,
    IReadOnlyList<KeyValuePair<string, long>> Polling,
    IReadOnlyList<AgentState> Agents)
{
    /// <summary>In <see cref="Polling"/>: how long a wait spins at present. The others count.</summary>
    internal const string WindowName = "window-microseconds";

    /// <summary>How its waits are made.</summary>
    public PollingMode Mode { get; init; }

    /// <summary>A line a part: name and value, zeros left out.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"endpoint {EndpointId} on node {Node}");
        Append(text, "pool", Pool);
        Append(text, $"polling {Mode}", Polling);
        foreach (AgentState agent in Agents)
            Append(text, NameOf(agent.Kind), agent.Counters);
        return text.ToString();
    }

    /// <summary>An agent's name as options and texts have it: "shm".</summary>
    internal static string NameOf(AgentKind kind) => kind.ToString().ToLowerInvariant();

    private static void Append(StringBuilder text, string part, IReadOnlyList<KeyValuePair<string, long>> values)
    {
        text.Append("\n  ").Append(part).Append(':');
        foreach ((string name, long value) in values)
        {
            if (value != 0)
                text.Append(CultureInfo.InvariantCulture, $" {name.Replace(' ', '-')} {value}");
        }
    }
}
