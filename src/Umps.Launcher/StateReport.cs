using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace Umps.Launcher;

/// <summary>What the ranks tell of their counters, rank by rank: now, when somebody asks, and at the end of the job.</summary>
internal sealed class StateReport(IReadOnlyList<RankState> ranks)
{
    private readonly string?[] _now = new string?[ranks.Count], _last = new string?[ranks.Count];
    private bool _isAsking;

    /// <summary>Number of the question under way, or of the last.</summary>
    public int Round { get; private set; }

    /// <summary>A question is under way, and all have answered that can.</summary>
    public bool IsComplete => _isAsking && ranks.All(rank => _now[rank.Rank] is not null || !CanAnswer(rank));

    /// <summary>The ranks are about to be asked.</summary>
    /// <returns>False when they are being asked already.</returns>
    public bool Begin()
    {
        if (_isAsking)
            return false;
        _isAsking = true;
        Round++;
        Array.Clear(_now);
        return true;
    }

    /// <summary>A rank has told its state.</summary>
    /// <returns>True when that was the last that was waited for.</returns>
    public bool Hear(int rank, bool isLast, string text)
    {
        (isLast ? _last : _now)[rank] = text;
        return !isLast && IsComplete;
    }

    /// <summary>Ends the question.</summary>
    /// <returns>What was answered; null when there was no question.</returns>
    public string? Take()
    {
        if (!_isAsking)
            return null;
        _isAsking = false;
        return Format("now", rank => _now[rank.Rank]
            ?? (!rank.HasJoined ? "it has not joined"
            : rank.End is not null ? "it has ended"
            : "no answer within 2 s: it is stopped, or other threads keep it from its processor"));
    }

    /// <summary>The ranks' last states.</summary>
    public string AtEnd() => Format("at its end", rank => _last[rank.Rank]
        ?? (!rank.HasJoined ? "it has not joined" : "it ended without telling: it was killed, or did not leave the job"));

    private static bool CanAnswer(RankState rank) => rank.HasJoined && rank.End is null;

    private string Format(string when, Func<RankState, string> textOf)
    {
        var all = new StringBuilder();
        all.Append(CultureInfo.InvariantCulture, $"state of each rank {when}:");
        foreach (RankState rank in ranks)
        {
            string host = rank.Node.IsLocal ? Environment.MachineName : rank.Node.Host;
            all.Append(CultureInfo.InvariantCulture, $"\nrank {rank.Rank} of {ranks.Count} ({host}, pid {rank.Pid}): {textOf(rank)}");
        }

        return all.ToString();
    }
}
