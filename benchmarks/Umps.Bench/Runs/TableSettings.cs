namespace Umps.Bench;

/// <summary>What the command line says about a measure's table; null is the kind's own.</summary>
internal sealed record TableSettings
{
    /// <summary>Smallest message.</summary>
    public int? MinBytes { get; init; }

    /// <summary>Largest message.</summary>
    public int? MaxBytes { get; init; }

    /// <summary>Iterations at every size.</summary>
    public int? Iterations { get; init; }

    /// <summary>Iterations before them.</summary>
    public int? WarmUp { get; init; }

    /// <summary>Messages under way at once.</summary>
    public int Window { get; init; } = BenchContext.OsuWindow;

    /// <summary>Seconds of running at the first size before anything counts, so that the code is compiled.</summary>
    public double SettleSeconds { get; init; } = 0.5;

    /// <summary>Buffers from <c>Comm.Allocate</c>.</summary>
    public bool Allocate { get; init; }

    /// <summary>A file that rank 0 writes the figures to.</summary>
    public string? Json { get; init; }
}
