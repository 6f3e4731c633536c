namespace Umps.Transport;

/// <summary>The sender's view of a transfer of which it may copy a share: as read before a claim, which proves it.</summary>
internal struct TransferOffer
{
    /// <summary>Endpoint id of the receiver.</summary>
    public int Peer;

    /// <summary>The transfer's number.</summary>
    public uint Number;

    /// <summary>Claims as they were.</summary>
    public ulong Claims;

    /// <summary>Which send it is.</summary>
    public ulong SenderCookie;

    /// <summary>Bytes of the transfer.</summary>
    public long LengthBytes;

    /// <summary>Where the receiver's buffer is.</summary>
    public long TargetPlace;

    /// <summary>Bytes a chunk.</summary>
    public int ChunkBytes;

    /// <summary>Chunks in all.</summary>
    public uint Chunks;
}
