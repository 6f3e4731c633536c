namespace Umps.Launcher;

/// <summary>Exit codes of umpsrun itself; where the job ran, umpsrun ends with the code of the rank that failed first.</summary>
internal static class ExitCode
{
    /// <summary>All ranks ended well; or help or version was shown.</summary>
    public const int Ok = 0;

    /// <summary>--doctor: a job with the default options does not work here.</summary>
    public const int Unfit = 1;

    /// <summary>The command line or the hostfile is wrong: nothing was started.</summary>
    public const int Usage = 2;

    /// <summary>A fault of umpsrun (EX_SOFTWARE of sysexits.h).</summary>
    public const int Internal = 70;

    /// <summary>stdout cannot be written: disk full (EX_IOERR of sysexits.h).</summary>
    public const int OutputFailed = 74;

    /// <summary>The time of --timeout has passed, as timeout(1).</summary>
    public const int TimedOut = 124;

    /// <summary>The program is there but cannot be run or built, as a shell.</summary>
    public const int NotExecutable = 126;

    /// <summary>There is no such program, as a shell.</summary>
    public const int NotFound = 127;

    /// <summary>Nobody reads stdout any more: 128 + SIGPIPE, as a shell shows it.</summary>
    public const int OutputClosed = 141;
}
