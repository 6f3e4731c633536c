using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Umps.Testing;
using Xunit;

namespace Umps.Tests;

/// <summary>Documentation against the tree: what a page names must be there.</summary>
public sealed partial class DocumentTests
{
    [Fact]
    public void Links_LeadSomewhere() => Finding.AssertNone(
        from page in Pages()
        from Match match in Link().Matches(page.Text)
        let target = match.Groups["to"].Value.Split('#')[0]
        where target.Length > 0 && !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal)
        where !Path.Exists(Path.Combine(Repository.Root, Path.GetDirectoryName(page.Path)!, target))
        select new Finding(page.Path, page.LineOf(match.Index), $"link to {target}", "there is no such file", "Correct the link"));

    [Fact]
    public void Paths_NamedInDocumentation_Exist() => Finding.AssertNone(
        from page in Pages()
        where !page.Path.StartsWith("docs/decisions/", StringComparison.Ordinal) && page.Path != "CHANGELOG.md"     // they tell of their time
        from Match match in TreePath().Matches(page.Text)
        where !Path.Exists(Path.Combine(Repository.Root, match.Value.TrimEnd('/', '.')))
        select new Finding(page.Path, page.LineOf(match.Index), match.Value, "there is no such file or folder", "Correct the path"));

    [Fact]
    public void Samples_AreNamedInTheReadme()
    {
        string readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
        string[] samples = [.. Directory.EnumerateDirectories(Path.Combine(Repository.Root, "samples")).Select(path => Path.GetFileName(path)!)];

        Assert.NotEmpty(samples);
        Finding.AssertNone(samples.Where(sample => !readme.Contains(sample, StringComparison.Ordinal)).Select(sample =>
            new Finding("README.md", 0, $"samples/{sample} is not named", "a newcomer finds the samples there", "Name it, with a word on what it shows")));
    }

    [Fact]
    public void Decisions_AreNumberedOnce()
    {
        string[] numbers = [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs/decisions"), "*.md").Select(path => Path.GetFileName(path)[..4])];

        Assert.NotEmpty(numbers);
        Assert.Equal(numbers.Order(), numbers.Distinct().Order());
    }

    private static IEnumerable<(string Path, string Text, Func<int, int> LineOf)> Pages() =>
        from path in Directory.EnumerateFiles(Repository.Root, "*.md", SearchOption.AllDirectories)
        let relative = Path.GetRelativePath(Repository.Root, path)
        where !relative.Contains("/bin/", StringComparison.Ordinal) && !relative.Contains("/obj/", StringComparison.Ordinal) && !relative.StartsWith("artifacts/", StringComparison.Ordinal)
        let text = File.ReadAllText(path)
        select (relative, text, (Func<int, int>)(index => 1 + text.AsSpan(0, index).Count('\n')));

    [GeneratedRegex(@"\]\((?<to>[^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"(?<![\w/.~-])(?:src|tests|samples|docs|benchmarks)/[A-Za-z][\w./-]*\w(?!\w*[…*{<])")]
    private static partial Regex TreePath();
}
