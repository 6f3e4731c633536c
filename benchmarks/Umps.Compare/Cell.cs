using System.Collections.Generic;
using System.Linq;

namespace Umps.Compare;

/// <summary>The figures of one contender in one row and class.</summary>
/// <param name="Median">The median over rounds of each round's median.</param>
/// <param name="Lowest">The lowest round's median.</param>
/// <param name="Highest">The highest round's median.</param>
/// <param name="Rounds">Rounds that have batches here.</param>
/// <param name="Batches">Batches.</param>
internal sealed record Cell(double Median, double Lowest, double Highest, int Rounds, int Batches)
{
    /// <summary>Of these batches; null where there are none.</summary>
    public static Cell? Of(IReadOnlyCollection<Batch> batches)
    {
        double[] medians = [.. batches.GroupBy(b => b.Round).Select(round => MedianOf([.. round.Select(b => b.Value)]))];
        return medians.Length == 0 ? null : new Cell(MedianOf(medians), medians.Min(), medians.Max(), medians.Length, batches.Count);
    }

    private static double MedianOf(double[] values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
