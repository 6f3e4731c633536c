using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text.Json;
using System.Threading.Tasks;
using Umps.Transport.Interop;
using Umps.WireUp;

namespace Umps.Launcher;

/// <summary>Builds a project or a single-file program once, in Release, and asks the same run of the SDK where its output lies.</summary>
/// <remarks>
/// With -getProperty the SDK writes the properties to stdout and nothing but warnings and errors to stderr. No build server stays behind: it would
/// outlive the job, and hold the terminal or the pipe that umpsrun was started with.
/// </remarks>
internal class ProjectBuild(Func<string> dotnet, Action<string> say)
{
    /// <summary>A variable by which the watchdog knows the processes of a build.</summary>
    private const string BuildMark = "UMPS_BUILD";

    private static readonly string[] s_properties = ["TargetPath", "OutputType", "UseAppHost", "TargetFrameworks"];

    /// <summary>Builds.</summary>
    /// <param name="project">Absolute path of a project file or of an app.cs.</param>
    /// <param name="name">What the user called it.</param>
    /// <exception cref="LauncherException">UMPS3043, UMPS3044.</exception>
    public virtual BuiltProject Build(string project, string name)
    {
        if (!Console.IsErrorRedirected)
            say($"umpsrun: building {name}");
        (int code, string output, string error) = Run(project);
        if (code != 0)
        {
            string shown = error.Trim().Length > 0 ? error : output;
            throw new LauncherException(ErrorId.BuildFailed, $"{name} cannot be built. The build says:\n{shown.TrimEnd()}", ExitCode.NotExecutable);
        }

        return Understand(output, name);
    }

    /// <summary>Reads the properties that the SDK has written.</summary>
    internal static BuiltProject Understand(string output, string name)
    {
        int begin = output.IndexOf('{', StringComparison.Ordinal);
        if (begin < 0)
            throw new LauncherException(ErrorId.BuildFailed, $"{name}: the SDK built it, but did not say where. It wrote:\n{output.TrimEnd()}\nStart the built .dll itself.", ExitCode.NotExecutable);
        using var document = JsonDocument.Parse(output.AsMemory(begin));
        JsonElement properties = document.RootElement.GetProperty("Properties");
        string Property(string property) => properties.TryGetProperty(property, out JsonElement value) ? value.GetString() ?? "" : "";

        string target = Property("TargetPath"), type = Property("OutputType");
        if (target.Length == 0 && Property("TargetFrameworks") is { Length: > 0 } frameworks)
            throw new LauncherException(ErrorId.ProjectNotRunnable, $"{name} is built for several frameworks ({frameworks}). Name the .dll or the executable of one of them.");
        if (!type.Equals("Exe", StringComparison.OrdinalIgnoreCase) && !type.Equals("WinExe", StringComparison.OrdinalIgnoreCase))
            throw new LauncherException(ErrorId.ProjectNotRunnable, $"{name} is a {(type.Length == 0 ? "project without output" : type)}, not a program. Name a project with <OutputType>Exe</OutputType>.");
        if (!File.Exists(target))
            throw new LauncherException(ErrorId.BuildFailed, $"{name} was built, but {target} is not there. Start the built .dll itself.", ExitCode.NotExecutable);
        return new BuiltProject(target, !Property("UseAppHost").Equals("false", StringComparison.OrdinalIgnoreCase));
    }

    private (int Code, string Output, string Error) Run(string project)
    {
        var start = new ProcessStartInfo(dotnet())
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            // global.json and NuGet.config are those of the project, not of the folder umpsrun happens to be in.
            WorkingDirectory = Path.GetDirectoryName(project)!,
        };
        foreach (string argument in Arguments(project))
            start.ArgumentList.Add(argument);
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["DOTNET_NOLOGO"] = "1";
        // Under `dotnet run` these name the SDK that runs us; the project may ask for another.
        start.Environment.Remove("MSBuildSDKsPath");
        start.Environment.Remove("MSBuildExtensionsPath");
        start.Environment.Remove("MSBUILD_EXE_PATH");

        // umpsrun may be killed meanwhile: then the build, and what it has started, must not go on.
        string token = JobSecret.NewToken();
        start.Environment[BuildMark] = token;
        Watchdog watchdog = Watchdog.Start($"{BuildMark}={token}", RuntimeFiles.Folder);
        try
        {
            return RunToEnd(start);
        }
        finally
        {
            watchdog.Dismiss();
        }
    }

    private static (int Code, string Output, string Error) RunToEnd(ProcessStartInfo start)
    {
        Linux.KeepCapabilitiesFromChildren();       // of this thread, which starts the build
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        process.WaitForExit();
        return (process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
    }

    private static IEnumerable<string> Arguments(string project)
    {
        yield return "build";
        yield return project;
        yield return "--configuration";
        yield return "Release";
        yield return "--nologo";
        yield return "--verbosity";
        yield return "quiet";
        yield return "-p:UseSharedCompilation=false";
        // Asked for properties alone, the SDK would evaluate the project and build nothing.
        yield return "-t:Build";
        foreach (string property in s_properties)
            yield return $"-getProperty:{property}";
    }
}
