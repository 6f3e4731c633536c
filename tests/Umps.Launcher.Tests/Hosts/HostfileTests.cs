using System;
using System.Collections.Generic;
using System.IO;
using Umps.Launcher;
using Xunit;

namespace Umps.Tests;

/// <summary>Hostfiles, good and bad.</summary>
public sealed class HostfileTests
{
    [Theory]
    [InlineData("node1", "node1", null, 1, null)]
    [InlineData("node1 slots=4", "node1", null, 4, null)]
    [InlineData("node1 slots=4 max_slots=8", "node1", null, 4, 8)]
    [InlineData("node1 max-slots=8 slots=4", "node1", null, 4, 8)]
    [InlineData("node1 max_slots=8", "node1", null, 1, 8)]
    [InlineData("node1\tslots = 4  # four", "node1", null, 4, null)]
    [InlineData("  node1:3  \r", "node1", null, 3, null)]
    [InlineData("me@node1.example.org:3", "node1.example.org", "me", 3, null)]
    [InlineData("node1 slots=2 user=me", "node1", "me", 2, null)]
    [InlineData("10.0.0.1 slots=2", "10.0.0.1", null, 2, null)]
    [InlineData("[fe80::1]:2", "fe80::1", null, 2, null)]
    [InlineData("me@[::1] slots=2", "::1", "me", 2, null)]
    [InlineData("# nothing\n\n   \nnode1#x", "node1", null, 1, null)]
    [InlineData("\uFEFFnode1", "node1", null, 1, null)]
    public void Parse_ALine_IsThisNode(string text, string host, string? user, int slots, int? slotsMax) =>
        Assert.Equal([new HostEntry(host, user, slots, slotsMax)], Hostfile.Parse(text, "nodes"));

    [Fact]
    public void Parse_ANodeAgain_AddsItsSlots()
    {
        IReadOnlyList<HostEntry> hosts = Hostfile.Parse("a slots=2\nb\nA slots=3 max_slots=6\nme@a\n", "nodes");

        Assert.Equal([new("a", null, 5, 8), new("b", null, 1, null), new("a", "me", 1, null)], hosts);
    }

    [Theory]
    [InlineData("node1 slots=x", 1, 13, "\"x\" is no number of slots")]
    [InlineData("node1 slots=", 1, 13, "\"\" is no number of slots")]
    [InlineData("node1 slots=0", 1, 13, "from 1 to 4096")]
    [InlineData("a\n\n  node1 slots 4", 3, 9, "\"slots\" stands alone")]
    [InlineData("node1 node2", 1, 7, "has its own line")]
    [InlineData("node1 slost=4", 1, 7, "did you mean slots?")]
    [InlineData("node1 gpus=4", 1, 7, "\"gpus\" is not known")]
    [InlineData("node1 =4", 1, 7, "is not known")]
    [InlineData("node1:4 slots=4", 1, 9, "twice")]
    [InlineData("node1 slots=4 slots=4", 1, 15, "twice")]
    [InlineData("node1 slots=4 max_slots=2", 1, 25, "less than the slots")]
    [InlineData("a\nnode1:x", 2, 7, "\"x\" is no number of slots")]
    [InlineData("node1:", 1, 7, "is no number of slots")]
    [InlineData("fe80::1", 1, 1, "[fe80::1]")]
    [InlineData("[fe80::1 slots=2", 1, 1, "no IPv6 address in its brackets")]
    [InlineData("[10.0.0.1]", 1, 1, "no IPv6 address in its brackets")]
    [InlineData("[::1]4", 1, 6, "after the bracket")]
    [InlineData("me@", 1, 4, "name of a node is missing")]
    [InlineData("@node", 1, 1, "no user name")]
    [InlineData("-oProxyCommand=x", 1, 1, "no '-' first")]
    [InlineData("node1 user=-l", 1, 12, "no user name")]
    [InlineData("node/1", 1, 1, "no name or address")]
    public void Parse_Wrong_SaysWhere(string text, int line, int column, string what)
    {
        var error = Assert.Throws<LauncherException>(() => Hostfile.Parse(text, "nodes"));

        Assert.Equal(3021, error.ErrorId);
        Assert.Contains($" nodes:{line}:{column}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# node1\n\n")]
    public void Parse_NoNode_IsAnError(string text) => Assert.Equal(3020, Assert.Throws<LauncherException>(() => Hostfile.Parse(text, "nodes")).ErrorId);

    [Fact]
    public void Read_NoFile_IsAnError()
    {
        Assert.Contains("no such file", Assert.Throws<LauncherException>(() => Hostfile.Read("/nonexistent/nodes")).Message, StringComparison.Ordinal);
        Assert.Contains("is a folder", Assert.Throws<LauncherException>(() => Hostfile.Read("/")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TheExample_IsAHostfile() => Assert.NotEmpty(Hostfile.Read(Path.Combine(Testing.Repository.Root, "hostfile.example")));
}
