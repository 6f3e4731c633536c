using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using Umps;

namespace Umps.Bench;

/// <summary>Lines that say how the program was built and where its ranks may run, so that a result shows how it was made.</summary>
internal static class BuildNote
{
    /// <summary>Whether this program and the library are optimised builds.</summary>
    public static bool IsRelease => IsOptimised(typeof(BuildNote).Assembly) && IsOptimised(typeof(Mpi).Assembly) && IsOptimised(typeof(Transport.UserAgent).Assembly);

    /// <summary>Says it: the build on rank 0, the processors on the first two ranks.</summary>
    public static void Say(int rank)
    {
        if (rank == 0)
            Console.Out.WriteLine($"# build {(IsRelease ? "Release" : "Debug")}");
        if (rank > 1)
            return;
        string cpus = File.ReadLines("/proc/self/status").First(l => l.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal)).Split(':')[1].Trim();
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"# rank {rank} on cpu {cpus}"));
    }

    private static bool IsOptimised(Assembly assembly) => assembly.GetCustomAttribute<DebuggableAttribute>() is not { IsJITOptimizerDisabled: true };
}
