using System;
using System.Collections.Generic;
using System.Linq;

namespace Umps.Launcher;

/// <summary>Finds where umpsrun's options end and the program begins: at the first word that is neither an option nor an option's value, or after "--".</summary>
/// <remarks>What follows the program's name is never looked at: <c>umpsrun -n 2 app -n 5 --help</c> hands app both.</remarks>
internal sealed class ArgumentSplitter
{
    /// <summary>Other launchers' names for what we have: mpirun's and mpiexec's users type them without thinking. Null: accepted, and means nothing here.</summary>
    private static readonly Dictionary<string, string?> s_synonyms = new(StringComparer.Ordinal)
    {
        ["-np"] = "-n",
        ["--np"] = "-n",
        ["-c"] = "-n",
        ["-hostfile"] = "--hostfile",
        ["-machinefile"] = "--hostfile",
        ["--machinefile"] = "--hostfile",
        ["-f"] = "--hostfile",
        ["-host"] = "--host",
        ["-H"] = "--host",
        ["-hosts"] = "--host",
        ["--hosts"] = "--host",
        ["-wdir"] = "--wdir",
        ["-wd"] = "--wdir",
        ["--wd"] = "--wdir",
        ["-tag-output"] = "--tag-output",
        ["-timeout"] = "--timeout",
        ["-bind-to"] = "--bind-to",
        ["-map-by"] = "--map-by",
        ["-?"] = "--help",
        ["-help"] = "--help",
        ["-V"] = "--version",
        // More ranks than slots is normal here, and nobody asks who you are.
        ["--oversubscribe"] = null,
        ["-oversubscribe"] = null,
        ["--allow-run-as-root"] = null,
        ["-allow-run-as-root"] = null,
    };

    private readonly Dictionary<string, KnownOption> _known = new(StringComparer.Ordinal);

    /// <summary>Knows these options.</summary>
    public ArgumentSplitter(KnownOption[] options)
    {
        foreach (KnownOption option in options)
        {
            _known.Add(option.Name, option);
            if (option.Alias is not null)
                _known.Add(option.Alias, option);
        }
    }

    /// <summary>Splits; options come out as <c>name</c> or <c>name=value</c>, by their own names.</summary>
    /// <exception cref="LauncherException">UMPS3002, UMPS3003.</exception>
    public (IReadOnlyList<string> Options, IReadOnlyList<string> Command) Split(IReadOnlyList<string> arguments)
    {
        List<string> options = [];
        int i = 0;
        for (; i < arguments.Count; i++)
        {
            string word = arguments[i];
            if (word == "--")
            {
                i++;
                break;
            }

            // A single dash is a file name by custom; it is no program either, and the resolver says so.
            if (!word.StartsWith('-') || word == "-")
                break;
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            string typed = equals < 0 ? word : word[..equals];
            string? name = s_synonyms.TryGetValue(typed, out string? synonym) ? synonym : typed;
            if (name is null)
                continue;
            if (!_known.TryGetValue(name, out KnownOption? option))
                throw Unknown(typed);
            bool takesValue = option.Value is not null;
            if (!takesValue && equals >= 0)
                throw new LauncherException(ErrorId.BadArgument, $"{typed} takes no value, and was given \"{word[(equals + 1)..]}\". Write {typed} alone.");
            if (takesValue && equals < 0 && i + 1 == arguments.Count)
                throw new LauncherException(ErrorId.BadArgument, $"{typed} needs a value, and the command line ends there. See umpsrun --help.");
            options.Add(!takesValue ? name : equals >= 0 ? name + word[equals..] : $"{name}={arguments[++i]}");
        }

        List<string> command = [];
        for (; i < arguments.Count; i++)
            command.Add(arguments[i]);
        return (options, command);
    }

    private LauncherException Unknown(string typed)
    {
        string? meant = Spelling.Nearest(typed, _known.Keys.Concat(s_synonyms.Keys));
        return new LauncherException(ErrorId.UnknownOption,
            $"there is no option {typed}{(meant is null ? "" : $"; did you mean {meant}?")} umpsrun --help lists them; the program's own options come after its name.");
    }
}
