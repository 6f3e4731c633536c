namespace Umps.Launcher;

/// <summary>Numbers of the launcher's errors; docs/errors.md says what causes each and what to do.</summary>
internal static class ErrorId
{
    // The command line, the hostfile, the program: 3001 to 3099.
    public const int OutputFailed = 3051;

    // The job: 3101 to 3199.
    public const int RankFailed = 3101;
    public const int RankVanished = 3102;
    public const int RankAborted = 3103;
    public const int NodeUnreachable = 3104;
    public const int NodeLost = 3105;
    public const int AgentVersion = 3106;
    public const int TimedOut = 3107;
    public const int Interrupted = 3108;
    public const int NodeResources = 3109;
    public const int NoFolder = 3110;
    public const int RankNotStarted = 3111;
    public const int NoWatchdog = 3112;
}
