using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace Umps.Paper;

/// <summary>Log-log plots: a line a series.</summary>
internal static class Plots
{
    private const int Width = 760, Height = 440;

    private static readonly int[] s_steps = [1, 2, 5];

    /// <summary>Writes FOLDER/FILE.svg.</summary>
    /// <returns>False where there is too little to draw.</returns>
    public static bool Write(string path, string title, string xLabel, string yLabel, IReadOnlyList<(string Name, IReadOnlyList<(double X, double Y)> Points)> lines, bool hasSizes)
    {
        var drawn = lines.Select(line => (line.Name, Points: line.Points.Where(point => point.Y > 0).ToArray())).Where(line => line.Points.Length > 1).ToArray();
        if (drawn.Length == 0)
            return false;
        var plot = new Plot();
        foreach ((string name, (double X, double Y)[] points) in drawn)
        {
            var scatter = plot.Add.Scatter(points.Select(p => Math.Log10(p.X)).ToArray(), points.Select(p => Math.Log10(p.Y)).ToArray());
            scatter.LegendText = name;
            scatter.LineWidth = name.StartsWith("raw", StringComparison.Ordinal) ? 1.5f : 2.5f;
        }

        plot.Title(title, 13);
        plot.XLabel(xLabel);
        plot.YLabel(yLabel);
        plot.Axes.Bottom.TickGenerator = new NumericManual([.. drawn.SelectMany(line => line.Points).Select(p => p.X).Distinct().Select(x => new Tick(Math.Log10(x), hasSizes ? Words.Size(x) : x.ToString("n0", CultureInfo.InvariantCulture)))]);
        plot.Axes.Bottom.TickLabelStyle.FontSize = 10;
        double[] figures = [.. drawn.SelectMany(line => line.Points).Select(p => Math.Log10(p.Y))];
        plot.Axes.Left.TickGenerator = new NumericManual(
            [.. from decade in Enumerable.Range(-3, 11)
                from step in s_steps
                let value = step * Math.Pow(10, decade)
                where Math.Log10(value) >= figures.Min() - 0.3 && Math.Log10(value) <= figures.Max() + 0.3
                select new Tick(Math.Log10(value), Words.Text(value))]);
        plot.ShowLegend(Alignment.UpperLeft);
        plot.SaveSvg(path, Width, Height);
        return true;
    }
}
