using System;
using System.Linq;
using Umps.Compare;
using Xunit;

namespace Umps.Tests;

/// <summary>The verdicts of benchmarks/compare: the same command ought to give the same twice.</summary>
public sealed class VerdictTests
{
    private static readonly Goal s_goal = Goal.AtMost(0.8);

    [Fact]
    public void OneRoundOfSevenThatTheHostDisturbed_DecidesNothing() =>
        Assert.Equal(Verdict.Reached, Spread.Of([0.7, 0.71, 1.9, 0.69, 0.74, 0.7, 0.72])!.On(s_goal));

    [Fact]
    public void RoundsOnBothSidesOfTheGoal_AreOpen() =>
        Assert.Equal(Verdict.Open, Spread.Of([0.7, 0.85, 0.9, 0.69, 0.74, 0.7, 0.72])!.On(s_goal));

    [Fact]
    public void FewRounds_MustAllAgree()
    {
        Assert.Equal(Verdict.Open, Spread.Of([0.7, 0.85, 0.7])!.On(s_goal));
        Assert.Equal(Verdict.NotReached, Spread.Of([0.9, 0.85, 0.83])!.On(s_goal));
        Assert.Null(Spread.Of([]));
    }

    [Fact]
    public void TwoRunsOfTheSameNoise_DoNotContradict()
    {
        var random = new Random(17);
        int contradictions = 0, changes = 0;
        const int Pairs = 4000;
        for (int i = 0; i < Pairs; i++)
        {
            double truth = 0.5 + 0.6 * i / Pairs;
            Verdict first = Run(truth), second = Run(truth);
            changes += first != second ? 1 : 0;
            contradictions += first != second && first != Verdict.Open && second != Verdict.Open ? 1 : 0;
        }

        Assert.InRange(contradictions, 0, Pairs / 200);
        Assert.InRange(changes, 1, Pairs / 3);

        Verdict Run(double truth) => Spread.Of(Enumerable.Range(0, 7).Select(_ => truth * Math.Exp(0.2 * (random.NextDouble() + random.NextDouble() - 1))))!.On(s_goal);
    }

    [Fact]
    public void StrayBatches_AreNoSample()
    {
        Batch[] batches = [.. from round in Enumerable.Range(1, 3) from value in Enumerable.Range(0, round) select new Batch(round, "we", "row", LineClass.N, value)];
        Cell cell = Cell.Of(batches, batchesMin: 2)!;
        Assert.Equal([2, 3], cell.Rounds.Keys.Order());
        Assert.Null(Cell.Of(batches, batchesMin: 4));
    }
}
