using System.Collections.Generic;
using System.Linq;

namespace Umps.Compare;

/// <summary>The figures of one contender in one row and class.</summary>
/// <param name="Median">The median over rounds of each round's median.</param>
/// <param name="Lowest">The lowest round's median.</param>
/// <param name="Highest">The highest round's median.</param>
/// <param name="Rounds">Each round's median; a round of a single batch, where others have more, is none.</param>
/// <param name="Batches">Batches.</param>
internal sealed record Cell(double Median, double Lowest, double Highest, IReadOnlyDictionary<int, double> Rounds, int Batches)
{
    /// <summary>Of these batches; null where there are none, or too few in every round.</summary>
    /// <param name="batches">The batches.</param>
    /// <param name="batchesMin">A round with fewer does not count: stray batches, between two moves of the machine, are no sample.</param>
    public static Cell? Of(IEnumerable<Batch> batches, int batchesMin)
    {
        var rounds = batches.GroupBy(b => b.Round).Where(round => round.Count() >= batchesMin).Select(round => (round.Key, Values: round.Select(b => b.Value).Order().ToArray())).ToArray();
        if (rounds.Length == 0)
            return null;
        Dictionary<int, double> medians = rounds.ToDictionary(round => round.Key, round => Spread.MedianOf(round.Values));
        return new Cell(Spread.MedianOf(medians.Values.Order().ToArray()), medians.Values.Min(), medians.Values.Max(), medians, rounds.Sum(round => round.Values.Length));
    }
}
