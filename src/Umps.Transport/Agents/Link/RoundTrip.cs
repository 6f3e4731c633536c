using System;

namespace Umps.Transport.Agents.Link;

/// <summary>How long acknowledgements take, and so how long one is waited for before a frame is sent again.</summary>
/// <remarks>
/// Jacobson and Karels, Congestion Avoidance and Control, SIGCOMM 1988; RFC 6298. A peer acknowledges when it looks, not its kernel: the least patience is some scheduling delays long, and doubles with each
/// silence, for a peer that computes may not look for long.
/// </remarks>
internal struct RoundTrip
{
    private const long FirstPatience = 20_000_000;
    private const long PatienceMin = 5_000_000;
    private const long PatienceMax = 200_000_000;
    private const int DoublingsMax = 7;
    private const long ProbeMin = 500_000;

    private long _smoothed;     // 0: not measured yet
    private long _deviation;
    private int _doublings;

    /// <summary>The shortest that was measured, in nanoseconds; 0 before.</summary>
    public long Least { get; private set; }

    /// <summary>The smoothed measure, in nanoseconds; 0 before the first.</summary>
    public readonly long Smoothed => _smoothed;

    /// <summary>How long an acknowledgement is waited for, in nanoseconds.</summary>
    public readonly long Patience => Math.Min(
        (_smoothed == 0 ? FirstPatience : Math.Max(PatienceMin, _smoothed + 4 * _deviation)) << _doublings, PatienceMax);

    /// <summary>After how long without a word the last frame is sent again to get one (RFC 8985, tail loss probe): two round trips, and no longer than the patience.</summary>
    public readonly long ProbeAfter => _smoothed == 0 ? Patience : Math.Min(Math.Max(ProbeMin, 2 * _smoothed + 2 * _deviation), Patience);

    /// <summary>An acknowledgement has come this long after a frame that was sent once.</summary>
    public void Note(long nanoseconds)
    {
        nanoseconds = Math.Max(1, nanoseconds);
        Least = Least == 0 ? nanoseconds : Math.Min(Least, nanoseconds);
        if (_smoothed == 0)
        {
            _smoothed = nanoseconds;
            _deviation = nanoseconds / 2;
        }
        else
        {
            _deviation += (Math.Abs(nanoseconds - _smoothed) - _deviation) / 4;
            _smoothed += (nanoseconds - _smoothed) / 8;
        }
    }

    /// <summary>The patience was in vain.</summary>
    public void BackOff() => _doublings = Math.Min(_doublings + 1, DoublingsMax);

    /// <summary>Something was acknowledged.</summary>
    public void Answered() => _doublings = 0;
}
