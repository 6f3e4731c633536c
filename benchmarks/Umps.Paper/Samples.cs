using System.Collections.Generic;
using System.Linq;
using Umps.Compare;

namespace Umps.Paper;

/// <summary>All figures: by section, series, place and measure one a round.</summary>
internal sealed class Samples
{
    private readonly Dictionary<(string Section, string Series, double X, string Measure), SortedDictionary<int, double>> _rounds = [];

    /// <summary>Adds one.</summary>
    public void Add(string section, string series, double x, string measure, int round, double value)
    {
        if (!_rounds.TryGetValue((section, series, x, measure), out SortedDictionary<int, double>? rounds))
            _rounds[(section, series, x, measure)] = rounds = [];
        rounds[round] = value;
    }

    /// <summary>Everything, for the file.</summary>
    public IEnumerable<(string Section, string Series, double X, string Measure, IReadOnlyDictionary<int, double> Rounds)> All =>
        _rounds.Select(pair => (pair.Key.Section, pair.Key.Series, pair.Key.X, pair.Key.Measure, (IReadOnlyDictionary<int, double>)pair.Value));

    /// <summary>Series of a section, in the order they came.</summary>
    public IReadOnlyList<string> SeriesOf(string section, string measure) => [.. _rounds.Keys.Where(key => key.Section == section && key.Measure == measure).Select(key => key.Series).Distinct()];

    /// <summary>Places of a section.</summary>
    public IReadOnlyList<double> PlacesOf(string section) => [.. _rounds.Keys.Where(key => key.Section == section).Select(key => key.X).Distinct().Order()];

    /// <summary>The rounds of one figure.</summary>
    public IReadOnlyDictionary<int, double> Rounds(string section, string series, double x, string measure) =>
        _rounds.TryGetValue((section, series, x, measure), out SortedDictionary<int, double>? rounds) ? rounds : new SortedDictionary<int, double>();

    /// <summary>Median and range of one figure.</summary>
    public Spread? Of(string section, string series, double x, string measure) => Spread.Of(Rounds(section, series, x, measure).Values);

    /// <summary>The median; null where there is none.</summary>
    public double? Median(string section, string series, double x, string measure) => Of(section, series, x, measure)?.Median;

    /// <summary>One against the best of others, formed round by round.</summary>
    /// <param name="section">Where.</param>
    /// <param name="ours">Above the line.</param>
    /// <param name="others">Below it: the one with the highest figure of the round, or the lowest.</param>
    /// <param name="x">The place.</param>
    /// <param name="measure">The figure.</param>
    /// <param name="isHigherBetter">Which of the others is the best.</param>
    public Spread? Ratio(string section, string ours, IReadOnlyList<string> others, double x, string measure, bool isHigherBetter)
    {
        List<double> ratios = [];
        foreach ((int round, double value) in Rounds(section, ours, x, measure))
        {
            double[] peers = [.. others.Select(other => Rounds(section, other, x, measure)).Where(rounds => rounds.ContainsKey(round)).Select(rounds => rounds[round])];
            if (peers.Length > 0)
                ratios.Add(value / (isHigherBetter ? peers.Max() : peers.Min()));
        }

        return Spread.Of(ratios);
    }
}
