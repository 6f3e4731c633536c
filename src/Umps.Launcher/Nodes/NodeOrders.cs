using System;
using System.Collections.Generic;
using System.IO;
using Umps.WireUp;

namespace Umps.Launcher;

/// <summary>What a node agent is to do: its part of a <see cref="JobPlan"/>, and all it needs of the rest.</summary>
internal sealed record NodeOrders
{
    /// <summary>The launcher's number of the node.</summary>
    public required int Node { get; init; }

    /// <summary>Its name, for people.</summary>
    public required string NodeName { get; init; }

    /// <summary>Node of each rank of the job.</summary>
    public required IReadOnlyList<int> NodeOfRank { get; init; }

    /// <summary>See <see cref="JobPlan.Command"/>.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>The ranks' working folder.</summary>
    public required string WorkingFolder { get; init; }

    /// <summary>Variables beside the node agent's own.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; }

    /// <summary>See <see cref="JobPlan.Settings"/>.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Settings { get; init; }

    /// <summary>See <see cref="JobPlan.BindToCore"/>.</summary>
    public required bool BindToCore { get; init; }

    /// <summary>Rank 0's input, should it live here.</summary>
    public required InputSource Input { get; init; }

    /// <summary>The job's secret.</summary>
    public required ReadOnlyMemory<byte> Secret { get; init; }

    /// <summary>Ranks of this node; a rank's place in it is its local index.</summary>
    public IReadOnlyList<int> Ranks
    {
        get
        {
            var ranks = new List<int>();
            for (int rank = 0; rank < NodeOfRank.Count; rank++)
                if (NodeOfRank[rank] == Node)
                    ranks.Add(rank);
            return ranks;
        }
    }

    /// <summary>What a node has to do for a plan.</summary>
    public static NodeOrders Of(JobPlan plan, PlannedNode node, InputSource input, ReadOnlyMemory<byte> secret) => new()
    {
        Node = node.Number,
        NodeName = node.IsLocal ? System.Environment.MachineName : node.Host,
        NodeOfRank = plan.NodeOfRank,
        Command = plan.Command,
        WorkingFolder = plan.WorkingFolder ?? System.Environment.CurrentDirectory,
        Environment = node.IsLocal ? plan.Environment : [.. OwnSettings(), .. plan.Environment],
        Settings = plan.Settings,
        BindToCore = plan.BindToCore,
        Input = input,
        Secret = secret,
    };

    // The library's settings hold for the ranks of all nodes; other variables go there with -x.
    private static IEnumerable<KeyValuePair<string, string>> OwnSettings()
    {
        foreach (System.Collections.DictionaryEntry entry in System.Environment.GetEnvironmentVariables())
            if (((string)entry.Key).StartsWith("UMPS__", StringComparison.OrdinalIgnoreCase))
                yield return new((string)entry.Key, (string?)entry.Value ?? "");
    }

    /// <summary>What each rank learns; its own number is filled in when it joins.</summary>
    public JobFacts Facts()
    {
        int[] next = new int[NodeOfRank.Count];         // nodes are numbered from 0, and each has a rank
        int[] localIndex = new int[NodeOfRank.Count];
        for (int rank = 0; rank < localIndex.Length; rank++)
            localIndex[rank] = next[NodeOfRank[rank]]++;
        return new JobFacts { Rank = -1, NodeName = NodeName, NodeOfRank = NodeOfRank, LocalIndexOfRank = localIndex, Secret = Secret, Settings = Settings };
    }

    /// <summary>As the body of a message.</summary>
    public byte[] Encode()
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(Node);
        writer.Write(NodeName);
        writer.WriteNumbers(NodeOfRank);
        writer.WriteTexts(Command);
        writer.Write(WorkingFolder);
        writer.WritePairs(Environment);
        writer.WritePairs(Settings);
        writer.Write(BindToCore);
        writer.Write((int)Input);
        writer.WriteBytes(Secret.Span);
        return bytes.ToArray();
    }

    /// <summary>From the body of a message.</summary>
    /// <exception cref="WireUpException">UMPS1203.</exception>
    public static NodeOrders Decode(ReadOnlyMemory<byte> body) => BodyFormat.Read(body, static reader => new NodeOrders
    {
        Node = reader.ReadInt32(),
        NodeName = reader.ReadString(),
        NodeOfRank = reader.ReadNumbers(),
        Command = reader.ReadTexts(),
        WorkingFolder = reader.ReadString(),
        Environment = reader.ReadPairs(),
        Settings = reader.ReadPairs(),
        BindToCore = reader.ReadBoolean(),
        Input = (InputSource)reader.ReadInt32(),
        Secret = reader.ReadByteArray(),
    });
}
