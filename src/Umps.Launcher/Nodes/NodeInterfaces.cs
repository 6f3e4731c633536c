using System;
using System.Collections.Generic;
using Umps.Transport;

namespace Umps.Launcher;

/// <summary>The interfaces that a node agent opens for its ranks: which, and what is done without those that cannot be had.</summary>
internal static class NodeInterfaces
{
    /// <summary>Agents for which an interface is opened, in order of preference.</summary>
    /// <param name="agents">The job's agents.</param>
    /// <param name="severalNodes">Whether it has several nodes.</param>
    /// <returns>None in a job of one node, which needs none: unless nothing else is listed, for then it is asked whether they can be had.</returns>
    public static AgentKind[] Wanted(IReadOnlyList<AgentKind> agents, bool severalNodes)
    {
        List<AgentKind> wanted = [];
        bool others = false;
        for (int i = 0; i < agents.Count; i++)
        {
            if (NeedsInterface(agents[i]))
                wanted.Add(agents[i]);
            others |= agents[i] is AgentKind.Tcp or AgentKind.Udp;
        }
        return severalNodes || !others ? [.. wanted] : [];
    }

    /// <summary>Opens them.</summary>
    /// <param name="memory">The node's memory; the interfaces become its own.</param>
    /// <param name="agents">The job's agents.</param>
    /// <param name="wanted">Those that need an interface.</param>
    /// <param name="node">The node's name.</param>
    /// <param name="warn">Takes a sentence for each that cannot be had, where the ranks have another way.</param>
    /// <exception cref="LauncherException">UMPS3114: none can be had, and nothing else reaches other nodes.</exception>
    public static void Open(KernelAgent memory, IReadOnlyList<AgentKind> agents, AgentKind[] wanted, string node, Action<string> warn)
    {
        List<(AgentKind Agent, string Why)> refused = [];
        AgentKind way = AgentKind.None;         // the first that reaches other nodes
        for (int i = 0; i < agents.Count; i++)
        {
            AgentKind agent = agents[i];
            if (Array.IndexOf(wanted, agent) >= 0)
            {
                try
                {
                    memory.OpenInterface(agent);
                }
                catch (UmpsException cause)
                {
                    refused.Add((agent, cause.Message.TrimEnd('.')));
                    continue;
                }
            }
            if (way == AgentKind.None && agent != AgentKind.Shm)
                way = agent;
        }

        if (refused.Count == 0)
            return;
        if (way == AgentKind.None)
            throw new LauncherException(ErrorId.NoInterface, $"node {node}: {Describe(refused)}. Nothing else that is listed reaches other nodes: see to it, or add tcp (--transport shm,{Names(wanted)},tcp). `umpsrun --doctor` there tells what is missing.");
        warn($"UMPS{ErrorId.InterfaceRefused} umpsrun: warning: node {node}: {Describe(refused)}. Its ranks use {Name(way)}; `umpsrun --doctor` there tells what is missing.");
    }

    private static bool NeedsInterface(AgentKind agent) => agent is AgentKind.Packet or AgentKind.Xdp;

    private static string Describe(List<(AgentKind Agent, string Why)> refused) => string.Join("; ", refused.ConvertAll(one => $"no {Name(one.Agent)}: {one.Why}"));

    private static string Names(AgentKind[] agents) => string.Join(',', Array.ConvertAll(agents, Name));

#pragma warning disable CA1308 // What users type is in lower case.
    private static string Name(AgentKind agent) => agent.ToString().ToLowerInvariant();
#pragma warning restore CA1308
}
