using System;
using System.Diagnostics;

namespace Stencil2D;

/// <summary>A line on a terminal that tells how far the iteration is; nothing when the output goes elsewhere.</summary>
/// <remarks>Under umpsrun a rank's output is a pipe that is forwarded by whole lines; umpsrun sets UMPS_TERMINAL when its own output is a terminal. So each
/// state is a line of its own, which first goes up and wipes the one before.</remarks>
internal sealed class ProgressLine
{
    private const string UpAndWipe = "\r\u001b[1A\u001b[2K";

    private readonly bool _isShown;
    private long _last = Stopwatch.GetTimestamp();
    private bool _isOpen;

    public ProgressLine(bool isShown) =>
        _isShown = isShown && (!Console.IsOutputRedirected || Environment.GetEnvironmentVariable("UMPS_TERMINAL") is not null);

    /// <summary>Shows it, ten times a second at most.</summary>
    public void Show(int step, int steps, double residual)
    {
        if (!_isShown || Stopwatch.GetElapsedTime(_last).TotalMilliseconds < 100)
            return;
        _last = Stopwatch.GetTimestamp();
        int filled = (int)(30L * step / steps);
        Console.WriteLine($"{(_isOpen ? UpAndWipe : "")}[{new string('#', filled)}{new string('.', 30 - filled)}] step {step} of {steps}, residual {residual:E1}");
        _isOpen = true;
    }

    /// <summary>Takes the line away.</summary>
    public void End()
    {
        if (_isOpen)
            Console.Write(UpAndWipe);
        _isOpen = false;
    }
}
