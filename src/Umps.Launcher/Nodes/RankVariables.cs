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

    /// <summary>The runtime waits ten times as long where it sees one processor, as a rank does that is bound to a core: its hot methods would run in their first form for two seconds.</summary>
    private const string OneProcessorFactor = "DOTNET_TC_DelaySingleProcMultiplier";

    private const string TieringDelay = "DOTNET_TC_CallCountingDelayMs";
    private const int TieringMilliseconds = 100, TieringMillisecondsMax = 2000;

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
        if (orders.BindToCore)
            variables.TryAdd(OneProcessorFactor, "1");
        DelayTiering(variables, orders.Ranks.Count);
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

    /// <summary>Where ranks share processors, starting takes so much longer, and so does the time after which the runtime begins to compile again what has been called often.</summary>
    /// <remarks>Its 100 ms are meant to let a program start first. Of many ranks on few processors each would be still starting then, and would compile beside the others' start: a tenth of it.</remarks>
    private static void DelayTiering(Dictionary<string, string> variables, int ranks)
    {
        int milliseconds = TieringMilliseconds * ranks / (2 * Math.Max(1, Environment.ProcessorCount));
        if (milliseconds > TieringMilliseconds && !variables.ContainsKey(TieringDelay))
            variables[TieringDelay] = Math.Min(milliseconds, TieringMillisecondsMax).ToString("X", CultureInfo.InvariantCulture);       // the runtime reads it as hexadecimal
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
