using System;
using Umps.Launcher;
using Umps.Transport.Interop;
using Xunit;

namespace Umps.Tests;

/// <summary>Who has told its state, who is waited for, and what is said of the others.</summary>
public sealed class StateReportTests
{
    private readonly RankState[] _ranks =
    [
        new(0, new PlannedNode(0, "localhost", null, IsLocal: true)) { Pid = 10, HasJoined = true },
        new(1, new PlannedNode(1, "far", null, IsLocal: false)) { Pid = 11, HasJoined = true },
        new(2, new PlannedNode(1, "far", null, IsLocal: false)) { Pid = 12 },
    ];

    [Fact]
    public void Hear_AllThatHaveJoined_IsComplete()
    {
        var report = new StateReport(_ranks);
        Assert.True(report.Begin());
        Assert.False(report.Begin());

        Assert.False(report.Hear(1, isLast: false, "one"));
        Assert.False(report.Hear(0, isLast: true, "the last of zero"));
        Assert.True(report.Hear(0, isLast: false, "zero"));

        string[] lines = report.Take()!.Split('\n');
        Assert.Equal(
            ["state of each rank now:", $"rank 0 of 3 ({Environment.MachineName}, pid 10): zero", "rank 1 of 3 (far, pid 11): one", "rank 2 of 3 (far, pid 12): it has not joined"],
            lines);
        Assert.Null(report.Take());
    }

    [Fact]
    public void End_OfWhoHasNotAnswered_Completes()
    {
        var report = new StateReport(_ranks);
        report.Begin();
        report.Hear(0, isLast: false, "zero");
        Assert.False(report.IsComplete);

        _ranks[1].End = new ProcessEnd(0, 9);

        Assert.True(report.IsComplete);
        Assert.Contains("pid 11): it has ended", report.Take(), StringComparison.Ordinal);
    }

    [Fact]
    public void AtEnd_NamesWhoToldNothing()
    {
        var report = new StateReport(_ranks);
        report.Hear(0, isLast: true, "zero");

        string text = report.AtEnd();

        Assert.Contains("pid 10): zero", text, StringComparison.Ordinal);
        Assert.Contains("pid 11): it ended without telling", text, StringComparison.Ordinal);
        Assert.Contains("pid 12): it has not joined", text, StringComparison.Ordinal);
    }
}
