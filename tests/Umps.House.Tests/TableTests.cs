using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Umps.Testing;
using Xunit;

namespace Umps.Tests;

/// <summary>Tables in the documentation against what they describe.</summary>
public sealed partial class TableTests
{
    [Fact]
    public void ErrorsPage_ListsEveryId()
    {
        Dictionary<int, (string Name, SourceFile File, int Line)> inCode = [];
        foreach (SourceFile file in SourceFile.Under("src").Where(file => file.Path.EndsWith("Errors/ErrorId.cs", StringComparison.Ordinal)))
            foreach (Match match in ErrorConstant().Matches(file.Code))
                inCode.Add(int.Parse(match.Groups["id"].Value, CultureInfo.InvariantCulture), (match.Groups["name"].Value, file, file.LineOf(match.Index)));
        Dictionary<int, int> onPage = [];
        foreach ((string[] cells, int line) in Rows("docs/errors.md"))
            if (cells.Length >= 4 && int.TryParse(cells[0], NumberStyles.None, CultureInfo.InvariantCulture, out int id))
                Assert.True(onPage.TryAdd(id, line), $"docs/errors.md:{line}: UMPS{id} stands there twice");

        Assert.True(inCode.Count > 20, "no ErrorId.cs was read");
        Finding.AssertNone(
        [
            .. inCode.Where(e => !onPage.ContainsKey(e.Key)).Select(e => new Finding(
                e.Value.File.Path, e.Value.Line, $"UMPS{e.Key} {e.Value.Name} has no row in docs/errors.md", "a user looks the number up there", "Add the row: id, class, what it says, cause and remedy")),
            .. onPage.Where(row => !inCode.ContainsKey(row.Key)).Select(row => new Finding(
                "docs/errors.md", row.Value, $"UMPS{row.Key}", "no ErrorId.cs has it", "Remove the row")),
        ]);
    }

    [Fact]
    public void ErrorIds_AreUsedAndOfTheirLayer()
    {
        IReadOnlyList<SourceFile> src = SourceFile.Under("src");
        (string Project, int First)[] layers = [("src/Umps.Transport/", 1000), ("src/Umps.WireUp/", 1000), ("src/Umps.Comm/", 2000), ("src/Umps.Launcher/", 3000)];

        Finding.AssertNone(
            from file in src.Where(file => file.Path.EndsWith("Errors/ErrorId.cs", StringComparison.Ordinal))
            from Match match in ErrorConstant().Matches(file.Code)
            let id = int.Parse(match.Groups["id"].Value, CultureInfo.InvariantCulture)
            let first = layers.First(layer => file.Path.StartsWith(layer.Project, StringComparison.Ordinal)).First
            // Text, not Code: an id mostly stands inside an interpolated message.
            let used = src.Any(other => other != file && other.Text.Contains($"ErrorId.{match.Groups["name"].Value}", StringComparison.Ordinal))
            where !used || id < first || id >= first + 1000
            select new Finding(file.Path, file.LineOf(match.Index), $"{match.Groups["name"].Value} = {id}",
                used ? $"the ids of this layer are {first} to {first + 999}" : "nothing throws it", used ? "Give it a number of the layer" : "Use it or remove it, row and all"));
    }

    [Fact]
    public void DependenciesPage_ListsEveryPackage()
    {
        var versions = XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props")).Descendants("PackageVersion")
            .ToDictionary(e => (string)e.Attribute("Include")!, e => (string)e.Attribute("Version")!);
        var rows = Rows("docs/dependencies.md").Where(row => row.Cells.Length >= 4 && versions.Keys.Concat([row.Cells[0]]).Contains(row.Cells[0]) && row.Cells[0] is not ("package" or "---"))
            .ToDictionary(row => row.Cells[0], row => (Version: row.Cells[1], row.Line));

        Finding.AssertNone(
        [
            .. versions.Where(v => !rows.TryGetValue(v.Key, out var row) || row.Version != v.Value).Select(v => new Finding(
                "Directory.Packages.props", 0, $"{v.Key} {v.Value}", "no such row in docs/dependencies.md", "Add it with the reason for the package")),
            .. versions.Where(v => v.Value.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-'))).Select(v => new Finding(
                "Directory.Packages.props", 0, $"{v.Key} {v.Value}", "versions are exact", "Name one version")),
            .. rows.Where(row => !versions.ContainsKey(row.Key)).Select(row => new Finding(
                "docs/dependencies.md", row.Value.Line, row.Key, "Directory.Packages.props does not have it", "Remove the row")),
        ]);
    }

    [Fact]
    public void Packages_AreAllUsed()
    {
        HashSet<string> used = [];
        foreach (string pattern in (string[])["*.csproj", "*.props"])
            foreach (string path in Directory.EnumerateFiles(Repository.Root, pattern, SearchOption.AllDirectories))
                if (!path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal) && Path.GetFileName(path) != "Directory.Packages.props")
                    used.UnionWith(XDocument.Load(path).Descendants("PackageReference").Select(e => (string)e.Attribute("Include")! ?? ""));

        Finding.AssertNone(
            from package in XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props")).Descendants("PackageVersion")
            where !used.Contains((string)package.Attribute("Include")!)
            select new Finding("Directory.Packages.props", 0, (string)package.Attribute("Include")!, "no project references it", "Remove it, and its row in docs/dependencies.md"));
    }

    private static IEnumerable<(string[] Cells, int Line)> Rows(string page)
    {
        string[] lines = File.ReadAllLines(Path.Combine(Repository.Root, page));
        for (int i = 0; i < lines.Length; i++)
            if (lines[i].StartsWith('|'))
                yield return ([.. lines[i].Trim('|', ' ').Split(" | ").Select(cell => cell.Trim('|', ' '))], i + 1);
    }

    [GeneratedRegex(@"\bconst\s+int\s+(?<name>\w+)\s*=\s*(?<id>\d+)\s*;")]
    private static partial Regex ErrorConstant();
}
