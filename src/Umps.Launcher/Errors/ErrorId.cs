namespace Umps.Launcher;

/// <summary>Numbers of the launcher's errors; docs/errors.md says what causes each and what to do.</summary>
internal static class ErrorId
{
    // The command line: 3001 to 3019.
    public const int NoProgram = 3001;
    public const int UnknownOption = 3002;
    public const int BadArgument = 3003;
    public const int BadRanks = 3004;
    public const int BadTransport = 3005;
    public const int BadChoice = 3006;
    public const int BadVariable = 3007;
    public const int BadTimeout = 3008;
    public const int BadFolder = 3009;
    public const int UnsetVariable = 3010;
    public const int OptionsClash = 3011;

    // Hosts and placement: 3020 to 3039.
    public const int HostfileUnreadable = 3020;
    public const int HostfileSyntax = 3021;
    public const int HostSyntax = 3022;
    public const int TooFewSlots = 3023;
    public const int NoWayBetweenNodes = 3024;

    // The program: 3040 to 3049.
    public const int ProgramNotFound = 3040;
    public const int ProgramNotExecutable = 3041;
    public const int NotOneProject = 3042;
    public const int ProjectNotRunnable = 3043;
    public const int BuildFailed = 3044;
    public const int DotnetNotFound = 3045;

    // umpsrun itself: 3050 to 3059.
    public const int Unexpected = 3050;
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
    public const int RankNeverJoined = 3113;
    public const int NoInterface = 3114;
    public const int InterfaceRefused = 3115;
}
