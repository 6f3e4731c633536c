using Umps.Launcher;
using Xunit;

namespace Umps.Tests;

/// <summary>Distances between words.</summary>
public sealed class SpellingTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("slots", "slots", 0)]
    [InlineData("slot", "slots", 1)]
    [InlineData("slosts", "slots", 1)]
    [InlineData("slost", "slots", 1)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("", "abc", 3)]
    public void Distance_CountsSteps(string from, string to, int distance)
    {
        Assert.Equal(distance, Spelling.Distance(from, to));
        Assert.Equal(distance, Spelling.Distance(to, from));
    }

    [Fact]
    public void Nearest_NoCandidates_IsNull() => Assert.Null(Spelling.Nearest("x", []));
}
