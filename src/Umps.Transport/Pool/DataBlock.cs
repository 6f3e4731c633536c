using System;

namespace Umps.Transport;

/// <summary>A lent run of 2 KB units as one span; goes back exactly once, by <see cref="UserAgent.SendBuff(int, in DataBlock, int)"/> or <see cref="UserAgent.FreeDataBlock"/>.</summary>
/// <remarks>The generation of its first unit tells a block that has gone back from one that is lent: copies of the struct are all the same block.</remarks>
public readonly struct DataBlock
{
    private readonly Endpoint? _endpoint;

    internal DataBlock(Endpoint endpoint, uint firstUnit, uint generation, int lengthBytes)
    {
        _endpoint = endpoint;
        FirstUnit = firstUnit;
        Generation = generation;
        LengthBytes = lengthBytes;
    }

    /// <summary>Bytes that it holds: what was asked for.</summary>
    public int LengthBytes { get; }

    /// <summary>Its memory, with what was last in it. Not to be kept beyond the block's return.</summary>
    /// <exception cref="UmpsException">UMPS1022: it has gone back, or has been sent.</exception>
    public Span<byte> Span => _endpoint is null ? default : _endpoint.SpanOf(in this);

    internal uint FirstUnit { get; }

    internal uint Generation { get; }

    internal bool IsDefault => _endpoint is null;

    internal bool IsOf(Endpoint endpoint) => ReferenceEquals(_endpoint, endpoint);
}
