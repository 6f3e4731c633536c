using System;
using System.Runtime.InteropServices;

namespace Umps.Transport.Interop;

/// <summary>struct timespec of 64-bit Linux.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct Timespec
{
    public long Seconds;
    public long Nanoseconds;

    /// <summary>A span of time; what is negative counts as none.</summary>
    public static Timespec From(TimeSpan span)
    {
        long ticks = Math.Max(0, span.Ticks);
        return new Timespec
        {
            Seconds = ticks / TimeSpan.TicksPerSecond,
            Nanoseconds = ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick,
        };
    }
}
