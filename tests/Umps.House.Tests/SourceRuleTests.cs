using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Umps.Testing;
using Xunit;

namespace Umps.Tests;

/// <summary>What stands where: rules over the text of the sources.</summary>
public sealed partial class SourceRuleTests
{
    private const string Interop = "src/Umps.Transport/Interop/";

    private static readonly IReadOnlyList<SourceFile> s_src = SourceFile.Under("src");
    private static readonly IReadOnlyList<SourceFile> s_all =
        [.. s_src, .. SourceFile.Under("samples"), .. SourceFile.Under("tests"), .. SourceFile.Under("benchmarks")];

    [Fact]
    public void Sources_AreThere() => Assert.True(s_src.Count > 50, $"only {s_src.Count} files under src: the rules would pass over nothing");

    [Fact]
    public void NativeImports_StandInInteropOnly() => Finding.AssertNone(
        s_all.Where(file => !file.Path.StartsWith(Interop, StringComparison.Ordinal)).SelectMany(file => file.Find(
            Imports(), $"native imports stand in {Interop} only, each signature once", "Add a wrapper there and call it")));

    [Fact]
    public void NativeImports_ArePrivateWithAWrapper() => Finding.AssertNone(
        s_src.Where(file => file.Path.StartsWith(Interop, StringComparison.Ordinal)).SelectMany(file => file.Find(
            OpenImports(), "an import is private, and its wrapper speaks C#", "Make it private and wrap it: refs and spans in, an errno out")));

    [Fact]
    public void UnsafeCode_StaysInTransportAndBuffers() => Finding.AssertNone(
        s_src.Concat(SourceFile.Under("samples"))
            .Where(file => !file.Path.StartsWith("src/Umps.Transport/", StringComparison.Ordinal) && !file.Path.StartsWith("src/Umps.Comm/Buffers/", StringComparison.Ordinal))
            .SelectMany(file => file.Find(
                UnsafeCode(), "unsafe code stays in Umps.Transport and Umps.Comm/Buffers", "Give the buffer layer (SpanBytes, PinnedBuffer) what is missing and call that")));

    [Fact]
    public void PublicTypes_OneAFileOfItsName() => Finding.AssertNone(
        from file in s_src
        let types = file.Types.Where(type => type.IsPublic).ToList()
        from finding in types.Skip(1).Select(type => new Finding(file.Path, type.Line, $"public type {type.Name} beside {types[0].Name}", "one public type a file", $"Move it to {type.Name}.cs"))
            .Concat(types.Take(1).Where(type => FirstPart(file.Path) != type.Name).Select(type =>
                new Finding(file.Path, type.Line, $"public type {type.Name}", "a file bears the name of its public type", $"Rename the file or the type")))
        select finding);

    [Fact]
    public void Files_AreUsed() => Finding.AssertNone(
        from file in s_src
        let types = file.Types.Select(type => type.Name).ToList()
        where types.Count > 0 && !types.Any(type => s_all.Any(other => other != file && FirstPart(other.Path) != FirstPart(file.Path) && other.Names(type)) || IsExtensionHost(file))
        select new Finding(file.Path, 1, $"{string.Join(", ", types)} is named by no other file", "code that nothing uses is not kept", "Use it or remove it"));

    [Fact]
    public void Text_HasNothingUnfinished() => Finding.AssertNone(
        from file in s_src.Concat(SourceFile.Under("samples"))
        from Match match in Unfinished().Matches(file.Text)
        select new Finding(file.Path, file.LineOf(match.Index), $"`{match.Value}`", "nothing unfinished is kept in the sources", "Finish it, or write down what is missing in the README's list"));

    [Fact]
    public void Exceptions_AreNotSwallowed() => Finding.AssertNone(
        from file in s_all.Where(file => !file.Path.StartsWith("tests/", StringComparison.Ordinal))
        from Match match in EmptyCatch().Matches(file.Code)
        where file.Text.AsSpan(match.Index, match.Length).IndexOf("//", StringComparison.Ordinal) < 0
        select new Finding(file.Path, file.LineOf(match.Index), "an empty catch", "an error that vanishes costs days", "Handle it, or say in a comment why nothing is to be done"));

    [Fact]
    public void Waits_AreNotByTheClock() => Finding.AssertNone(
        s_src.SelectMany(file => file.Find(ClockWaits(), "every wait goes through semi-polling or a kernel object", "Wait on what happens, with a bound")));

    [Fact]
    public void Regions_AreNotUsed() => Finding.AssertNone(
        s_all.SelectMany(file => file.Find(Regions(), "a file that needs regions has several purposes", "Make it several files")));

    [Fact]
    public void Namespaces_HideNoType() => Finding.AssertNone(
        s_all.SelectMany(file => file.Find(HidingNamespaces(), "a namespace Umps.Comm, Umps.Mpi or a class Umps hides what programs name", "Use the namespaces of docs/architecture.md")));

    [Fact]
    public void Projects_AreAllInTheSolution()
    {
        string solution = File.ReadAllText(Path.Combine(Repository.Root, "Umps.Mpi.sln")).Replace('\\', '/');

        Finding.AssertNone(
            from path in Directory.EnumerateFiles(Repository.Root, "*.csproj", SearchOption.AllDirectories)
            let relative = Path.GetRelativePath(Repository.Root, path)
            where !relative.Contains("/obj/", StringComparison.Ordinal) && !relative.Contains("/bin/", StringComparison.Ordinal) && !relative.StartsWith("artifacts/", StringComparison.Ordinal)
            where !solution.Contains($"\"{relative}\"", StringComparison.Ordinal)
            select new Finding(relative, 0, "a project outside Umps.Mpi.sln", "`dotnet test` and the CI build the solution", $"Run dotnet sln add {relative}"));
    }

    [Fact]
    public void Blanking_HidesCommentsAndStringsOnly()
    {
        string code = SourceFile.BlankForTest("a /* unsafe */ b // fixed\nvar s = \"un\\\"safe\" + @\"x\"\"unsafe\" + $\"\"\"\nunsafe \" x\n\"\"\" + 'u'; unsafe {");

        Assert.Equal("a b\nvar s = + + \n\n + ; unsafe {", Regex.Replace(code, " +", " ").Replace(" \n", "\n", StringComparison.Ordinal).Replace("+\n", "+ \n", StringComparison.Ordinal));
    }

    private static string FirstPart(string path) => Path.GetFileName(path).Split('.')[0];

    // An extension method is called by its own name, not by its class's.
    private static bool IsExtensionHost(SourceFile file) =>
        Extensions().Matches(file.Code).Any(match => s_all.Any(other => other != file && other.Names(match.Groups["name"].Value)));

    [GeneratedRegex(@"\[\s*(?:DllImport|LibraryImport)\b")]
    private static partial Regex Imports();

    [GeneratedRegex(@"\b(?:public|internal|protected)\s+static\s+(?:unsafe\s+)?partial\s+[\w*<>]+\s+\w+\s*\([^;{]*\)\s*;")]
    private static partial Regex OpenImports();

    [GeneratedRegex(@"\bunsafe\b|\bfixed\s*\(|\bUnsafe\.|\bMemoryMarshal\b|\bstackalloc\s+\w+\s*\*")]
    private static partial Regex UnsafeCode();

    [GeneratedRegex(@"\b(?:TODO|FIXME|HACK|XXX)\b|\bNotImplementedException\b")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"\bcatch\s*(?:\([^)]*\)\s*)?(?:when\s*\([^{]*\)\s*)?\{\s*\}")]
    private static partial Regex EmptyCatch();

    [GeneratedRegex(@"\bThread\s*\.\s*Sleep\b")]
    private static partial Regex ClockWaits();

    [GeneratedRegex(@"^\s*#(?:end)?region\b", RegexOptions.Multiline)]
    private static partial Regex Regions();

    [GeneratedRegex(@"^namespace\s+Umps\.(?:Comm|Mpi)\b|\b(?:class|struct|record|enum|interface)\s+Umps\b", RegexOptions.Multiline)]
    private static partial Regex HidingNamespaces();

    [GeneratedRegex(@"\bstatic\s+[\w<>\[\], ?]+\s(?<name>\w+)(?:<[^>(]*>)?\(\s*this\b")]
    private static partial Regex Extensions();
}
