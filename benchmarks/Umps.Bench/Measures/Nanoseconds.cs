using System;
using System.Diagnostics;

namespace Umps.Bench;

/// <summary>Spans of the monotonic clock for histograms.</summary>
internal static class Nanoseconds
{
    /// <summary>The longest a histogram records; what lasts longer counts as this.</summary>
    public const long Max = 60_000_000_000;

    /// <summary>Nanoseconds since a <see cref="Stopwatch.GetTimestamp"/>, between 1 and <see cref="Max"/>.</summary>
    public static long Since(long timestamp) => Math.Clamp((long)Stopwatch.GetElapsedTime(timestamp).TotalNanoseconds, 1, Max);
}
