using System;
using System.Globalization;
using System.Linq;
using System.Text;
using Umps;

namespace Umps.Bench;

/// <summary>Prints figures in the columns of the OSU micro-benchmarks: lines that begin with #, then a size 10 wide and figures 18 wide.</summary>
/// <remarks>Columns of ours come after OSU's, so that scripts that read OSU's output find theirs where they look.</remarks>
internal sealed class OsuTable(BenchmarkKind kind, Comm comm, TableSettings settings)
{
    private const int SizeWidth = -10, FieldWidth = 18;

    private bool _hasHead;

    /// <summary>Prints a line, the head before the first.</summary>
    public void Write(TableLine line)
    {
        if (!_hasHead)
            WriteHead(line.Percentiles is not null);
        _hasHead = true;
        var text = new StringBuilder();
        if (!kind.IsSizeless)
            text.Append(CultureInfo.InvariantCulture, $"{line.Bytes,SizeWidth}");
        for (int i = 0; i < line.Columns.Length; i++)
            Append(text, line.Columns[i], kind.Headings[i] == "Iterations" ? 0 : kind.Precision);
        foreach (double percentile in line.Percentiles ?? [])
            Append(text, percentile, kind.Precision);
        Console.Out.WriteLine(text);
    }

    private static void Append(StringBuilder text, double value, int precision) =>
        text.Append(value.ToString($"f{precision}", CultureInfo.InvariantCulture).PadLeft(FieldWidth));

    private void WriteHead(bool hasPercentiles)
    {
        Console.Out.WriteLine($"# Umps.Mpi {kind.Title} Test v{typeof(Mpi).Assembly.GetName().Version?.ToString(3)}");
        if (!BuildNote.IsRelease)
            Console.Out.WriteLine("# This is a Debug build: its times say nothing. Build with -c Release.");
        if (kind.Name == "mbw_mr")
            Console.Out.WriteLine($"# [ pairs: {comm.Size / 2} ] [ window size: {settings.Window} ]");
        string[] headings = [.. kind.Headings, .. hasPercentiles ? ["P50 (us)", "P99 (us)", "P99.9 (us)"] : Array.Empty<string>()];
        string first = kind.IsSizeless ? "# " + headings[0] : $"{"# Size",SizeWidth}{headings[0],FieldWidth}";
        Console.Out.WriteLine(first + string.Concat(headings.Skip(1).Select(heading => heading.PadLeft(FieldWidth))));
    }
}
