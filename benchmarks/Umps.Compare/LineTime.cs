using System;
using System.Diagnostics;
using System.Threading;

namespace Umps.Compare;

/// <summary>How long a cache line takes between two processors, by two threads of this program; for runs whose ranks share processors.</summary>
/// <remarks>The threads are not pinned: both spin, so the kernel gives them a processor each. As LineProbe of umpsbench, which measures between its ranks.</remarks>
internal static class LineTime
{
    private const int WarmRounds = 2000, Rounds = 2000, GapWords = 256;
    private const double SecondsMax = 0.25;

    /// <summary>Nanoseconds one way; 0 when it took too long.</summary>
    public static double Nanoseconds()
    {
        var words = new int[4 * GapWords];      // the two that are used are far from each other and from everything else that is written
        var other = new Thread(() => Follow(ref words[GapWords], ref words[2 * GapWords])) { IsBackground = true };
        other.Start();
        double result = Lead(ref words[GapWords], ref words[2 * GapWords]);
        other.Join();
        return result;
    }

    /// <summary>The class of a time; the bounds lie between the times that occur: about 27, 55 (to 85 on some hosts) and 240 ns.</summary>
    public static LineClass? ClassOf(double nanoseconds) => nanoseconds <= 0 ? null : nanoseconds < 40 ? LineClass.S : nanoseconds < 120 ? LineClass.N : LineClass.F;

    private static double Lead(ref int there, ref int back)
    {
        long entered = Stopwatch.GetTimestamp(), start = 0;
        for (int number = 1; number <= WarmRounds + Rounds; number++)
        {
            if (number == WarmRounds)
                start = Stopwatch.GetTimestamp();
            Volatile.Write(ref there, number);
            for (uint spins = 1; Volatile.Read(ref back) != number; spins++)
            {
                if (spins % 4096 == 0 && Stopwatch.GetElapsedTime(entered).TotalSeconds > SecondsMax)
                {
                    Volatile.Write(ref there, -1);
                    return 0;
                }
            }
        }

        return Stopwatch.GetElapsedTime(start).TotalNanoseconds / (2.0 * Rounds);
    }

    private static void Follow(ref int there, ref int back)
    {
        for (int number = 1; number <= WarmRounds + Rounds; number++)
        {
            for (int seen = Volatile.Read(ref there); seen != number; seen = Volatile.Read(ref there))
                if (seen < 0)
                    return;
            Volatile.Write(ref back, number);
        }
    }
}
