using System.Globalization;
using Umps.Compare;

namespace Umps.Paper;

/// <summary>Figures as words.</summary>
internal static class Words
{
    /// <summary>Three digits or so.</summary>
    public static string Text(double value) => value switch
    {
        >= 10_000 or <= -10_000 => value.ToString("n0", CultureInfo.InvariantCulture),
        >= 100 => value.ToString("f0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("f1", CultureInfo.InvariantCulture),
        0 => "0",
        _ => value.ToString(value >= 1 ? "f2" : "0.####", CultureInfo.InvariantCulture),
    };

    /// <summary>The same; a dash where there is none.</summary>
    public static string Text(double? value) => value is { } known ? Text(known) : "–";

    /// <summary>Median, and the range where there is one.</summary>
    public static string Cell(Spread? spread) => spread is null ? "–" : spread.Rounds.Count == 1 ? Text(spread.Median) : $"{Text(spread.Median)} ({Text(spread.Low)}–{Text(spread.High)})";

    /// <summary>A size of messages.</summary>
    public static string Size(double bytes) => bytes == 1500 ? "full frame" : string.Create(CultureInfo.InvariantCulture, $"{bytes:0} B");

    /// <summary>A verdict in a table.</summary>
    public static string Of(Verdict verdict) => verdict switch { Verdict.Reached => "yes", Verdict.NotReached => "**no**", Verdict.Open => "open", _ => "–" };
}
