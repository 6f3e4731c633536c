using System;
using System.Collections.Generic;

namespace Umps.Launcher;

/// <summary>umpsrun's options: their names, their help, and what a command line says.</summary>
internal sealed class CommandLine
{
    /// <summary>The option that asks for <see cref="Doctor"/>, alone.</summary>
    public const string DoctorName = "--doctor";

    private const string Ranks = "-n", Hostfile = "--hostfile", Host = "--host", Transport = "--transport", BindTo = "--bind-to", MapBy = "--map-by", Variable = "-x",
        WorkingFolder = "--wdir", TagOutput = "--tag-output", Timeout = "--timeout", RemotePath = "--remote-path", ShowConfig = "--show-config", ShowState = "--show-state", RealTime = "--rt", HelpName = "--help", VersionName = "--version";

    private static readonly KnownOption[] s_options =
    [
        new(Ranks, "N", "Ranks. Default: all slots of the hosts, or as many as this node has cores"),
        new(Hostfile, "FILE", "Nodes, one a line: node slots=4, node:4, user@node, # comment"),
        new(Host, "A,B:4", "Nodes and their slots (1 if not said): user@node, [::1]:2 for IPv6"),
        new(Transport, "LIST", "Of shm, tcp, udp, packet, xdp, in order of preference. Default: shm,tcp"),
        new(BindTo, "core|none", "Bind each rank to a core, round robin. Default: none"),
        new(MapBy, "slot|node", "Fill node after node, or go round them. Default: slot"),
        new(Variable, "VAR[=V]", "Set a variable for the ranks, or pass on umpsrun's own; may be repeated", Repeats: true),
        new(WorkingFolder, "FOLDER", "Working folder of the ranks"),
        new(TagOutput, null, "Put [rank] before each line of output"),
        new(Timeout, "SECONDS", $"End the job after this time, with exit code {ExitCode.TimedOut}"),
        new(RemotePath, "PATH", "umpsrun on the other nodes. Default: the path it has here"),
        new(ShowConfig, null, "Print each option of the ranks, and where its value came from"),
        new(RealTime, null, "Real-time ranks: SCHED_FIFO, locked memory, a core each, no concurrent GC"),
        new(ShowState, null, "Print each rank's counters at the end, and when umpsrun gets SIGUSR1"),
        new(DoctorName, null, "Tell what this machine can do, and what each missing piece would need"),
        new(HelpName, null, "Show this", Alias: "-h"),
        new(VersionName, null, "Show the version"),
    ];

    private readonly ArgumentSplitter _splitter = new(s_options);

    /// <summary>What --help shows.</summary>
    public static string Help => new FullParser(s_options).Help;

    /// <summary>Reads a command line.</summary>
    /// <returns>What it says; or null, and in <paramref name="show"/> the text that was asked for.</returns>
    /// <exception cref="LauncherException">UMPS3001 to UMPS3011.</exception>
    public LaunchOptions? Parse(IReadOnlyList<string> arguments, out string show)
    {
        (IReadOnlyList<string> head, IReadOnlyList<string> command) = _splitter.Split(arguments);
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        List<string> variables = [];
        Read(head, given, variables);
        show = given.ContainsKey(HelpName) || given.ContainsKey("-h") ? Help : given.ContainsKey(VersionName) ? $"umpsrun {typeof(CommandLine).Assembly.GetName().Version?.ToString(3)}" : "";
        if (show.Length > 0)
            return null;
        if (given.ContainsKey(DoctorName))
            throw new LauncherException(ErrorId.OptionsClash, "--doctor stands alone: it looks at this node, and starts nothing. Write umpsrun --doctor.");
        if (command.Count == 0 || command[0].Length == 0)
            throw new LauncherException(ErrorId.NoProgram, "no program is named. Write umpsrun -n 4 PROGRAM ARGUMENTS…; umpsrun --help tells the rest.");

        var options = new LaunchOptions
        {
            Ranks = Get(given, Ranks) is { } ranks ? OptionValues.Ranks(ranks) : null,
            Hostfile = Get(given, Hostfile),
            Hosts = Get(given, Host),
            Agents = Get(given, Transport) is { } agents ? OptionValues.Agents(agents) : [],
            BindToCore = Get(given, BindTo) is { } bindTo && OptionValues.Choice(BindTo, bindTo, "core", "none") == 0,
            MapByNode = Get(given, MapBy) is { } mapBy && OptionValues.Choice(MapBy, mapBy, "slot", "node") == 1,
            Variables = variables.Count == 0 ? [] : variables.ConvertAll(OptionValues.Variable),
            WorkingFolder = Get(given, WorkingFolder),
            TagOutput = given.ContainsKey(TagOutput),
            Timeout = Get(given, Timeout) is { } timeout ? OptionValues.Timeout(timeout) : null,
            RemotePath = Get(given, RemotePath),
            ShowConfig = given.ContainsKey(ShowConfig),
            ShowState = given.ContainsKey(ShowState),
            RealTime = given.ContainsKey(RealTime),
            Program = command[0],
            Arguments = Tail(command),
        };
        if (options.Hostfile is not null && options.Hosts is not null)
            throw new LauncherException(ErrorId.OptionsClash, "--hostfile and --host both say which nodes there are. Use one of them.");
        return options;
    }

    /// <summary>Sorts the options that the splitter has found. What is given twice, and has one value, is System.CommandLine's to refuse.</summary>
    private static void Read(IReadOnlyList<string> head, Dictionary<string, string> given, List<string> variables)
    {
        foreach (string word in head)
        {
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? word : word[..equals];
            if (name == Variable)
                variables.Add(word[(equals + 1)..]);
            else if (!given.TryAdd(name, word[(equals + 1)..]) && equals >= 0)
                throw new LauncherException(ErrorId.BadArgument, $"{new FullParser(s_options).FindError(head) ?? $"{name} is given twice."} See umpsrun --help.");
        }
    }

    /// <summary>The value of an option that has one at most; an empty one is none.</summary>
    private static string? Get(Dictionary<string, string> given, string name) =>
        !given.TryGetValue(name, out string? value) ? null
        : value.Length > 0 ? value
        : throw new LauncherException(ErrorId.BadArgument, $"{name} has an empty value. Write {name} {Array.Find(s_options, option => option.Name == name)!.Value}, or leave it out.");

    private static string[] Tail(IReadOnlyList<string> command)
    {
        string[] arguments = new string[command.Count - 1];
        for (int i = 0; i < arguments.Length; i++)
            arguments[i] = command[i + 1];
        return arguments;
    }
}
