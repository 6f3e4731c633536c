using System;
using System.Linq;
using Umps.Launcher;
using Xunit;

namespace Umps.Tests;

/// <summary>Which rank goes where.</summary>
public sealed class PlacementTests
{
    [Theory]
    [InlineData("2,2", 1, "0")]
    [InlineData("2,2", 3, "001")]
    [InlineData("2,2", 4, "0011")]
    [InlineData("2,2", 5, "00011")]
    [InlineData("2,2", 8, "00001111")]
    [InlineData("1,3", 8, "00111111")]
    [InlineData("1,3", 6, "001111")]
    [InlineData("4", 6, "000000")]
    [InlineData("1/1,1", 3, "011")]
    [InlineData("2/3,1/2", 5, "00011")]
    public void BySlot_FillsInOrderAndGoesRoundInProportion(string slots, int ranks, string expected) =>
        Assert.Equal(expected, string.Concat(Placement.BySlot(ranks, Hosts(slots))));

    [Theory]
    [InlineData("2,2", 3, "010")]
    [InlineData("2,2", 4, "0101")]
    [InlineData("1,3", 4, "0111")]
    [InlineData("1,3", 6, "011101")]
    [InlineData("1/1,1", 3, "011")]
    public void ByNode_GoesRound(string slots, int ranks, string expected) =>
        Assert.Equal(expected, string.Concat(Placement.ByNode(ranks, Hosts(slots))));

    [Fact]
    public void AnyCount_EveryRankHasAHostWithinItsLimits()
    {
        HostEntry[] hosts = Hosts("3,1/2,5/5,2");
        foreach (Func<int, HostEntry[], int[]> place in (Func<int, HostEntry[], int[]>[])[Placement.BySlot, Placement.ByNode])
            for (int ranks = 1; ranks <= 200; ranks++)
            {
                int[] hostOfRank = place(ranks, hosts);

                Assert.Equal(ranks, hostOfRank.Length);
                Assert.True(hostOfRank.Count(h => h == 1) <= 2 && hostOfRank.Count(h => h == 2) <= 5, $"{ranks} ranks: {string.Concat(hostOfRank)}");
            }
    }

    [Fact]
    public void MoreThanMaxSlots_IsAnError()
    {
        var error = Assert.Throws<LauncherException>(() => Placement.BySlot(6, Hosts("2/3,1/2")));

        Assert.Equal(3023, error.ErrorId);
        Assert.Contains("5 at most", error.Message, StringComparison.Ordinal);
        Assert.Equal(3023, Assert.Throws<LauncherException>(() => Placement.ByNode(6, Hosts("2/3,1/2"))).ErrorId);
    }

    /// <summary>Slots of hosts, "slots/max".</summary>
    private static HostEntry[] Hosts(string slots) =>
        [.. slots.Split(',').Select((text, i) => text.Split('/') is [var some, var most] ? new HostEntry($"h{i}", null, Number(some), Number(most)) : new HostEntry($"h{i}", null, Number(text), null))];

    private static int Number(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
