using System;

namespace Umps;

/// <summary>A communicator: a group of ranks and a context that keeps its messages apart from those of every other communicator.</summary>
/// <remarks>
/// MPI 4.1 §7. May be used from several threads at once (MPI_THREAD_MULTIPLE). The ranks of a job are objects of their own: nothing is
/// static, so that several can live in one process (<see cref="MpiHost"/>).
/// </remarks>
public partial class Comm : IDisposable
{
    /// <summary>In place of a source: a message of any rank.</summary>
    public const int AnySource = -1;

    /// <summary>In place of a tag: a message of any tag.</summary>
    public const int AnyTag = -1;

    /// <summary>In place of a rank: nobody. Sends to it and receives from it do nothing.</summary>
    public const int ProcNull = -2;

    /// <summary>A number that is not there: the color of a rank that a split leaves out, the rank of one that is no member, a count that is not whole.</summary>
    public const int Undefined = -32766;

    private readonly Group? _group;      // null: the null communicator
    private bool _disposed;              // under no lock: a race between Dispose and another call is the program's

    /// <param name="core">The rank it belongs to.</param>
    /// <param name="group">Its ranks.</param>
    /// <param name="seed">What all of them know of it.</param>
    internal Comm(RankCore core, Group group, in CommSeed seed)
    {
        Core = core;
        _group = group;
        Context = seed.Context;
        _boardNumber = seed.BoardNumber;
    }

    /// <summary>The null communicator.</summary>
    /// <param name="core">The rank it belongs to.</param>
    /// <param name="nullReason">Why it is null, as a sentence's end: "Split had the color Undefined on this rank".</param>
    internal Comm(RankCore core, string nullReason)
    {
        Core = core;
        NullReason = nullReason;
    }

    /// <summary>Number of the caller, 0 to <see cref="Size"/> - 1; <see cref="Undefined"/> in the null communicator.</summary>
    public int Rank => _group?.Rank ?? Undefined;

    /// <summary>Number of ranks; 0 in the null communicator.</summary>
    public int Size => _group?.Size ?? 0;

    /// <summary>The ranks, in order.</summary>
    /// <exception cref="MpiException">UMPS2005: it is the null communicator.</exception>
    public Group Group => _group ?? throw Throw.NullComm(this, "Comm.Group");

    /// <summary>True for the null communicator: what <c>Split</c> gives a rank with the color <see cref="Undefined"/>, and <c>CreateCart</c> one
    /// left out. Every call but this, <see cref="Rank"/>, <see cref="Size"/> and <see cref="Dispose()"/> throws on it.</summary>
    public bool IsNull => _group is null;

    /// <summary>Why it is null; empty when it is not.</summary>
    internal string NullReason { get; } = "";

    /// <summary>Ends the whole job at once, every rank of it, whatever the communicator.</summary>
    /// <param name="errorCode">Exit status of the job.</param>
    /// <remarks>MPI 4.1 §9.7. In a process of its own it does not return; among ranks as threads it throws, and every other rank's blocked calls too.</remarks>
    /// <exception cref="MpiException">UMPS2202, in <see cref="MpiHost"/>.</exception>
    public void Abort(int errorCode = 1) => Core.Abort(errorCode, Throw.AbortCalled(this, errorCode));

    /// <summary>Frees the communicator on this rank. Messages that nobody received are dropped. World and Self live until their <see cref="Mpi"/> is disposed.</summary>
    /// <remarks>MPI 4.1 §7.4.3, without its collective nature: context ids are not reused, so nobody needs to be asked.</remarks>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what a derived communicator holds.</summary>
    /// <param name="disposing">True from <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (_disposed || IsNull || ReferenceEquals(this, Core.World) || ReferenceEquals(this, Core.Self))
            return;
        _disposed = true;
        Core.WarnOfLoans(this);
        Core.ForgetContext(Context);
        ReleaseBoard();
    }

    /// <summary>Throws when the communicator cannot be used.</summary>
    private protected void CheckUsable(string call)
    {
        if (_group is null || _disposed)
            throw IsNull ? Throw.NullComm(this, call) : Throw.DisposedComm(this, call);
    }

    /// <inheritdoc/>
    public override string ToString() => IsNull ? "null communicator" : $"rank {Rank} of {Size}, context {Context:x}";
}
