using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using Umps.WireUp;

namespace Umps.Launcher;

/// <summary>The environment that ranks are started with.</summary>
internal static class RankVariables
{
    private static readonly string[] s_identity =
    [
        RankEnvironment.Rank, RankEnvironment.Size, RankEnvironment.LocalRank, RankEnvironment.LocalSize,
        RankEnvironment.Node, RankEnvironment.Join, RankEnvironment.JoinToken,
    ];

    private const string TieringDelay = "DOTNET_TC_CallCountingDelayMs", TieringDelayBound = "DOTNET_TC_DelaySingleProcMultiplier";
    private const int TieringMilliseconds = 100, TieringMillisecondsMax = 2000, TieringMillisecondsAlone = 10;

    /// <summary>This process's own variables, without those that would make it look like a rank: umpsrun may be started by one.</summary>
    public static IReadOnlyList<string> Own() => Format(OwnTable());

    /// <summary>What all ranks of a node have in common: the node agent's variables, then the job's.</summary>
    public static Dictionary<string, string> Common(NodeOrders orders)
    {
        Dictionary<string, string> variables = OwnTable();
        foreach ((string name, string value) in orders.Environment)
            variables[name] = value;
        variables["PWD"] = orders.WorkingFolder;
        // A program's own host finds the runtime that umpsrun runs on, wherever it is installed.
        if (!variables.ContainsKey("DOTNET_ROOT") && RuntimeFolder() is { } folder)
            variables["DOTNET_ROOT"] = folder;
        SetTiering(variables, orders.Ranks.Count);
        return variables;
    }

    /// <summary>The environment of one rank.</summary>
    public static IReadOnlyList<string> Of(Dictionary<string, string> common, NodeOrders orders, int rank, int localIndex, int localSize, string join, string token) =>
        Format(new Dictionary<string, string>(common)
        {
            [RankEnvironment.Rank] = N(rank),
            [RankEnvironment.Size] = N(orders.NodeOfRank.Count),
            [RankEnvironment.LocalRank] = N(localIndex),
            [RankEnvironment.LocalSize] = N(localSize),
            [RankEnvironment.Node] = N(orders.Node),
            [RankEnvironment.Join] = join,
            [RankEnvironment.JoinToken] = token,
        });

    /// <summary>Folder of the runtime that runs this process: what DOTNET_ROOT should say. Null where it carries its own.</summary>
    public static string? RuntimeFolder()
    {
        string? root = Path.GetDirectoryName(Path.GetDirectoryName(Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(RuntimeEnvironment.GetRuntimeDirectory()))));
        return root is not null && File.Exists(Path.Combine(root, "dotnet")) ? root : null;
    }

    /// <summary>When the runtime begins to compile again what has been called often, unless the variables say already.</summary>
    /// <remarks>
    /// Its 100 ms are meant to let a program start first. A rank with a processor of its own starts in less, and runs at a third of its speed until then (decision 0097): 10 ms, and no ten times as
    /// long where it is bound to that one. Of many ranks on few processors each would be still starting, and would compile beside the others' start, a tenth of it: so it takes the longer.
    /// </remarks>
    private static void SetTiering(Dictionary<string, string> variables, int ranks)
    {
        int processors = Math.Max(1, Environment.ProcessorCount);
        int milliseconds = ranks <= processors ? TieringMillisecondsAlone : Math.Clamp(TieringMilliseconds * ranks / (2 * processors), TieringMilliseconds, TieringMillisecondsMax);
        variables.TryAdd(TieringDelay, milliseconds.ToString("X", CultureInfo.InvariantCulture));       // the runtime reads it as hexadecimal
        variables.TryAdd(TieringDelayBound, "1");
    }

    private static Dictionary<string, string> OwnTable()
    {
        var variables = new Dictionary<string, string>();
        foreach (DictionaryEntry entry in Environment.GetEnvironmentVariables())
            if (!s_identity.Contains((string)entry.Key))
                variables[(string)entry.Key] = (string?)entry.Value ?? "";
        return variables;
    }

    private static List<string> Format(Dictionary<string, string> variables)
    {
        List<string> all = new(variables.Count);
        foreach ((string name, string value) in variables)
            all.Add($"{name}={value}");
        return all;
    }

    private static string N(int number) => number.ToString(CultureInfo.InvariantCulture);
}
