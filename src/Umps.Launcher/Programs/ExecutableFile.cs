using System;
using System.IO;

namespace Umps.Launcher;

/// <summary>Executables in the file system.</summary>
internal static class ExecutableFile
{
    /// <summary>Whether the file is there and marked as executable.</summary>
    public static bool Is(string path) =>
        File.Exists(path) && (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;

    /// <summary>Absolute path of a command on the PATH; null when it is not there.</summary>
    public static string? OnPath(string name)
    {
        foreach (string folder in (Environment.GetEnvironmentVariable("PATH") ?? "/usr/local/bin:/usr/bin:/bin").Split(':'))
        {
            // An empty entry of the PATH is the working folder.
            string path = Path.GetFullPath(Path.Combine(folder, name));
            if (Is(path))
                return path;
        }

        return null;
    }
}
