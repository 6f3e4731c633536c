using System;
using System.Collections.Generic;
using System.Linq;
using static Umps.Paper.Words;

namespace Umps.Paper;

/// <summary>Tables and what stands around them.</summary>
internal sealed partial class Page
{
    private void Head(string title) => output.WriteLine($"\n## {title}");

    private void Paragraph(string text) => output.WriteLine($"\n{text}");

    private void Picture(string section, string measure)
    {
        if (plots.FirstOrDefault(plot => plot.EndsWith($"-{section}-{measure}.svg", StringComparison.Ordinal)) is { } plot)
            output.WriteLine($"\n![{section}, {measure}]({folder}{plot})");
    }

    /// <summary>A line a place, a column a series.</summary>
    private void Table(string section, string measure, string unit, string place, Func<double, string> name)
    {
        IReadOnlyList<string> series = samples.SeriesOf(section, measure);
        if (series.Count == 0)
            return;
        Header($"{place}; {unit}", series);
        foreach (double x in samples.PlacesOf(section).Where(x => series.Any(one => samples.Of(section, one, x, measure) is not null)))
            output.WriteLine($"| {name(x)} | {string.Join(" | ", series.Select(one => Cell(samples.Of(section, one, x, measure))))} |");
    }

    private void Ratios(string unit, Func<double, IEnumerable<double?>> figures, IReadOnlyList<double> places)
    {
        Header($"offered, a second; {unit}", samples.SeriesOf(EvaluationPlan.Load, "rate"));
        foreach (double x in places)
            output.WriteLine($"| {Text(x)} | {string.Join(" | ", figures(x).Select(Text))} |");
    }

    private void Header(string first, IReadOnlyList<string> series)
    {
        output.WriteLine($"\n| {first.TrimStart(';', ' ')} | {string.Join(" | ", series)} |");
        output.WriteLine($"|---|{string.Concat(series.Select(_ => "---|"))}");
    }

    private static double? Division(double? a, double? b) => a is { } x && b is { } y and not 0 ? x / y : null;
}
