using System;
using System.Collections.Generic;
using System.Text;
using Umps.Transport;

namespace Umps;

/// <summary>What a rank puts into the wire-up for its peers, once: a line an agent, <c>tcp 10.0.0.1:40123;10.1.0.1:40123</c>. An agent that it does not have has no line.</summary>
/// <remarks>One value for all of them, put by every rank of a job of several nodes: who asks for an agent that the rank does not have learns that at once.</remarks>
internal static class PeerAddresses
{
    /// <summary>Its name in the wire-up.</summary>
    public const string Name = "addresses";

    /// <summary>The addresses of an endpoint.</summary>
    /// <returns>Empty where it has no agent that needs one.</returns>
    public static string Of(Endpoint endpoint, IReadOnlyList<AgentKind> agents)
    {
        var lines = new StringBuilder();
        for (int i = 0; i < agents.Count; i++)
        {
            if (endpoint.AddressOf(agents[i]) is { Length: > 0 } address)
                lines.Append(Word(agents[i])).Append(' ').Append(address).Append('\n');
        }
        return lines.ToString();
    }

    /// <summary>The address of one agent; empty where there is none.</summary>
    public static string Find(string lines, AgentKind agent)
    {
        string word = Word(agent);
        foreach (Range range in lines.AsSpan().Split('\n'))
        {
            ReadOnlySpan<char> line = lines.AsSpan()[range];
            if (line.StartsWith(word, StringComparison.Ordinal) && line.Length > word.Length && line[word.Length] == ' ')
                return line[(word.Length + 1)..].ToString();
        }
        return "";
    }

    // No ToString of an enumeration: it looks its names up in the metadata, in every rank that starts.
    private static string Word(AgentKind agent) => agent switch
    {
        AgentKind.Tcp => "tcp",
        AgentKind.Udp => "udp",
        AgentKind.Packet => "packet",
        AgentKind.Xdp => "xdp",
        _ => "shm",
    };
}
