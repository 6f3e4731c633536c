using System;
using System.Collections.Generic;

namespace Umps.Launcher;

/// <summary>What the command line says, each value checked; the hostfile is not read yet, and nothing is looked up.</summary>
internal sealed record LaunchOptions
{
    /// <summary>-n; null: as many as the hosts have slots, or this node has cores.</summary>
    public int? Ranks { get; init; }

    /// <summary>--hostfile.</summary>
    public string? Hostfile { get; init; }

    /// <summary>--host, as written.</summary>
    public string? Hosts { get; init; }

    /// <summary>--transport: names of agents in order of preference; empty: the ranks' own configuration decides.</summary>
    public IReadOnlyList<string> Agents { get; init; } = [];

    /// <summary>--bind-to core.</summary>
    public bool BindToCore { get; init; }

    /// <summary>--map-by node: ranks go round the nodes, instead of filling one after the other.</summary>
    public bool MapByNode { get; init; }

    /// <summary>-x: names, and values where given; null: take the launcher's own.</summary>
    public IReadOnlyList<KeyValuePair<string, string?>> Variables { get; init; } = [];

    /// <summary>--wdir.</summary>
    public string? WorkingFolder { get; init; }

    /// <summary>--tag-output.</summary>
    public bool TagOutput { get; init; }

    /// <summary>--timeout.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>--remote-path.</summary>
    public string? RemotePath { get; init; }

    /// <summary>--show-config.</summary>
    public bool ShowConfig { get; init; }

    /// <summary>--rt.</summary>
    public bool RealTime { get; init; }

    /// <summary>--show-state.</summary>
    public bool ShowState { get; init; }

    /// <summary>The program as named: a project, a file, a command.</summary>
    public required string Program { get; init; }

    /// <summary>The program's own arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];
}
