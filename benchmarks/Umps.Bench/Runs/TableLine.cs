namespace Umps.Bench;

/// <summary>A line of a table.</summary>
/// <param name="Bytes">Size of the message.</param>
/// <param name="Columns">The kind's columns.</param>
/// <param name="Percentiles">p50, p99 and p99.9 in microseconds; null where there are none.</param>
internal sealed record TableLine(int Bytes, double[] Columns, double[]? Percentiles);
