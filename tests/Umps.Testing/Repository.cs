using System;
using System.IO;

namespace Umps.Testing;

/// <summary>Where the tests find what the repository holds.</summary>
public static class Repository
{
    /// <summary>The folder with the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Debug or Release: what these tests were built as, and so what they test.</summary>
    public static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    /// <summary>The launcher as built beside these tests.</summary>
    public static string Umpsrun => Output("src/Umps.Launcher", "umpsrun.dll");

    /// <summary>The program whose scenarios are started as ranks.</summary>
    public static string Ranks => Output("tests/Umps.Ranks", "Umps.Ranks.dll");

    /// <summary>The dotnet command that runs these tests.</summary>
    public static string Dotnet => Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    /// <summary>A file in the output folder of a project.</summary>
    public static string Output(string project, string file) => Path.Combine(Root, project, "bin", Configuration, "net10.0", file);

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Umps.Mpi.sln")))
                return folder.FullName;
        throw new InvalidOperationException($"no Umps.Mpi.sln above {AppContext.BaseDirectory}: the tests run from their output folder inside the repository");
    }
}
