using System;
using System.Globalization;
using Umps;

namespace Umps.Bench;

/// <summary>A measure at a size within <see cref="BatchRun"/>: how many loops a batch has, and what its batches gave.</summary>
internal sealed class BatchRow(string spec, BenchmarkKind kind, int bytes, Benchmark benchmark) : IDisposable
{
    private const int BatchesMin = 3, LoopsMax = 1 << 20, WarmShare = 8;

    private (double LineBefore, double Value, double LineAfter)[] _values = [];
    private int _loops = 1, _done;
    private double _seconds;

    /// <summary>Whether it is one call, neither warmed up nor calibrated.</summary>
    public bool IsSingle => kind.IsSingle;

    /// <summary>Reads NAME:BYTES or NAME@allocate:BYTES.</summary>
    /// <returns>The row; or null, and in <paramref name="problem"/> why.</returns>
    public static BatchRow? Read(string spec, BenchContext context, out string? problem)
    {
        int colon = spec.IndexOf(':', StringComparison.Ordinal);
        string label = colon < 0 ? spec : spec[..colon];
        bool allocate = label.EndsWith("@allocate", StringComparison.Ordinal);
        string name = allocate ? label[..^"@allocate".Length] : label;
        problem = null;
        if (colon < 0 || !int.TryParse(spec.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int bytes))
            problem = $"'{spec}' is not NAME:BYTES. Write latency:8, for example.";
        else if (BenchmarkCatalogue.Find(name) is not { } kind)
            problem = $"'{name}' is no measure. umpsbench --help names them.";
        else if ((problem = kind.Refuse(context.Comm.Size)) is null)
            return new BatchRow(label, kind, bytes, kind.Make(context with { Allocate = allocate }, bytes));
        return null;
    }

    /// <summary>Chooses loops such that a batch lasts so long by rank 0's clock.</summary>
    public void Calibrate(Comm comm, double seconds)
    {
        for (_loops = 1; ; _loops *= 4)
        {
            comm.Barrier();
            double start = Mpi.Wtime();
            benchmark.Measure(_loops);
            _seconds = comm.Bcast(Mpi.Wtime() - start);
            if (_seconds > seconds / 4 || _loops >= LoopsMax)
                break;
        }

        int loops = (int)Math.Clamp(_loops * seconds / _seconds, 1, LoopsMax);
        _seconds *= (double)loops / _loops;
        _loops = loops;
    }

    /// <summary>Says how many batches there will be.</summary>
    public void Plan(int passes, double secondsMax) =>
        _values = new (double, double, double)[IsSingle ? 1 : (int)Math.Clamp(secondsMax / _seconds, BatchesMin, Math.Max(BatchesMin, passes))];

    /// <summary>One unmeasured batch.</summary>
    public void WarmUp() => benchmark.Measure(_loops);

    /// <summary>One batch, unless all are done.</summary>
    public void Batch(Comm comm, LineProbe? line)
    {
        if (_done >= _values.Length)
            return;
        if (!IsSingle && _loops >= WarmShare)
            benchmark.Measure(_loops / WarmShare);      // its own buffers and code are warm again
        comm.Barrier();
        double before = line?.Nanoseconds() ?? 0;
        double value = benchmark.Measure(_loops);
        _values[_done++] = (before, value, line?.Nanoseconds() ?? 0);
    }

    /// <summary>A line a batch.</summary>
    public void Print(System.IO.TextWriter output)
    {
        foreach ((double before, double value, double after) in _values.AsSpan(0, _done))
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"batch {spec} {bytes} {before:f1} {value:g5} {after:f1}"));
    }

    /// <inheritdoc/>
    public void Dispose() => benchmark.Dispose();
}
