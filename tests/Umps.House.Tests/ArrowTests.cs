using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Umps.Testing;
using Xunit;

namespace Umps.Tests;

/// <summary>The arrows between projects and between folders of docs/architecture.md.</summary>
public sealed class ArrowTests
{
    /// <summary>A folder, and the folders whose types its code must not name. "." is the project's own folder.</summary>
    private static readonly (string Folder, string[] MustNotName, string Why)[] s_arrows =
    [
        ("src/Umps.Transport/Interop", [".", "Agents", "Rings", "Polling", "Pool"], "Interop wraps the kernel and knows nothing above it"),
        ("src/Umps.Transport/Rings", ["Agents", "Polling"], "Agents → Rings, Polling, Pool → Interop"),
        ("src/Umps.Transport/Polling", ["Agents"], "Agents → Rings, Polling, Pool → Interop"),
        ("src/Umps.Transport/Pool", ["Agents", "Polling"], "Agents → Rings, Polling, Pool → Interop"),
        ("src/Umps.Comm/Matching", ["Protocols", "Collectives", "Topologies", "Hosting"], "matching knows envelopes; it knows no protocol and no agent"),
        ("src/Umps.Comm/Progress", ["Collectives", "Topologies", "Hosting"], "progress is below the collectives"),
        ("src/Umps.Comm/Protocols", ["Collectives", "Topologies", "Hosting"], "protocols are below the collectives"),
        ("src/Umps.Comm/Collectives", ["Protocols", "Matching", "Progress", "Hosting"], "a collective sends and receives by Comm's internal calls; it knows no protocol"),
        ("src/Umps.Comm/Topologies", ["Protocols", "Matching", "Progress", "Hosting"], "a topology is ranks and coordinates; it knows no protocol"),
        ("src/Umps.Comm/Buffers", ["Protocols", "Matching", "Progress", "Collectives", "Hosting"], "the buffer layer is below everything else of Comm"),
    ];

    [Fact]
    public void Folders_NameOnlyWhatIsBelowThem() => Finding.AssertNone(
        from arrow in s_arrows
        from file in SourceFile.Under(arrow.Folder)
        from forbidden in arrow.MustNotName
        from type in TypesOf(ProjectOf(arrow.Folder), forbidden)
        where file.Names(type)
        select new Finding(file.Path, LineNaming(file, type), $"names {type} of {(forbidden == "." ? ProjectOf(arrow.Folder) : forbidden)}", arrow.Why, "See docs/architecture.md, Layers"));

    [Fact]
    public void Agents_AreKnownToTransportAlone() => Finding.AssertNone(
        from file in SourceFile.Under("src/Umps.Comm").Concat(SourceFile.Under("src/Umps.Launcher"))
        from type in TypesOf("src/Umps.Transport", "Agents")
        where file.Names(type)
        select new Finding(file.Path, LineNaming(file, type), $"names the agent type {type}", "Comm knows endpoints, no NIC", "Ask Endpoint"));

    [Fact]
    public void Transport_KnowsNoRankAndNoTag() => Finding.AssertNone(
        from file in SourceFile.Under("src/Umps.Transport")
        from word in (string[])["Communicator", "AnySource", "AnyTag", "MpiException", "MpiOptions"]
        where file.Names(word)
        select new Finding(file.Path, LineNaming(file, word), $"names {word}", "the transport knows endpoints and units, no rank and no tag", "Keep it in Umps.Comm"));

    [Theory]
    [InlineData("Umps.WireUp")]
    [InlineData("Umps.Transport")]
    [InlineData("Umps.Comm", "Umps.Transport", "Umps.WireUp")]
    [InlineData("umpsrun", "Umps.Transport", "Umps.WireUp")]
    public void Assemblies_ReferenceOnlyTheLayersBelow(string assembly, params string[] allowed)
    {
        string[] ours = ["Umps.WireUp", "Umps.Transport", "Umps.Comm", "umpsrun"];

        string[] referenced = [.. System.Reflection.Assembly.LoadFrom(Path.Combine(AppContext.BaseDirectory, assembly + ".dll"))
            .GetReferencedAssemblies().Select(name => name.Name!).Where(ours.Contains)];

        Assert.Empty(referenced.Except(allowed));
    }

    private static string ProjectOf(string folder) => string.Join('/', folder.Split('/').Take(2));

    private static IEnumerable<string> TypesOf(string project, string folder) =>
        SourceFile.Under(folder == "." ? project : $"{project}/{folder}")
            .Where(file => folder != "." || file.Path.Count(c => c == '/') == 2)
            .SelectMany(file => file.Types.Select(type => type.Name))
            .Distinct();

    private static int LineNaming(SourceFile file, string type) => file.LineOf(Math.Max(0, file.Code.IndexOf(type, StringComparison.Ordinal)));
}
