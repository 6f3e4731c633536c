namespace Umps.Transport.Pool;

/// <summary>How many units there are, who may use how many, and why traffic cannot come to a standstill over them.</summary>
/// <remarks>
/// A sender's units: <c>Umps:Transport:Shm:UnitPoolBytes</c> / 2 KB (default 1024).
/// <code>
///  eager messages to one peer    at most half of the units, less the pair's reserve for fragments
///  eager messages in all         all units, less the sender's reserve for fragments
///  fragments to one peer         half of the units
/// </code>
/// Eager payloads may be held by the receiver for as long as no receive takes them; fragments go where a receive has been posted, so their units come home at
/// the receiver's next pass. Hence the reserves: unexpected payloads can use up every unit that is open to them, and announced transfers still go on. Messages without
/// units need slots only, and slots are always drained.
/// </remarks>
internal static class PoolSize
{
    /// <summary>Half a page.</summary>
    public const int UnitBytes = 2048, UnitShift = 11;

    /// <summary>Bounds of a sender's units: below, a message would wait for its own units; above, a unit's number needs more than 11 bits.</summary>
    public const int PoolBytesMin = 1 << 20, PoolBytesMax = 4 << 20;

    /// <summary>Units that only fragments may use: towards one peer, and of the whole pool.</summary>
    public const int FragmentReserve = 16, FragmentReserveAll = 64;

    /// <summary>Units of one fragment: 32 KiB, so that sender and receiver copy at the same time.</summary>
    public const int FragmentUnitsMax = 16;

    /// <summary>The longest eager message that the option allows: 32 units, in 11 of a ring's 128 slots.</summary>
    public const int EagerBytesMax = 64 << 10;

    /// <summary>Units for so many bytes.</summary>
    public static int UnitsFor(int lengthBytes) => (lengthBytes + UnitBytes - 1) >> UnitShift;

    /// <summary>Units that may be under way to one peer.</summary>
    public static int CreditOf(int units) => units / 2;
}
