using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;

namespace Umps.WireUp;

/// <summary>The files that the .NET runtime makes for debuggers and counters, and leaves behind when its process is killed.</summary>
/// <remarks>dotnet-diagnostic-PID-…-socket and clr-debug-pipe-PID-…-in and -out, in TMPDIR. DOTNET_EnableDiagnostics=0 would avoid them and shut out debuggers.</remarks>
internal static class RuntimeFiles
{
    private static readonly string[] s_beginnings = ["dotnet-diagnostic-", "clr-debug-pipe-"];

    /// <summary>Removes those of these processes.</summary>
    /// <param name="folder">The processes' TMPDIR.</param>
    /// <param name="pids">Processes that have ended, or are about to be killed and cannot do it themselves.</param>
    public static void Remove(string folder, IReadOnlyCollection<int> pids)
    {
        try
        {
            foreach (string beginning in s_beginnings)
                foreach (string path in Directory.EnumerateFiles(folder, beginning + "*"))
                    if (PidOf(Path.GetFileName(path.AsSpan())[beginning.Length..]) is { } pid && Contains(pids, pid))
                        File.Delete(path);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            // A folder that is gone holds nothing; what may not be removed is somebody else's.
        }
    }

    /// <summary>The folder the runtime of this process uses.</summary>
    public static string Folder => Environment.GetEnvironmentVariable("TMPDIR") is { Length: > 0 } set ? set : "/tmp";

    private static int? PidOf(ReadOnlySpan<char> rest)
    {
        int end = rest.IndexOf('-');
        return end > 0 && int.TryParse(rest[..end], NumberStyles.None, CultureInfo.InvariantCulture, out int pid) ? pid : null;
    }

    private static bool Contains(IReadOnlyCollection<int> pids, int pid)
    {
        foreach (int one in pids)
            if (one == pid)
                return true;
        return false;
    }
}
