using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Umps.Launcher;

/// <summary>The one message with which a failed job ends: which rank, where, how, and what it said itself.</summary>
internal sealed class JobReport
{
    private readonly IReadOnlyList<RankState> _ranks;

    /// <summary>Reports about these ranks.</summary>
    public JobReport(IReadOnlyList<RankState> ranks) => _ranks = ranks;

    /// <summary>Why the job is being ended, as a sentence's end: what the other ranks are told.</summary>
    public string Why(JobCause cause) => cause.Kind switch
    {
        JobEnd.RankFailed or JobEnd.RankVanished or JobEnd.RankNeverJoined when _ranks[cause.Rank].End is not null => $"{Who(cause.Rank)} {How(cause)}",
        JobEnd.RankFailed => $"{Who(cause.Rank)} failed",
        JobEnd.RankAborted => cause.Said,
        JobEnd.TimedOut => "the time of umpsrun --timeout has passed",
        JobEnd.OutputClosed => "nobody reads umpsrun's output any more",
        _ => "a node was lost",
    };

    /// <summary>The message for the user.</summary>
    public string Of(JobCause cause) => cause.Kind switch
    {
        JobEnd.RankFailed => $"UMPS{ErrorId.RankFailed} {Who(cause.Rank)} {How(cause)}; the job was ended.{Said(cause)}{Hint(cause)}",
        JobEnd.RankVanished => $"UMPS{ErrorId.RankVanished} {Who(cause.Rank)} {How(cause)}; the job was ended. Dispose the Mpi at the end of the program (using var mpi = Mpi.Init(args);).",
        JobEnd.RankNeverJoined => $"UMPS{ErrorId.RankNeverJoined} {Who(cause.Rank)} {How(cause)}, while other ranks have joined; the job was ended. Call Mpi.Init on all ranks of a job, or on none.",
        JobEnd.RankAborted => $"UMPS{ErrorId.RankAborted} {cause.Said}; the job was ended.",
        JobEnd.TimedOut => $"UMPS{ErrorId.TimedOut} umpsrun: the time of --timeout has passed; the job was ended. {StillRunning()}",
        _ => cause.Said,
    };

    /// <summary>The message when ranks did not end on a signal.</summary>
    public static string Interrupted(int signal) =>
        $"UMPS{ErrorId.Interrupted} umpsrun: {Signals.Describe(signal)} was passed on to all ranks; those that had not ended were killed.";

    private string Who(int rank)
    {
        RankState state = _ranks[rank];
        string host = state.Node.IsLocal ? Environment.MachineName : state.Node.Host;
        return string.Create(CultureInfo.InvariantCulture, $"rank {rank} of {_ranks.Count} ({host}, pid {state.Pid})");
    }

    private string How(JobCause cause)
    {
        if (_ranks[cause.Rank].End is not { } end)
            return "failed";
        if (cause.Kind == JobEnd.RankVanished)
            return "ended without leaving the job";
        if (cause.Kind == JobEnd.RankNeverJoined)
            return "ended without Mpi.Init";
        return end.Signal != 0
            ? $"was killed by {Signals.Describe(end.Signal)}"
            : string.Create(CultureInfo.InvariantCulture, $"ended with exit status {end.Status}");
    }

    private static string Said(JobCause cause) => cause.Said.Length == 0 ? "" : $" It said: {cause.Said.ReplaceLineEndings(" / ").TrimEnd('.')}.";

    private string Hint(JobCause cause) => _ranks[cause.Rank].End?.Signal switch
    {
        Signals.Kill when cause.Said.Length == 0 => " Somebody sent it; perhaps the kernel, for want of memory (dmesg tells).",
        _ => "",
    };

    private string StillRunning()
    {
        int[] left = [.. _ranks.Where(rank => rank.End is null || rank.End.Value.Signal is Signals.Kill or Signals.Terminate).Select(rank => rank.Rank)];
        return left.Length == _ranks.Count ? "No rank had ended." : $"Still running: {(left.Length == 1 ? "rank" : "ranks")} {string.Join(", ", left.Take(20))}{(left.Length > 20 ? "…" : "")}.";
    }
}
