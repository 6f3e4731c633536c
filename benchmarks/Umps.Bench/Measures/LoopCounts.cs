namespace Umps.Bench;

/// <summary>Iterations and warm-up of an OSU micro-benchmark, for messages up to 8 KiB and for larger ones.</summary>
/// <param name="Small">Iterations up to 8 KiB.</param>
/// <param name="SmallWarm">Warm-up up to 8 KiB.</param>
/// <param name="Large">Iterations above.</param>
/// <param name="LargeWarm">Warm-up above.</param>
internal sealed record LoopCounts(int Small, int SmallWarm, int Large, int LargeWarm)
{
    private const int LargeBytes = 8192;

    /// <summary>Of osu_latency and osu_multi_lat.</summary>
    public static readonly LoopCounts Latency = new(10_000, 100, 1000, 10);

    /// <summary>Of osu_bw, osu_bibw and osu_mbw_mr.</summary>
    public static readonly LoopCounts Bandwidth = new(100, 10, 20, 2);

    /// <summary>Of the collectives.</summary>
    public static readonly LoopCounts Collective = new(1000, 100, 100, 10);

    /// <summary>One call is all.</summary>
    public static readonly LoopCounts Once = new(1, 0, 1, 0);

    /// <summary>Iterations at a size.</summary>
    public int Iterations(int bytes) => bytes > LargeBytes ? Large : Small;

    /// <summary>Warm-up at a size.</summary>
    public int WarmUp(int bytes) => bytes > LargeBytes ? LargeWarm : SmallWarm;
}
