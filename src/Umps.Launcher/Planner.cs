using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Umps.Transport;
using Umps.WireUp;

namespace Umps.Launcher;

/// <summary>Makes a plan of what the command line asks: reads the hostfile, places the ranks, finds and builds the program.</summary>
/// <remarks>All that can be wrong is looked for before anything is built, and anything is built before a rank is started.</remarks>
internal sealed class Planner(LocalHost localHost, ProgramResolver programs, Func<string, string?> environment, Action<string> say)
{
    /// <summary>Makes the plan.</summary>
    /// <exception cref="LauncherException">UMPS3009, UMPS3020 to UMPS3049.</exception>
    public JobPlan Plan(LaunchOptions options)
    {
        IReadOnlyList<HostEntry> hosts =
            options.Hostfile is not null ? Hostfile.Read(options.Hostfile)
            : options.Hosts is not null ? HostList.Parse(options.Hosts)
            : [new HostEntry("localhost", null, options.Ranks ?? Environment.ProcessorCount, null)];
        int ranks = options.Ranks ?? OptionValues.Ranks(hosts.Sum(host => (long)host.Slots).ToString(System.Globalization.CultureInfo.InvariantCulture));
        int[] hostOfRank = options.MapByNode ? Placement.ByNode(ranks, hosts) : Placement.BySlot(ranks, hosts);

        // Hosts without a rank are no nodes of this job.
        int[] numberOfHost = new int[hosts.Count];
        foreach (int host in hostOfRank)
            numberOfHost[host] = 1;
        List<PlannedNode> nodes = [];
        for (int host = 0; host < numberOfHost.Length; host++)
        {
            if (numberOfHost[host] == 0)
                continue;
            numberOfHost[host] = nodes.Count;
            nodes.Add(new PlannedNode(nodes.Count, hosts[host].Host, hosts[host].User, localHost.Is(hosts[host])));
        }

        int[] nodeOfRank = new int[ranks];
        for (int rank = 0; rank < ranks; rank++)
            nodeOfRank[rank] = numberOfHost[hostOfRank[rank]];
        if (nodes.Count > 1 && options.Agents is [nameof(AgentKind.Shm)])
            throw new LauncherException(ErrorId.NoWayBetweenNodes, $"--transport shm does not reach from node to node, and the job has {nodes.Count}. Write --transport shm,tcp, or start fewer ranks.");

        bool isLocal = nodes.Any(node => node.IsLocal);
        string? workingFolder = options.WorkingFolder is null ? null : Path.GetFullPath(options.WorkingFolder);
        if (isLocal && workingFolder is not null && !Directory.Exists(workingFolder))
            throw new LauncherException(ErrorId.BadFolder, $"--wdir {options.WorkingFolder}: there is no folder {workingFolder}. Make it, or name another.");

        Dictionary<string, string> variables = Variables(options);
        ResolvedProgram program = programs.Resolve(options.Program, mustBeHere: isLocal);
        return new JobPlan
        {
            Nodes = nodes,
            NodeOfRank = nodeOfRank,
            Command = [.. program.Command, .. options.Arguments],
            WorkingFolder = workingFolder,
            // A rank's own output is a pipe, whoever reads umpsrun's.
            Environment = Environments(program, variables, options.RealTime),
            Settings = Settings(options),
            BindToCore = options.BindToCore || options.RealTime,
            ShowState = options.ShowState,
            TagOutput = options.TagOutput,
            Timeout = options.Timeout,
            RemotePath = options.RemotePath,
        };
    }

    // Plain loops here and above: what LINQ makes over numbers and pairs is compiled anew each time umpsrun starts.
    private static KeyValuePair<string, string>[] Environments(ResolvedProgram program, Dictionary<string, string> variables, bool realTime)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!Console.IsOutputRedirected)
            all[RankEnvironment.Terminal] = "1";
        if (realTime)
        {
            // The collector on the thread that allocates, not on one of its own, which would wait for a processor that a real-time thread has; and code that is compiled twice at
            // most, early, not watched and compiled once more later.
            all["DOTNET_gcConcurrent"] = "0";
            all["DOTNET_TieredPGO"] = "0";
            all["DOTNET_TC_QuickJitForLoops"] = "0";
        }
        foreach ((string name, string value) in program.Environment)
            all[name] = value;
        foreach ((string name, string value) in variables)
            all[name] = value;
        return Pairs(all);
    }

    private static KeyValuePair<string, string>[] Settings(LaunchOptions options)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < options.Agents.Count; i++)
            all[$"Umps:Transport:Agents:{i}"] = options.Agents[i];
        if (options.ShowConfig)
            all["Umps:ShowConfig"] = "true";
        if (options.ShowState)
            all["Umps:ShowState"] = "true";
        if (options.RealTime)
            all["Umps:RealTime:Enabled"] = "true";
        return Pairs(all);
    }

    private static KeyValuePair<string, string>[] Pairs(Dictionary<string, string> table)
    {
        var pairs = new KeyValuePair<string, string>[table.Count];
        int i = 0;
        foreach (KeyValuePair<string, string> pair in table)
            pairs[i++] = pair;
        return pairs;
    }

    /// <summary>-x with its values; the last one of a name counts. One without a value here is only warned of: scripts pass on what a machine may lack.</summary>
    private Dictionary<string, string> Variables(LaunchOptions options)
    {
        Dictionary<string, string> values = new(StringComparer.Ordinal);
        foreach ((string name, string? given) in options.Variables)
        {
            if ((given ?? environment(name)) is { } value)
                values[name] = value;
            else
                say($"UMPS{ErrorId.UnsetVariable} umpsrun: warning: -x {name}: the variable is not set here, and the ranks do not get it. Write -x {name}=value, or leave it out.");
        }

        return values;
    }
}
