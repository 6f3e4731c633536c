using System;
using System.Collections.Generic;
using System.IO;

namespace Umps.WireUp;

/// <summary>What a rank learns of its job when it joins.</summary>
internal sealed record JobFacts
{
    /// <summary>The rank itself.</summary>
    public required int Rank { get; init; }

    /// <summary>Name of its node, for people.</summary>
    public required string NodeName { get; init; }

    /// <summary>The launcher's number of each rank's node.</summary>
    public required IReadOnlyList<int> NodeOfRank { get; init; }

    /// <summary>Each rank's place among the ranks of its node: its slice of the node's memory.</summary>
    public required IReadOnlyList<int> LocalIndexOfRank { get; init; }

    /// <summary>The job's secret.</summary>
    public required ReadOnlyMemory<byte> Secret { get; init; }

    /// <summary>umpsrun's options for the library: configuration keys and values.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Settings { get; init; } = [];

    /// <summary>Ranks of the job.</summary>
    public int Size => NodeOfRank.Count;

    /// <summary>As the body of a message.</summary>
    public byte[] Encode()
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(Rank);
        writer.Write(NodeName);
        writer.WriteNumbers(NodeOfRank);
        writer.WriteNumbers(LocalIndexOfRank);
        writer.WriteBytes(Secret.Span);
        writer.WritePairs(Settings);
        return bytes.ToArray();
    }

    /// <summary>From the body of a message.</summary>
    /// <exception cref="WireUpException">UMPS1203.</exception>
    public static JobFacts Decode(ReadOnlyMemory<byte> body) => BodyFormat.Read(body, static reader => new JobFacts
    {
        Rank = reader.ReadInt32(),
        NodeName = reader.ReadString(),
        NodeOfRank = reader.ReadNumbers(),
        LocalIndexOfRank = reader.ReadNumbers(),
        Secret = reader.ReadByteArray(),
        Settings = reader.ReadPairs(),
    });
}
