using System;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Umps.Ranks;

/// <summary>What every scenario does at its start: joins, and tells its state when the test asks with SIGUSR1.</summary>
internal static class Job
{
    private static PosixSignalRegistration? s_asked;

    /// <summary>Joins the job.</summary>
    public static Mpi Join()
    {
        Mpi mpi = Mpi.Init();
        // Kept for the life of the process: a test that waits in vain asks every rank what it does.
        s_asked = PosixSignalRegistration.Create((PosixSignal)10, context =>
        {
            context.Cancel = true;
            Console.Error.WriteLine($"state of rank {mpi.World.Rank}: {mpi.World.Core.Endpoint.ShowState()}");
        });
        return mpi;
    }

    /// <summary>A number among the arguments, or what stands for it.</summary>
    public static int Number(string[] args, int at, int otherwise) =>
        args.Length > at ? int.Parse(args[at], CultureInfo.InvariantCulture) : otherwise;

    /// <summary>Says a line, at once.</summary>
    public static void Say(FormattableString line)
    {
        Console.Out.WriteLine(line.ToString(CultureInfo.InvariantCulture));
        Console.Out.Flush();
    }
}
