namespace Umps.Transport.Pool;

/// <summary>A piece of a rank's loan arena: in the hands of this process, with a peer, or idle. One a slot;
/// a slot that has lost its piece gets another, and goes on counting.</summary>
internal sealed class ArenaBlock(int slot)
{
    /// <summary>Number of its word in the table of returns.</summary>
    public readonly int Slot = slot;

    /// <summary>Where it begins, from the arena's beginning.</summary>
    public long Begin;

    /// <summary>Addresses that it has.</summary>
    public long RoomBytes;

    /// <summary>Bytes of it that exist: as many as have been asked for.</summary>
    public long ExistingBytes;

    /// <summary>Its size class.</summary>
    public int Class;

    /// <summary>How often it has been lent. Its word in the table has this number once it has come home.</summary>
    public uint Generation;

    /// <summary>True from <see cref="LoanArena.MarkOut"/> until it has been seen to have come home.</summary>
    public bool IsOut;

    /// <summary>The endpoint it was last lent to; others may have it from there.</summary>
    public int Holder;

    public ArenaBlock? Previous, Next;
}
