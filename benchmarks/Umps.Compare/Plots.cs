using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ScottPlot;
using ScottPlot.TickGenerators;

namespace Umps.Compare;

/// <summary>Log-log plots of a group over message sizes, one a class, with the peers.</summary>
internal static class Plots
{
    private static readonly int[] s_steps = [1, 2, 5];

    private const int PointsMin = 4, Width = 760, Height = 460;

    /// <summary>Writes FOLDER/STEM-GROUP-CLASS.svg for every group and class with enough sizes.</summary>
    /// <returns>The files' names and what they show.</returns>
    public static IReadOnlyList<(string File, string Title)> Write(IReadOnlyList<Outcome> outcomes, IReadOnlyList<Contender> contenders, string folder, string stem)
    {
        List<(string, string)> written = [];
        foreach (var panel in outcomes.Where(o => o.Row.Bytes > 0).GroupBy(o => (o.Group, o.Class, o.Row.Measure)))
        {
            Outcome[] rows = [.. panel.OrderBy(o => o.Row.Bytes)];
            if (rows.Length < PointsMin || rows.Count(o => o.Ours is not null) < PointsMin)
                continue;
            string title = $"{panel.Key.Group.Title}, class {panel.Key.Class}", file = $"{stem}-{panel.Key.Group.Name}-{panel.Key.Class}.svg";
            Draw(rows, contenders, title).SaveSvg(Path.Combine(folder, file), Width, Height);
            written.Add((file, title));
        }

        return written;
    }

    private static Plot Draw(Outcome[] rows, IReadOnlyList<Contender> contenders, string title)
    {
        var plot = new Plot();
        foreach (Contender contender in contenders)
        {
            Outcome[] points = [.. rows.Where(o => o.Cells.ContainsKey(contender.Name))];
            if (points.Length == 0)
                continue;
            var line = plot.Add.Scatter(points.Select(o => Math.Log2(o.Row.Bytes)).ToArray(), points.Select(o => Math.Log10(o.Cells[contender.Name].Median)).ToArray());
            line.LegendText = contender.Name;
            line.LineWidth = contender.IsOurs ? 3 : 1.5f;
            line.MarkerSize = contender.IsOurs ? 8 : 6;
        }

        plot.Title(title, 13);
        plot.XLabel("bytes of a message");
        plot.YLabel(rows[0].Row.Unit);
        plot.Axes.Bottom.TickGenerator = new NumericManual([.. rows.Select(o => new Tick(Math.Log2(o.Row.Bytes), MarkdownTables.Size(o.Row.Bytes)))]);
        plot.Axes.Bottom.TickLabelStyle.FontSize = 10;
        double[] figures = [.. rows.SelectMany(o => o.Cells.Values).Select(cell => Math.Log10(cell.Median))];
        plot.Axes.Left.TickGenerator = new NumericManual(
            [.. from decade in Enumerable.Range(-3, 10)
                from step in s_steps
                let value = step * Math.Pow(10, decade)
                where Math.Log10(value) >= figures.Min() - 0.4 && Math.Log10(value) <= figures.Max() + 0.4
                select new Tick(Math.Log10(value), value >= 1000 ? value.ToString("n0", System.Globalization.CultureInfo.InvariantCulture) : value.ToString("0.###", System.Globalization.CultureInfo.InvariantCulture))]);
        plot.ShowLegend(Alignment.UpperLeft);
        return plot;
    }
}
