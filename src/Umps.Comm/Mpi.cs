using System;
using System.Diagnostics;
using System.Threading;
using Microsoft.Extensions.Configuration;
using Umps.Configuration;
using Umps.Transport;

namespace Umps;

/// <summary>This process as a rank of a job.</summary>
/// <remarks>
/// MPI 4.1 §11.2. Started by umpsrun, the process joins the job it was started for; else it is a world of one. One at a time in a process.
/// While it lives, an unhandled exception anywhere in the process is reported with the rank and ends the whole job.
/// </remarks>
public sealed partial class Mpi : IDisposable
{
    private static int s_alive;

    private readonly RankCore _core;
    private readonly JobLink _job;
    private int _disposed;

    private Mpi(RankCore core, JobLink job)
    {
        _core = core;
        _job = job;
        core.Progress.StartProgram();
        AppDomain.CurrentDomain.UnhandledException += OnUnhandledException;
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
    }

    /// <summary>The communicator of all ranks.</summary>
    public Comm World => _core.World;

    /// <summary>The communicator of this rank alone.</summary>
    public Comm Self => _core.Self;

    /// <summary>Joins the job: the one that umpsrun started this process for, else a world of one.</summary>
    /// <param name="args">The program's own arguments; nothing is taken from them.</param>
    /// <param name="options">Options, in place of <c>umps.json</c>; the environment and umpsrun's options win over them.</param>
    /// <returns>The rank; dispose it at the end.</returns>
    /// <exception cref="MpiException">UMPS2002: this process is a rank already. UMPS2003: the job cannot be joined. UMPS2401, UMPS2402: the options are wrong.</exception>
    /// <example><code>
    /// using var mpi = Mpi.Init(args);
    /// Console.WriteLine($"rank {mpi.World.Rank} of {mpi.World.Size}");
    /// </code></example>
    public static Mpi Init(string[]? args = null, MpiOptions? options = null) => Init(new ProgramOptions(options));

    /// <summary>Joins the job, with options from the program's own configuration.</summary>
    /// <param name="args">The program's own arguments; nothing is taken from them.</param>
    /// <param name="configuration">Its section <c>Umps</c> holds options, in place of <c>umps.json</c>; the environment and umpsrun's options win over it.</param>
    /// <returns>The rank; dispose it at the end.</returns>
    /// <exception cref="MpiException">As <see cref="Init(string[], MpiOptions)"/>.</exception>
    public static Mpi Init(string[]? args, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return Init(new ProgramOptions(null, configuration));
    }

    private static Mpi Init(ProgramOptions program)
    {
        if (Interlocked.CompareExchange(ref s_alive, 1, 0) != 0)
            throw Throw.InitialisedTwice();
        try
        {
            if (LaunchedLink.TryJoin() is { } launched)
                return new Mpi(launched.Start(LoadOptions(program, launched)), launched);
            MpiOptions options = OptionsLoader.Load(program, settings: []);
            if (options.RealTime.Enabled)
                RealTimeRank.Begin(options.RealTime);
            RankCore core = SingletonLink.Start(options, out JobLink job);
            return new Mpi(core, job);
        }
        catch
        {
            Volatile.Write(ref s_alive, 0);
            throw;
        }
    }

    private static MpiOptions LoadOptions(ProgramOptions program, LaunchedLink launched)
    {
        try
        {
            MpiOptions options = OptionsLoader.Load(program, launched.Settings, launched.Rank);
            if (options.RealTime.Enabled)
                RealTimeRank.Begin(options.RealTime);
            return options;
        }
        catch (MpiException fault)
        {
            launched.EndIfUnhandled(fault);
            throw;
        }
    }

    /// <summary>Counters and depths of this rank's transport: agents, queues, interrupts, polls. Its <c>ToString</c> is what <c>umpsrun --show-state</c> prints.</summary>
    /// <remarks>From any thread, also while another is blocked in a call; nothing is held up. After <see cref="Dispose"/>: what it was then, if it was asked for before.</remarks>
    public TransportState ShowState() => _core.Endpoint.ShowState();

    /// <summary>Seconds since some moment in the past; the same moment for all threads of a process, not for all ranks.</summary>
    /// <remarks>MPI 4.1 §9.6.</remarks>
    public static double Wtime() => Stopwatch.GetTimestamp() * Wtick();

    /// <summary>Resolution of <see cref="Wtime"/>, in seconds.</summary>
    /// <remarks>MPI 4.1 §9.6.</remarks>
    public static double Wtick() => 1.0 / Stopwatch.Frequency;

    /// <summary>Leaves the job: waits, at most <see cref="MpiOptions.FinalizeSeconds"/>, until what this rank has begun to send has gone, and says goodbye.</summary>
    /// <remarks>MPI 4.1 §11.2.2, MPI_Finalize. It does not wait for the other ranks. Calls of other threads that still wait throw.</remarks>
    public void Dispose() => Leave(orderly: true);

    private void Leave(bool orderly)
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        foreach (string line in _core.Close(orderly))
            Report.Write(line);
        _core.TellLastState();
        if (orderly)
            _job.Goodbye();
        _job.Dispose();
        AppDomain.CurrentDomain.UnhandledException -= OnUnhandledException;
        Volatile.Write(ref s_alive, 0);
    }

    private void OnUnhandledException(object sender, UnhandledExceptionEventArgs arguments)
    {
        // The runtime prints the stack after this, and ends the process.
        var error = arguments.ExceptionObject as Exception;
        bool afterOther = error is MpiException { ErrorId: ErrorId.PeerLost or ErrorId.Aborted };
        _core.TellLastState();      // the runtime ends the process without a word to the handlers of its exit
        _job.Fail(1, error is null ? "unhandled exception" : $"unhandled {error.GetType().Name}: {error.Message}", afterOther);
        Report.Write($"{_core.Who}: unhandled exception, which ends the job:");
    }

    private void OnProcessExit(object? sender, EventArgs arguments) => Leave(orderly: Environment.ExitCode == 0);
}
