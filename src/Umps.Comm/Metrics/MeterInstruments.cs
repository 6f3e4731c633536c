using System;
using System.Collections.Generic;
using System.Diagnostics.Metrics;
using Umps.Transport;

namespace Umps.Metrics;

/// <summary>The instruments of the meter "Umps": what <see cref="Endpoint.ShowState"/> counts, of every rank that lives in this process.</summary>
/// <remarks>
/// Observable ones only: nothing is counted twice, and a message costs nothing; a listener that asks pays for one reading a rank and instrument. What an agent
/// counts are tags (<c>agent</c>, <c>counter</c>), not instruments of their own: agents and counters come without a line here.
/// </remarks>
internal static class MeterInstruments
{
    /// <summary>Makes the meter.</summary>
    public static Meter Make()
    {
        var meter = new Meter("Umps");
        meter.CreateObservableCounter("umps.polling", Polling, null, "What semi-polling counts: waits, interrupts, polls, yields, sleeps, resets, doorbells; times in microseconds.");
        meter.CreateObservableGauge("umps.polling.window", Window, "us", "How long a wait spins at present.");
        meter.CreateObservableCounter("umps.agent", AgentCounters, null, "What a NIC agent counts.");
        meter.CreateObservableGauge("umps.agent.level", AgentLevels, null, "What a NIC agent holds now: queue depths, credit, peers.");
        meter.CreateObservableGauge("umps.pool.level", Pool, null, "The node's memory, and this rank's units and loans.");
        return meter;
    }

    private static List<Measurement<long>> Polling() => Read(static (state, rank, into) =>
    {
        foreach ((string name, long value) in state.Polling)
        {
            if (name != TransportState.WindowName)
                into.Add(new Measurement<long>(value, rank, Tag("counter", name)));
        }
    });

    private static List<Measurement<long>> Window() => Read(static (state, rank, into) =>
    {
        foreach ((string name, long value) in state.Polling)
        {
            if (name == TransportState.WindowName)
                into.Add(new Measurement<long>(value, rank, Tag("mode", state.Mode.ToString())));
        }
    });

    private static List<Measurement<long>> AgentCounters() => Read(static (state, rank, into) => AddAgents(state, rank, into, levels: false));

    private static List<Measurement<long>> AgentLevels() => Read(static (state, rank, into) => AddAgents(state, rank, into, levels: true));

    private static List<Measurement<long>> Pool() => Read(static (state, rank, into) =>
    {
        foreach ((string name, long value) in state.Pool)
            into.Add(new Measurement<long>(value, rank, Tag("level", name)));
    });

    private static void AddAgents(TransportState state, KeyValuePair<string, object?> rank, List<Measurement<long>> into, bool levels)
    {
        foreach (AgentState agent in state.Agents)
        {
            KeyValuePair<string, object?> kind = Tag("agent", TransportState.NameOf(agent.Kind));
            foreach ((string name, long value) in agent.Counters)
            {
                if (AgentState.IsLevel(name) == levels)
                    into.Add(new Measurement<long>(value, rank, kind, Tag(levels ? "level" : "counter", name.Replace(' ', '-'))));
            }
        }
    }

    private static List<Measurement<long>> Read(Action<TransportState, KeyValuePair<string, object?>, List<Measurement<long>>> add)
    {
        var all = new List<Measurement<long>>();
        foreach (RankCore rank in UmpsMeter.Ranks)
            add(rank.Endpoint.ShowState(), Tag("rank", rank.Rank), all);
        return all;
    }

    private static KeyValuePair<string, object?> Tag(string name, object value) => new(name, value);
}
