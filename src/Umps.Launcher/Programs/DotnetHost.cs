using System;
using System.IO;
using System.Runtime.InteropServices;

namespace Umps.Launcher;

/// <summary>The dotnet command that runs umpsrun itself: ranks get the same, whatever the PATH says.</summary>
internal static class DotnetHost
{
    /// <summary>Its absolute path.</summary>
    /// <exception cref="LauncherException">UMPS3045.</exception>
    public static string Find()
    {
        foreach (string? candidate in (string?[])[Environment.ProcessPath, BesideRuntime(), Environment.GetEnvironmentVariable("DOTNET_HOST_PATH"), InRoot(Environment.GetEnvironmentVariable("DOTNET_ROOT")), ExecutableFile.OnPath("dotnet")])
            if (candidate is not null && Path.GetFileName(candidate) == "dotnet" && File.Exists(candidate))
                return candidate;
        throw new LauncherException(ErrorId.DotnetNotFound, "there is no dotnet: not beside the runtime of umpsrun, not in DOTNET_ROOT, not on the PATH. Set DOTNET_ROOT to its folder.", ExitCode.NotFound);
    }

    /// <summary>…/shared/Microsoft.NETCore.App/10.0.0/ lies three folders below the dotnet command, if umpsrun is not self-contained.</summary>
    private static string? BesideRuntime() => InRoot(Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..")));

    private static string? InRoot(string? root) => string.IsNullOrEmpty(root) ? null : Path.Combine(root, "dotnet");
}
