using System.Collections.Generic;
using System.Linq;
using System.Net;
using Umps.Launcher;
using Xunit;

namespace Umps.Tests;

/// <summary>--host, and which of the nodes is this one.</summary>
public sealed class HostListTests
{
    [Fact]
    public void Parse_List_InItsOrder() =>
        Assert.Equal([new("a", null, 1, null), new("b", null, 4, null), new("::1", "me", 2, null)], HostList.Parse("a, b:4,me@[::1]:2"));

    [Fact]
    public void Parse_ANodeAgain_AddsItsSlots() => Assert.Equal([new("a", null, 4, null), new("b", null, 1, null)], HostList.Parse("a,b,a:3"));

    [Theory]
    [InlineData("")]
    [InlineData("a,,b")]
    [InlineData("a b")]
    [InlineData("a:0")]
    [InlineData("a:99999")]
    [InlineData("::1")]
    [InlineData("-l")]
    [InlineData("x@-l")]
    public void Parse_Wrong_IsAnError(string text) => Assert.Equal(3022, Assert.Throws<LauncherException>(() => HostList.Parse(text)).ErrorId);

    [Theory]
    [InlineData("localhost", null, true)]
    [InlineData("127.0.0.1", null, true)]
    [InlineData("127.1.2.3", null, true)]
    [InlineData("::1", null, true)]
    [InlineData("here", null, true)]
    [InlineData("HERE", null, true)]
    [InlineData("10.0.0.1", null, true)]
    [InlineData("fe80::1", null, true)]
    [InlineData("10.0.0.2", null, false)]
    [InlineData("there", null, false)]
    [InlineData("here.example.org", null, false)]
    [InlineData("localhost", "me", true)]
    [InlineData("localhost", "other", false)]
    public void Is_ThisNode_ByWhatItsNamespaceKnows(string host, string? user, bool isLocal)
    {
        var local = new LocalHost("here", () => "me", () => [IPAddress.Parse("10.0.0.1"), IPAddress.Parse("fe80::1%2")]);

        Assert.Equal(isLocal, local.Is(new HostEntry(host, user, 1, null)));
    }

    [Fact]
    public void Is_Names_AskNoInterface()
    {
        bool asked = false;
        var local = new LocalHost("here", () => "me", () => { asked = true; return new List<IPAddress>(); });

        bool[] answers = [.. ((string[])["here", "there", "127.0.0.1"]).Select(host => local.Is(new HostEntry(host, null, 1, null)))];

        Assert.Equal([true, false, true], answers);
        Assert.False(asked);
    }
}
