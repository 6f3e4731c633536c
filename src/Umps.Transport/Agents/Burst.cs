using System.Diagnostics;

namespace Umps.Transport.Agents;

/// <summary>Tells a burst of messages to one peer from single ones: the messages of a burst may be gathered into one write, single ones leave at once.</summary>
/// <remarks>
/// A write of a small message costs the sender some 3 µs, most of it the kernel's way to the receiver; a copy costs a tenth. The first two messages of a burst leave one by
/// one: only from the next on is it known to be one. Whoever polls, or takes longer than <see cref="GapMicroseconds"/> for the next message, ends the burst: so a
/// ping-pong, and a program that computes between its messages, never wait for anything.
/// </remarks>
internal struct Burst
{
    /// <summary>Messages that leave one by one before a burst is believed.</summary>
    public const int Singles = 2;

    /// <summary>Longer payloads are written from the caller's memory: their copy would cost as much as the write.</summary>
    public const int PayloadBytesMax = 8 * 1024;

    /// <summary>The next message of a burst comes within this time of the one before: three times what a write takes.</summary>
    private const int GapMicroseconds = 10;

    /// <summary>The first message that was gathered waits for others no longer than this, while they go on coming.</summary>
    private const int AgeMicrosecondsMax = 50;

    private static readonly long s_gap = GapMicroseconds * Stopwatch.Frequency / 1_000_000;
    private static readonly long s_ageMax = AgeMicrosecondsMax * Stopwatch.Frequency / 1_000_000;

    private long _last;
    private long _pass;
    private int _length;

    /// <summary>Notes a message about to be sent.</summary>
    /// <param name="now">The time.</param>
    /// <param name="pass">The agent's count of passes.</param>
    /// <returns>True when it belongs to a burst that is believed.</returns>
    public bool Note(long now, long pass)
    {
        _length = pass == _pass && now - _last < s_gap ? _length + 1 : 1;
        _pass = pass;
        _last = now;
        return _length > Singles;
    }

    /// <summary>What was gathered first has waited long enough.</summary>
    public static bool IsOld(long since, long now) => now - since > s_ageMax;
}
