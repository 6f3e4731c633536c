namespace Umps.Launcher;

/// <summary>Numbers of the launcher's errors; docs/errors.md says what causes each and what to do.</summary>
internal static class ErrorId
{
    // The command line, the hostfile, the program: 3001 to 3099.
    public const int OutputFailed = 3051;
}
