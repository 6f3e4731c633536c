namespace Umps.Transport;

/// <summary>What one step of a transfer came to.</summary>
internal enum CopyStep : byte
{
    /// <summary>A chunk was copied; there is more.</summary>
    Copied,

    /// <summary>Everything is claimed; the sender is still copying a chunk.</summary>
    Waiting,

    /// <summary>All bytes are there.</summary>
    Complete,

    /// <summary>The sender's memory cannot be read, and the sender copies nothing any more: another way is needed.</summary>
    Failed,
}
