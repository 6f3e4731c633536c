using System;
using System.Diagnostics;

namespace Umps;

/// <summary>This process as a rank of a job.</summary>
public sealed class Mpi : IDisposable
{
    /// <summary>Joins the job: the one that umpsrun started this process for, else a world of one.</summary>
    public static Mpi Init(string[]? args = null, MpiOptions? options = null) => throw new NotImplementedException();

    /// <summary>The communicator of all ranks.</summary>
    public Comm World => throw new NotImplementedException();

    /// <summary>The communicator of this rank alone.</summary>
    public Comm Self => throw new NotImplementedException();

    /// <summary>Seconds since some moment in the past.</summary>
    public static double Wtime() => Stopwatch.GetTimestamp() * Wtick();

    /// <summary>Resolution of <see cref="Wtime"/>, in seconds.</summary>
    public static double Wtick() => 1.0 / Stopwatch.Frequency;

    /// <summary>Leaves the job.</summary>
    public void Dispose() => throw new NotImplementedException();
}
