namespace Umps.Transport.Interop;

/// <summary>How a process ended: by an exit status, or by a signal.</summary>
/// <param name="Status">Its exit status, 0 to 255; 0 when a signal ended it.</param>
/// <param name="Signal">The signal; 0 when it exited.</param>
internal readonly record struct ProcessEnd(int Status, int Signal)
{
    /// <summary>As a shell shows it: the status, or 128 and the signal.</summary>
    public int ShellStatus => Signal != 0 ? 128 + Signal : Status;
}
