using System;
using System.Collections.Generic;

namespace Umps.Launcher;

/// <summary>All that a job is started from: made by the command line, the hostfile and placement; carried out by <c>Job</c>.</summary>
internal sealed record JobPlan
{
    /// <summary>Nodes that get ranks, by the launcher's number.</summary>
    public required IReadOnlyList<PlannedNode> Nodes { get; init; }

    /// <summary>Node of each rank, by rank: ranks of a node are consecutive in "by slot" order.</summary>
    public required IReadOnlyList<int> NodeOfRank { get; init; }

    /// <summary>The command of every rank: an executable and its arguments, ready to be started (built, if it was a project).</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>Working folder of the ranks; null: umpsrun's own.</summary>
    public string? WorkingFolder { get; init; }

    /// <summary>Variables to set for the ranks (-x VAR=v), or to pass on from umpsrun's environment to other nodes (-x VAR: value resolved already).</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>Options for the ranks' library as configuration keys and values ("Umps:Transport:Agents:0" = "Tcp"): they travel with the wire-up.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Settings { get; init; } = [];

    /// <summary>Bind each rank to a core of its own, round robin over the allowed ones.</summary>
    public bool BindToCore { get; init; }

    /// <summary>Print every rank's state at the end of the job, and on SIGUSR1, which the ranks then do not get.</summary>
    public bool ShowState { get; init; }

    /// <summary>Put "[rank]" before each line of output.</summary>
    public bool TagOutput { get; init; }

    /// <summary>End the job after this time; null: never.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Path of umpsrun on other nodes (--remote-path); null: as started here.</summary>
    public string? RemotePath { get; init; }
}
