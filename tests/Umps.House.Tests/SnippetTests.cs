using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Umps.Testing;
using Xunit;

namespace Umps.Tests;

/// <summary>The C# in README, docs and XML examples compiles against the library as it is.</summary>
/// <remarks>
/// Each snippet becomes a method of its own in one project: its usings move up, its types move out. Snippets that are no whole programs may
/// use what a reader would have at hand: the names of <see cref="AtHand"/>.
/// </remarks>
public sealed partial class SnippetTests
{
    private const string AtHand = """
        using Microsoft.Extensions.Configuration;
        using Microsoft.Extensions.DependencyInjection;
        using Umps;
        using Umps.Transport;

        internal record Order(string Item, int Count);

        internal static class AtHand
        {
            public static Comm comm = null!;
            public static Mpi mpi = null!;
            public static UserAgent agent = null!;
            public static string[] args = [];
            public static IConfiguration configuration = null!;
            public static IServiceCollection services = null!;
            public static double[] halo = [], ghost = [], edge = [], field = [], data = [], values = [], send = [], recv = [];
            public static double local, value;
            public static int left, right, root, color, next, previous;
            public static Order order = null!;
            public static CancellationToken token;
        }
        """;

    private sealed record Snippet(string Where, string Code);

    [Fact]
    public void Snippets_Compile()
    {
        List<Snippet> snippets = [.. PageSnippets(), .. ExampleSnippets()];
        Assert.NotEmpty(snippets);
        string folder = Directory.CreateTempSubdirectory("umps-snippets-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "Snippets.csproj"), $"""
                <Project Sdk="Microsoft.NET.Sdk">
                  <PropertyGroup>
                    <TargetFramework>net10.0</TargetFramework>
                    <Nullable>enable</Nullable>
                    <ImplicitUsings>enable</ImplicitUsings>
                    <AllowUnsafeBlocks>true</AllowUnsafeBlocks>
                    <NoWarn>$(NoWarn);CS0219;CS0168;CS1998;CS8321;CS0162;CS0649;CS0169;CS8618;CS1591</NoWarn>
                  </PropertyGroup>
                  <ItemGroup>
                    <ProjectReference Include="{Repository.Root}/src/Umps.Comm/Umps.Comm.csproj" />
                  </ItemGroup>
                </Project>
                """);
            File.WriteAllText(Path.Combine(folder, "AtHand.cs"), AtHand);
            for (int i = 0; i < snippets.Count; i++)
                File.WriteAllText(Path.Combine(folder, $"Snippet{i}.cs"), Wrap(snippets[i], i));

            (int code, string output) = Shell.TryRun(
                [Repository.Dotnet, "build", "-v", "q", "--nologo", "-c", Repository.Configuration, "-nodeReuse:false", "-p:UseSharedCompilation=false"], secondsMax: 240, folder: folder);

            Assert.True(code == 0, string.Join('\n', output.Split('\n').Where(line => line.Contains("error", StringComparison.Ordinal)).Distinct().Take(20).Select(line => Place(line, snippets))));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>The compiler's line, with where the snippet stands.</summary>
    private static string Place(string error, List<Snippet> snippets) =>
        SnippetFile().Match(error) is { Success: true } match
            ? $"{snippets[int.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture)].Where}: {error.Split("error ")[^1].Split(" [")[0]}. Correct the snippet, or add the name to SnippetTests.AtHand."
            : error;

    private static IEnumerable<Snippet> PageSnippets() =>
        from path in Directory.EnumerateFiles(Repository.Root, "*.md", SearchOption.AllDirectories)
        let relative = Path.GetRelativePath(Repository.Root, path)
        where relative == "README.md" || relative.StartsWith("docs/", StringComparison.Ordinal) && !relative.StartsWith("docs/decisions/", StringComparison.Ordinal)
            || relative.StartsWith("src/", StringComparison.Ordinal) && !relative.Contains("/bin/", StringComparison.Ordinal) && !relative.Contains("/obj/", StringComparison.Ordinal)
        let text = File.ReadAllText(path)
        from Match match in Fence().Matches(text)
        select new Snippet($"{relative}:{1 + text.AsSpan(0, match.Index).Count('\n') + 1}", match.Groups["code"].Value);

    private static IEnumerable<Snippet> ExampleSnippets() =>
        from assembly in (System.Reflection.Assembly[])[typeof(Comm).Assembly, typeof(Transport.Endpoint).Assembly]
        from member in XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member")
        from code in member.Elements("example").Elements("code")
        select new Snippet((string)member.Attribute("name")!, code.Value);

    private static string Wrap(Snippet snippet, int number)
    {
        var usings = new StringBuilder("using System.Diagnostics;\nusing Microsoft.Extensions.Configuration;\nusing Microsoft.Extensions.DependencyInjection;\nusing Microsoft.Extensions.Logging;\nusing MessagePack;\nusing Umps;\n");
        var types = new StringBuilder();
        var body = new StringBuilder();
        bool inType = false;
        foreach (string line in snippet.Code.Split('\n'))
        {
            string trimmed = line.TrimEnd();
            if (UsingLine().IsMatch(trimmed))
            {
                if (!usings.ToString().Contains(trimmed.Trim(), StringComparison.Ordinal))
                    usings.Append(trimmed.Trim()).Append('\n');
                continue;
            }

            if (trimmed.StartsWith("#:", StringComparison.Ordinal) || trimmed.StartsWith("#!", StringComparison.Ordinal))
                continue;
            inType |= TypeLine().IsMatch(trimmed);
            (inType ? types : body).Append(line).Append('\n');
        }

        string result = ReturnLine().IsMatch(snippet.Code) ? "Task<int>" : "Task";
        return $"// {snippet.Where}\n{usings}using static AtHand;\n\nnamespace Snippet{number}\n{{\n{types}\n"
            + $"internal static class Program{number}\n{{\npublic static async {result} Run()\n{{\n{body}\n}}\n}}\n}}\n";
    }

    [GeneratedRegex(@"^```(?:csharp|cs)\s*\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"Snippet(?<number>\d+)\.cs")]
    private static partial Regex SnippetFile();

    [GeneratedRegex(@"^return\s+[^;\s]", RegexOptions.Multiline)]
    private static partial Regex ReturnLine();

    [GeneratedRegex(@"^\s*using\s+(?:static\s+)?[A-Z][\w.]*\s*;|^\s*using\s+\w+\s*=\s*[\w.<>]+;")]
    private static partial Regex UsingLine();

    [GeneratedRegex(@"^(?:\[\w.*\]\s*)?(?:(?:public|internal|sealed|static|file|abstract|partial|readonly)\s+)*(?:class|record|struct|interface|enum)\s+\w|^\[MessagePackObject")]
    private static partial Regex TypeLine();
}
