using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Umps.Launcher;

/// <summary>From what the user names as the program to a command that can be started on every node: absolute paths, projects built.</summary>
/// <remarks>
/// Relative paths start at umpsrun's folder, not at --wdir, as mpirun has it. A name without a slash is a project folder or a file of ours (.csproj,
/// .cs, .dll) if there is one; else a command on the PATH; else an executable in this folder.
/// </remarks>
internal sealed class ProgramResolver(ProjectBuild build, Func<string> dotnet)
{
    private static readonly string[] s_projectKinds = [".csproj", ".fsproj", ".vbproj"];

    /// <summary>Finds the program.</summary>
    /// <param name="program">As named.</param>
    /// <param name="mustBeHere">False when no rank runs on this node: a path that is not here may be there.</param>
    /// <exception cref="LauncherException">UMPS3040 to UMPS3045.</exception>
    public ResolvedProgram Resolve(string program, bool mustBeHere)
    {
        bool isPath = program.Contains('/', StringComparison.Ordinal);
        string path = Path.GetFullPath(program);
        if (Directory.Exists(path) && (isPath || ProjectsIn(path).Length > 0 || ExecutableFile.OnPath(program) is null))
            return Built(program, TheProjectIn(program, path));
        if (File.Exists(path))
        {
            string kind = Path.GetExtension(path);
            if (s_projectKinds.Contains(kind) || kind == ".cs")
                return Built(program, path);
            if (kind == ".dll")
                return Dll(path);
        }

        if (!isPath && ExecutableFile.OnPath(program) is { } command)
            return new([command], []);
        if (ExecutableFile.Is(path))
            return new([path], []);
        if (!mustBeHere)
            return new([isPath ? path : program], []);
        if (File.Exists(path))
            throw new LauncherException(ErrorId.ProgramNotExecutable, $"{path} is not marked as executable. Write chmod +x {program}, or name the program that runs it first.", ExitCode.NotExecutable);
        throw NotFound(program, path, isPath);
    }

    private static string[] ProjectsIn(string folder) => [.. Directory.EnumerateFiles(folder).Where(file => s_projectKinds.Contains(Path.GetExtension(file))).Order(StringComparer.Ordinal)];

    private static string TheProjectIn(string program, string folder)
    {
        string[] projects = ProjectsIn(folder);
        return projects.Length == 1
            ? projects[0]
            : throw new LauncherException(ErrorId.NotOneProject,
                projects.Length == 0
                    ? $"the folder {program} has no project file (.csproj) in it. Name a project's folder, an app.cs, a .dll, or an executable."
                    : $"the folder {program} has {projects.Length} project files: {string.Join(", ", projects.Select(Path.GetFileName))}. Name one of them.");
    }

    private static LauncherException NotFound(string program, string path, bool isPath)
    {
        string? folder = Path.GetDirectoryName(path);
        string? meant = folder is null || !Directory.Exists(folder)
            ? null
            : Spelling.Nearest(Path.GetFileName(path), Directory.EnumerateFileSystemEntries(folder).Take(1000).Select(entry => Path.GetFileName(entry)));
        string hint = meant is null ? "" : $"; did you mean {(isPath ? Path.Combine(Path.GetDirectoryName(program) ?? "", meant) : meant)}?";
        return new LauncherException(ErrorId.ProgramNotFound,
            (isPath ? $"there is no program {path}" : $"there is no program {program}, neither on the PATH nor in {Directory.GetCurrentDirectory()}")
                + hint + (meant is null ? "." : "") + " Relative paths start at umpsrun's folder; options of umpsrun come before the program.",
            ExitCode.NotFound);
    }

    private ResolvedProgram Built(string program, string project)
    {
        BuiltProject built = build.Build(project, program);
        string executable = Path.Combine(Path.GetDirectoryName(built.TargetPath)!, Path.GetFileNameWithoutExtension(built.TargetPath));
        if (!built.UsesAppHost || !ExecutableFile.Is(executable))
            return Dll(built.TargetPath);
        // The executable looks for the runtime where packages install it; ranks get the one that runs umpsrun.
        return new([executable], Environment.GetEnvironmentVariable("DOTNET_ROOT") is null ? [new("DOTNET_ROOT", Path.GetDirectoryName(dotnet())!)] : []);
    }

    private ResolvedProgram Dll(string path) => new([dotnet(), path], []);
}
