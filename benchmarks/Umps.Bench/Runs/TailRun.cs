using System;
using System.Diagnostics;
using System.Globalization;
using HdrHistogram;
using Umps;

namespace Umps.Bench;

/// <summary>Ping-pong for some seconds, every round trip stamped: the far tail, which a few thousand iterations do not reach.</summary>
internal static class TailRun
{
    private const double WarmSeconds = 1;

    /// <summary>Runs on every rank; the first two play.</summary>
    /// <param name="comm">The world.</param>
    /// <param name="bytes">Of a message.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="pauseMicroseconds">Computing between two round trips: what a control loop does.</param>
    public static int Run(Comm comm, int bytes, double seconds, int pauseMicroseconds)
    {
        if (comm.Size < 2)
            return Faults.Tell(comm, $"tail is for 2 ranks or more, not {comm.Size}. Write umpsrun -n 2 umpsbench tail.");
        if (comm.Rank > 1)
            return 0;
        var data = new byte[Math.Max(1, bytes)];
        if (comm.Rank == 1)
        {
            Echo(comm, data.AsSpan(0, Math.Max(1, bytes)));
            return 0;
        }

        Play(comm, data, WarmSeconds, pauseMicroseconds, new LongHistogram(Nanoseconds.Max, 3));
        var turns = new LongHistogram(Nanoseconds.Max, 3);
        Play(comm, data, seconds, pauseMicroseconds, turns);
        data[0] = 1;
        comm.Send<byte>(data, 1, tag: 1);
        Console.Out.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{data.Length} bytes, {turns.TotalCount} round trips, half of one in us: p50 {At(50):f2} p99 {At(99):f2} p99.9 {At(99.9):f2} p99.99 {At(99.99):f2} max {turns.GetMaxValue() / 2000.0:f2}"));
        return 0;

        double At(double percentile) => turns.GetValueAtPercentile(percentile) / 2000.0;
    }

    private static void Play(Comm comm, byte[] data, double seconds, int pauseMicroseconds, LongHistogram turns)
    {
        data[0] = 0;
        long begin = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begin).TotalSeconds < seconds)
        {
            long start = Stopwatch.GetTimestamp();
            comm.Send<byte>(data, 1, tag: 1);
            comm.Recv<byte>(data, 1, tag: 1);
            turns.RecordValue(Nanoseconds.Since(start));
            long pause = Stopwatch.GetTimestamp();
            while (pauseMicroseconds > 0 && Stopwatch.GetElapsedTime(pause).TotalMicroseconds < pauseMicroseconds)
            {
                // it computes
            }
        }
    }

    private static void Echo(Comm comm, Span<byte> data)
    {
        while (true)
        {
            comm.Recv(data, 0, tag: 1);
            if (data[0] == 1)
                return;
            comm.Send((ReadOnlySpan<byte>)data, 0, tag: 1);
        }
    }
}
