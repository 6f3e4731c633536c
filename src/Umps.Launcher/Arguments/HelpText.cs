using System;
using System.CommandLine;
using System.Linq;
using System.Text;

namespace Umps.Launcher;

/// <summary>The text of --help: made from the options, and short enough for a terminal of 24 lines by 100 columns (a test holds it to that).</summary>
/// <remarks>System.CommandLine's own help does not know of the program and its arguments, and is twice as long.</remarks>
internal static class HelpText
{
    /// <summary>Help on a command's options.</summary>
    public static string Of(Command command)
    {
        var text = new StringBuilder();
        text.Append(
            """
            umpsrun [options] PROGRAM [arguments…]    starts PROGRAM as the ranks of a parallel job

            PROGRAM: a project (folder or .csproj: built, then started), an app.cs, a .dll, or an executable.
            What comes after it is its own.


            """.ReplaceLineEndings("\n"));
        (string Left, string Right)[] rows = [.. command.Options.Select(option => (Left(option), option.Description ?? ""))];
        int width = rows.Max(row => row.Left.Length);
        foreach ((string left, string right) in rows)
            text.Append("  ").Append(left.PadRight(width)).Append("  ").Append(right).Append('\n');
        return text.Append("\nExample: umpsrun -n 8 --tag-output samples/Hello        Hosts, exit codes: docs/launcher.md").ToString();
    }

    private static string Left(Option option) =>
        string.Join(", ", option.Aliases.Append(option.Name).OrderBy(name => name.Length)) + (option.HelpName is { } value ? $" {value}" : "");
}
