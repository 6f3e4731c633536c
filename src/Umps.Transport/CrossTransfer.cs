namespace Umps.Transport;

/// <summary>The receiver's view of a message that it copies out of its sender's memory, alone or together with the sender.</summary>
internal struct CrossTransfer
{
    /// <summary>Endpoint id of the sender.</summary>
    public int Peer;

    /// <summary>The transfer's number, which says which lines it has.</summary>
    public uint Number;

    /// <summary>It has lines, and a sender that waits may help.</summary>
    public bool IsShared;

    /// <summary>The sender's buffer can be read by a plain copy.</summary>
    public bool IsPlain;

    /// <summary>A copy has failed: nothing more is claimed by either side.</summary>
    public bool HasFailed;

    /// <summary>Where to read: in this process if plain, else in the sender's.</summary>
    public nint Source;

    /// <summary>Where to write.</summary>
    public NativeSpan Target;

    /// <summary>Bytes a chunk.</summary>
    public nint ChunkBytes;

    /// <summary>Chunks in all.</summary>
    public uint Chunks;

    /// <summary>Chunks that this side has copied from the front.</summary>
    public uint FrontDone;

    /// <summary>Chunks the sender has claimed from the back, once all are claimed.</summary>
    public uint Back;

    /// <summary>No chunk is free any more.</summary>
    public bool IsClaimed;
}
