using System;
using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Linq;

namespace Umps.Launcher;

/// <summary>umpsrun's options: their names, their help, and what a command line says.</summary>
internal sealed class CommandLine
{
    private readonly Option<string> _ranks = new("-n") { HelpName = "N", Description = "Ranks. Default: all slots of the hosts, or as many as this node has cores" };
    private readonly Option<string> _hostfile = new("--hostfile") { HelpName = "FILE", Description = "Nodes, one a line: node slots=4, node:4, user@node, # comment" };
    private readonly Option<string> _host = new("--host") { HelpName = "A,B:4", Description = "Nodes and their slots (1 if not said): user@node, [::1]:2 for IPv6" };
    private readonly Option<string> _transport = new("--transport") { HelpName = "LIST", Description = "Of shm and tcp, in order of preference. Default: shm,tcp" };
    private readonly Option<string> _bindTo = new("--bind-to") { HelpName = "core|none", Description = "Bind each rank to a core, round robin. Default: none" };
    private readonly Option<string> _mapBy = new("--map-by") { HelpName = "slot|node", Description = "Fill node after node, or go round them. Default: slot" };
    private readonly Option<string[]> _variable = new("-x") { HelpName = "VAR[=V]", Description = "Set a variable for the ranks, or pass on umpsrun's own; may be repeated" };
    private readonly Option<string> _workingFolder = new("--wdir") { HelpName = "FOLDER", Description = "Working folder of the ranks" };
    private readonly Option<bool> _tagOutput = new("--tag-output") { Description = "Put [rank] before each line of output" };
    private readonly Option<string> _timeout = new("--timeout") { HelpName = "SECONDS", Description = $"End the job after this time, with exit code {ExitCode.TimedOut}" };
    private readonly Option<string> _remotePath = new("--remote-path") { HelpName = "PATH", Description = "umpsrun on the other nodes. Default: the path it has here" };
    private readonly Option<bool> _showConfig = new("--show-config") { Description = "Print each option of the ranks, and where its value came from" };
    private readonly Option<bool> _help = new("--help", "-h") { Description = "Show this" };
    private readonly Option<bool> _version = new("--version") { Description = "Show the version" };

    // Not "umpsrun": the library drops a first argument whose last path segment is the command's name, as in --remote-path=/opt/umpsrun.
    private readonly Command _command = new("umpsrun-options");
    private readonly ArgumentSplitter _splitter;

    /// <summary>Makes the options.</summary>
    public CommandLine()
    {
        foreach (Option option in (Option[])[_ranks, _hostfile, _host, _transport, _bindTo, _mapBy, _variable, _workingFolder, _tagOutput, _timeout, _remotePath, _showConfig, _help, _version])
            _command.Options.Add(option);
        _splitter = new ArgumentSplitter(
            from option in _command.Options
            from name in option.Aliases.Prepend(option.Name)
            select new KeyValuePair<string, bool>(name, option.ValueType != typeof(bool)));
    }

    /// <summary>What --help shows.</summary>
    public string Help => HelpText.Of(_command);

    /// <summary>Reads a command line.</summary>
    /// <returns>What it says; or null, and in <paramref name="show"/> the text that was asked for.</returns>
    /// <exception cref="LauncherException">UMPS3001 to UMPS3011.</exception>
    public LaunchOptions? Parse(IReadOnlyList<string> arguments, out string show)
    {
        (IReadOnlyList<string> head, IReadOnlyList<string> command) = _splitter.Split(arguments);
        // No response files: a value may begin with @.
        ParseResult result = _command.Parse(head, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        show = result.GetValue(_help) ? Help : result.GetValue(_version) ? $"umpsrun {typeof(CommandLine).Assembly.GetName().Version?.ToString(3)}" : "";
        if (show.Length > 0)
            return null;
        if (result.Errors.Count > 0)
            throw new LauncherException(ErrorId.BadArgument, $"{result.Errors[0].Message} See umpsrun --help.");
        if (command.Count == 0 || command[0].Length == 0)
            throw new LauncherException(ErrorId.NoProgram, "no program is named. Write umpsrun -n 4 PROGRAM ARGUMENTS…; umpsrun --help tells the rest.");

        var options = new LaunchOptions
        {
            Ranks = Get(result, _ranks) is { } ranks ? OptionValues.Ranks(ranks) : null,
            Hostfile = Get(result, _hostfile),
            Hosts = Get(result, _host),
            Agents = Get(result, _transport) is { } agents ? OptionValues.Agents(agents) : [],
            BindToCore = Get(result, _bindTo) is { } bindTo && OptionValues.Choice("--bind-to", bindTo, "core", "none") == 0,
            MapByNode = Get(result, _mapBy) is { } mapBy && OptionValues.Choice("--map-by", mapBy, "slot", "node") == 1,
            Variables = [.. (result.GetValue(_variable) ?? []).Select(OptionValues.Variable)],
            WorkingFolder = Get(result, _workingFolder),
            TagOutput = result.GetValue(_tagOutput),
            Timeout = Get(result, _timeout) is { } timeout ? OptionValues.Timeout(timeout) : null,
            RemotePath = Get(result, _remotePath),
            ShowConfig = result.GetValue(_showConfig),
            Program = command[0],
            Arguments = [.. command.Skip(1)],
        };
        if (options.Hostfile is not null && options.Hosts is not null)
            throw new LauncherException(ErrorId.OptionsClash, "--hostfile and --host both say which nodes there are. Use one of them.");
        return options;
    }

    /// <summary>The value of an option that has one at most; an empty one is none.</summary>
    private static string? Get(ParseResult result, Option<string> option)
    {
        string? value = result.GetValue(option);
        return value is { Length: 0 }
            ? throw new LauncherException(ErrorId.BadArgument, $"{option.Name} has an empty value. Write {option.Name} {option.HelpName}, or leave it out.")
            : value;
    }
}
