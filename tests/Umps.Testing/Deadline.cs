using System;
using System.Diagnostics;
using System.Threading;

namespace Umps.Testing;

/// <summary>A moment after which a test stops waiting. Generous on purpose: it ends what hangs, it measures nothing.</summary>
public readonly struct Deadline
{
    private readonly long _end;

    private Deadline(TimeSpan span)
    {
        Span = span;
        _end = Stopwatch.GetTimestamp() + (long)(span.TotalSeconds * Stopwatch.Frequency);
    }

    /// <summary>The time given.</summary>
    public TimeSpan Span { get; }

    /// <summary>What is left of it, never negative.</summary>
    public TimeSpan Remaining
    {
        get
        {
            long ticks = _end - Stopwatch.GetTimestamp();
            return ticks <= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds((double)ticks / Stopwatch.Frequency);
        }
    }

    /// <summary>Whether it has passed.</summary>
    public bool HasPassed => Remaining == TimeSpan.Zero;

    /// <summary>A deadline from now on.</summary>
    public static Deadline After(double seconds) => new(TimeSpan.FromSeconds(seconds));

    /// <summary>Looks at the condition every few milliseconds until it holds or the deadline passes. For states outside the process (a
    /// process gone, a file there) that announce themselves to nobody.</summary>
    /// <returns>Whether the condition held.</returns>
    public bool WaitUntil(Func<bool> condition)
    {
        for (int pauseMilliseconds = 1; !condition(); pauseMilliseconds = Math.Min(50, pauseMilliseconds * 2))
        {
            if (HasPassed)
                return condition();
            Thread.Sleep(pauseMilliseconds);
        }

        return true;
    }
}
