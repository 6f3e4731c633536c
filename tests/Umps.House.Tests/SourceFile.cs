using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using Umps.Testing;

namespace Umps.Tests;

/// <summary>A C# file of the repository: its text, and the same text with comments and strings blanked, so that rules see code only.</summary>
internal sealed partial class SourceFile
{
    private SourceFile(string path)
    {
        Path = path;
        Text = File.ReadAllText(System.IO.Path.Combine(Repository.Root, path));
        Code = Blank(Text);
    }

    /// <summary>Relative to the repository, with slashes.</summary>
    public string Path { get; }

    /// <summary>As it is.</summary>
    public string Text { get; }

    /// <summary>As long as <see cref="Text"/>, line for line, without what stands in comments and strings.</summary>
    public string Code { get; }

    /// <summary>Types declared at the top level: name, and whether public.</summary>
    public IEnumerable<(string Name, bool IsPublic, int Line)> Types =>
        TypeDeclaration().Matches(Code).Select(m => (m.Groups["name"].Value, m.Value.Contains("public ", StringComparison.Ordinal), LineOf(m.Index)));

    /// <summary>Every C# file under the folder, without what a build made.</summary>
    public static IReadOnlyList<SourceFile> Under(string folder)
    {
        string full = System.IO.Path.Combine(Repository.Root, folder);
        return !Directory.Exists(full) ? [] : [.. Directory.EnumerateFiles(full, "*.cs", SearchOption.AllDirectories)
            .Select(path => System.IO.Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'))
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(path => new SourceFile(path))];
    }

    /// <summary>A file made of a text, for the tests of the rules themselves.</summary>
    public static string BlankForTest(string text) => Blank(text);

    /// <summary>The number of the line that holds this character.</summary>
    public int LineOf(int index) => 1 + Text.AsSpan(0, index).Count('\n');

    /// <summary>Places in the code that match.</summary>
    public IEnumerable<Finding> Find(Regex what, string why, string instead) =>
        what.Matches(Code).Select(m => new Finding(Path, LineOf(m.Index), $"`{m.Value.Trim()}`", why, instead));

    /// <summary>Whether the code names the identifier.</summary>
    public bool Names(string identifier)
    {
        for (int at = 0; (at = Code.IndexOf(identifier, at, StringComparison.Ordinal)) >= 0; at += identifier.Length)
            if ((at == 0 || !IsPart(Code[at - 1])) && (at + identifier.Length == Code.Length || !IsPart(Code[at + identifier.Length])))
                return true;
        return false;
    }

    /// <inheritdoc/>
    public override string ToString() => Path;

    private static bool IsPart(char c) => char.IsLetterOrDigit(c) || c == '_';

    private static string Blank(string text)
    {
        var code = new StringBuilder(text);
        for (int i = 0; i < text.Length;)
        {
            int end = EndOfBlank(text, i);
            for (int j = i; j < end; j++)
                if (text[j] != '\n')
                    code[j] = ' ';
            i = Math.Max(end, i + 1);
        }

        return code.ToString();
    }

    /// <summary>The end of the comment, string or character that begins here; the place itself when none does.</summary>
    private static int EndOfBlank(string text, int at)
    {
        ReadOnlySpan<char> rest = text.AsSpan(at);
        if (rest.StartsWith("//"))
            return To(text, "\n", at, 0);
        if (rest.StartsWith("/*"))
            return To(text, "*/", at + 2, 2);
        if (rest.StartsWith("'"))
            return EndOfQuoted(text, at, '\'');
        int prefix = 0;
        while (prefix < rest.Length && rest[prefix] is '$' or '@')
            prefix++;
        if (prefix >= rest.Length || rest[prefix] != '"')
            return at;
        int quotes = prefix;
        while (quotes < rest.Length && rest[quotes] == '"')
            quotes++;
        int count = quotes - prefix;
        if (count >= 3)
            return To(text, new string('"', count), at + quotes, count);
        if (count == 2)
            return at + quotes;
        return rest[..prefix].Contains('@') ? EndOfVerbatim(text, at + prefix) : EndOfQuoted(text, at + prefix, '"');
    }

    private static int To(string text, string what, int from, int beyond)
    {
        int at = text.IndexOf(what, from, StringComparison.Ordinal);
        return at < 0 ? text.Length : at + beyond;
    }

    private static int EndOfQuoted(string text, int at, char quote)
    {
        for (int i = at + 1; i < text.Length && text[i] != '\n'; i++)
        {
            if (text[i] == '\\')
                i++;
            else if (text[i] == quote)
                return i + 1;
        }

        return at + 1;
    }

    private static int EndOfVerbatim(string text, int at)
    {
        for (int i = at + 1; i < text.Length; i++)
        {
            if (text[i] != '"')
                continue;
            if (i + 1 < text.Length && text[i + 1] == '"')
                i++;
            else
                return i + 1;
        }

        return text.Length;
    }

    [GeneratedRegex(@"^(?:(?:public|internal|file|static|sealed|abstract|partial|readonly|ref|unsafe)\s+)*(?:class|struct|record struct|record class|record|interface|enum|delegate\s+[\w<>\[\], ?*]+)\s+(?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex TypeDeclaration();
}
