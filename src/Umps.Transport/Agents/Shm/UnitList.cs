using System.Diagnostics;
using Umps.Transport.Pool;

namespace Umps.Transport.Agents.Shm;

/// <summary>Names the units of a message that has arrived, in a word: the first one, the message's length, and whose they are. The rest is in <see cref="ShmPeer.Chain"/>.</summary>
/// <remarks>
/// <code>
///  bit 62 set | 61 its units are neighbours, in order | 32 … 47 local index of the sender | 12 … 31 length | 0 … 11 first unit
/// </code>
/// </remarks>
internal readonly record struct UnitList(long Token)
{
    private const long Mark = 1L << 62;

    private const long Run = 1L << 61;

    public UnitList(int local, int lengthBytes, uint first, bool isRun)
        : this(Mark | (isRun ? Run : 0) | ((long)local << 32) | ((long)lengthBytes << 12) | first)
    {
        Debug.Assert(lengthBytes < 1 << 20 && first < 1 << 12 && local < 1 << 16);
    }

    /// <summary>False for what is no list of units: an inline payload, or its cell.</summary>
    public bool IsUnits => (Token & Mark) != 0;

    /// <summary>True when the message lies in one piece.</summary>
    public bool IsRun => (Token & Run) != 0;

    public int Local => (int)(Token >> 32) & 0xffff;

    public int LengthBytes => (int)(Token >> 12) & 0xfffff;

    public uint First => (uint)Token & 0xfff;

    public int Units => PoolSize.UnitsFor(LengthBytes);
}
