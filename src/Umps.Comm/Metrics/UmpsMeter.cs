using System;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Threading;

namespace Umps.Metrics;

/// <summary>Sees to it that the meter "Umps" is there for whoever listens, and costs nothing where nobody does.</summary>
/// <remarks>
/// Nobody can listen, not from outside the process either, before the library of meters is loaded, and what loads it is who listens: until then no meter is made. To load it and make one
/// takes 5 ms, a tenth of what a rank's start takes where eight share two processors. Compiled ahead of time the library is part of the program, and making a meter takes no time.
/// </remarks>
internal static class UmpsMeter
{
    private const string Library = "System.Diagnostics.DiagnosticSource,";

    private static readonly Lock s_lock = new();
    private static RankCore[] s_ranks = [];
    private static bool s_isWatching;
    private static object? s_meter;

    /// <summary>Ranks that live in this process.</summary>
    public static RankCore[] Ranks => Volatile.Read(ref s_ranks);

    /// <summary>A rank has joined.</summary>
    public static void Add(RankCore rank)
    {
        lock (s_lock)
        {
            s_ranks = [.. s_ranks, rank];
            if (s_isWatching)
                return;
            s_isWatching = true;
        }

        if (!RuntimeFeature.IsDynamicCodeSupported)
        {
            Make();
            return;
        }

        // First the event, or a load in between would be missed.
        AppDomain.CurrentDomain.AssemblyLoad += static (_, loaded) =>
        {
            // Not here: this is in the middle of the load.
            if (IsLibrary(loaded.LoadedAssembly))
                ThreadPool.UnsafeQueueUserWorkItem(static _ => Make(), null);
        };
        foreach (Assembly assembly in AppDomain.CurrentDomain.GetAssemblies())
        {
            if (IsLibrary(assembly))
                Make();
        }
    }

    /// <summary>A rank leaves.</summary>
    public static void Remove(RankCore rank)
    {
        lock (s_lock)
        {
            s_ranks = Array.FindAll(s_ranks, one => one != rank);
        }
    }

    private static bool IsLibrary(Assembly assembly) => assembly.FullName?.StartsWith(Library, StringComparison.Ordinal) == true;

    // The one that names a type of that library, apart: the runtime loads it when it compiles this.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Make()
    {
        lock (s_lock)
        {
            s_meter ??= MeterInstruments.Make();
        }
    }
}
