using System.Diagnostics;

namespace Umps.Progress;

/// <summary>Learns whether the helper, asleep on the doorbell, does what the program would not do itself, or is only in its way.</summary>
/// <remarks>
/// A program that posts a window of messages and waits for them looks itself, every few microseconds. A helper on the doorbell then costs each peer a system call to wake it, and
/// the program the hand-over of its gate, twice: more than what a message of 64 KiB takes. A program that computes between its calls has nobody else.
/// Entered with the gate held, by the helper.
/// </remarks>
internal struct HelperMerit
{
    /// <summary>A program that calls more often than this, on average, is there before a helper that was rung: waking takes as long.</summary>
    private const long CallMicroseconds = 25;

    /// <summary>Fewer calls between two wake-ups say nothing of how often the program calls.</summary>
    private const long CallsMin = 4;

    private const int WastedMax = 8, WastedAreMany = 4;

    private long _lastWake, _lastCalls;
    private int _wasted;

    /// <summary>Most of the last wake-ups were in vain.</summary>
    public readonly bool IsInTheWay => _wasted >= WastedAreMany;

    /// <summary>The helper has been rung.</summary>
    /// <param name="calls">Calls of the program so far.</param>
    /// <param name="isAttended">A caller polls.</param>
    public void NoteWake(long calls, bool isAttended)
    {
        long now = Stopwatch.GetTimestamp();
        long since = calls - _lastCalls;
        bool isBusy = since >= CallsMin && Stopwatch.GetElapsedTime(_lastWake, now).Ticks < since * CallMicroseconds * System.TimeSpan.TicksPerMicrosecond;
        _wasted = isAttended || isBusy ? System.Math.Min(_wasted + 1, WastedMax) : System.Math.Max(_wasted - 1, 0);
        _lastWake = now;
        _lastCalls = calls;
    }

    /// <summary>The program has left work, and makes no calls.</summary>
    public void Forgive() => _wasted = 0;
}
