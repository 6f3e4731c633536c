using System;

namespace Umps.Launcher;

/// <summary>An error of umpsrun itself: shown as its message, without a stack, and ends umpsrun with its exit code.</summary>
internal sealed class LauncherException : Exception
{
    /// <summary>Makes an error.</summary>
    /// <param name="errorId">Its number, 3xxx.</param>
    /// <param name="fact">What is wrong, with value and bound, and after it the remedy.</param>
    /// <param name="exitCode">umpsrun's exit code: <see cref="Launcher.ExitCode"/>.</param>
    public LauncherException(int errorId, string fact, int exitCode = Launcher.ExitCode.Usage)
        : base($"UMPS{errorId} umpsrun: {fact}") => (ErrorId, ExitCode) = (errorId, exitCode);

    /// <summary>Number of the error in docs/errors.md.</summary>
    public int ErrorId { get; }

    /// <summary>What umpsrun ends with.</summary>
    public int ExitCode { get; }
}
