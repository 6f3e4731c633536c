using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;

namespace Umps.Launcher;

/// <summary>The same options as System.CommandLine knows them: for --help, and for what is wrong with a command line that cannot be read at a glance.</summary>
/// <remarks>Setting it up takes half as long as a whole umpsrun otherwise does before its ranks start; so it is made only where its texts are needed.</remarks>
internal sealed class FullParser
{
    // Not "umpsrun": the library drops a first argument whose last path segment is the command's name, as in --remote-path=/opt/umpsrun.
    private readonly Command _command = new("umpsrun-options");

    /// <summary>Makes the options.</summary>
    public FullParser(IEnumerable<KnownOption> options)
    {
        foreach (KnownOption known in options)
        {
            string[] aliases = known.Alias is null ? [] : [known.Alias];
            _command.Options.Add(known switch
            {
                { Value: null } => new Option<bool>(known.Name, aliases) { Description = known.Description },
                { Repeats: true } => new Option<string[]>(known.Name, aliases) { HelpName = known.Value, Description = known.Description },
                _ => new Option<string>(known.Name, aliases) { HelpName = known.Value, Description = known.Description },
            });
        }
    }

    /// <summary>What --help shows.</summary>
    public string Help => HelpText.Of(_command);

    /// <summary>What is wrong with the options; null when nothing is.</summary>
    public string? FindError(IReadOnlyList<string> options)
    {
        // No response files: a value may begin with @.
        ParseResult result = _command.Parse(options, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        return result.Errors.Count > 0 ? result.Errors[0].Message : null;
    }
}
