using System;
using System.Collections.Generic;
using System.Linq;

namespace Umps.Bench;

/// <summary>Every measure by name.</summary>
internal static class BenchmarkCatalogue
{
    private static readonly string[] s_collectiveHeadings = ["Avg Latency(us)", "Min Latency(us)", "Max Latency(us)", "Iterations"];

    /// <summary>All, in the order of the help.</summary>
    public static readonly IReadOnlyList<BenchmarkKind> All =
    [
        new("latency", "Latency", RankRule.Two, ["Latency (us)"], LoopCounts.Latency, (c, bytes) => new LatencyBenchmark(c, bytes)) { MinBytes = 0 },
        new("bw", "Bandwidth", RankRule.Two, ["Bandwidth (MB/s)"], LoopCounts.Bandwidth, (c, bytes) => new BandwidthBenchmark(c, bytes, messages: false)) { HasWindow = true },
        new("rate", "Message Rate", RankRule.Two, ["Messages (M/s)"], LoopCounts.Bandwidth, (c, bytes) => new BandwidthBenchmark(c, bytes, messages: true)) { HasWindow = true },
        new("bibw", "Bi-Directional Bandwidth", RankRule.Two, ["Bandwidth (MB/s)"], LoopCounts.Bandwidth, (c, bytes) => new BidirectionalBenchmark(c, bytes)) { HasWindow = true },
        new("mbw_mr", "Multiple Bandwidth / Message Rate", RankRule.Pairs, ["MB/s", "Messages/s"], LoopCounts.Bandwidth, (c, bytes) => new MultiPairBenchmark(c, bytes)) { HasWindow = true },
        new("multi_lat", "Multi Latency", RankRule.Pairs, ["Latency (us)"], LoopCounts.Latency, (c, bytes) => new MultiLatencyBenchmark(c, bytes)) { MinBytes = 0 },
        new("loan_latency", "Loaned Block Latency", RankRule.Two, ["Latency (us)"], LoopCounts.Latency, (c, bytes) => new LoanLatencyBenchmark(c, bytes)) { HasOwnBuffers = true },
        new("loan_bw", "Loaned Block Bandwidth", RankRule.Two, ["Bandwidth (MB/s)"], LoopCounts.Bandwidth, (c, bytes) => new LoanBandwidthBenchmark(c, bytes)) { HasWindow = true, HasOwnBuffers = true, MaxBytes = 1 << 20 },
        new("object_latency", "SendObject Latency", RankRule.Two, ["Latency (us)"], LoopCounts.Latency, (c, bytes) => new ObjectLatencyBenchmark(c, bytes)) { HasOwnBuffers = true, MinBytes = 64, MaxBytes = 64 << 10 },
        new("overlap", "Overlap of a Transfer", RankRule.Two, ["Overall(us)", "Compute(us)", "Pure Comm.(us)", "Overlap(%)"], LoopCounts.Collective, (c, bytes) => new OverlapBenchmark(c, bytes)),
        new("ring", "Token Ring", RankRule.TwoOrMore, ["Hop (us)"], LoopCounts.Collective, (c, bytes) => new RingBenchmark(c, bytes)) { MaxBytes = 8192 },
        Collective("barrier", CollectiveCall.Barrier) with { IsSizeless = true, MinBytes = 0, MaxBytes = 0 },
        Collective("bcast", CollectiveCall.Bcast),
        Collective("reduce", CollectiveCall.Reduce) with { MinBytes = sizeof(double), UnitBytes = sizeof(double) },
        Collective("allreduce", CollectiveCall.Allreduce) with { MinBytes = sizeof(double), UnitBytes = sizeof(double) },
        Collective("gather", CollectiveCall.Gather),
        Collective("allgather", CollectiveCall.Allgather),
        Collective("scatter", CollectiveCall.Scatter),
        Collective("alltoall", CollectiveCall.Alltoall),
        new("idle", "CPU of a Rank Blocked 3 s", RankRule.TwoOrMore, ["CPU (ms)"], LoopCounts.Once, (c, _) => new IdleBenchmark(c)) { IsSizeless = true, IsSingle = true, MinBytes = 0, MaxBytes = 0 },
        new("imbalance", "Two Ranks Compute, the Others Wait", RankRule.ThreeOrMore, ["Time / alone", "Alone (ms)", "Beside (ms)"], LoopCounts.Once, (c, _) => new ImbalanceBenchmark(c))
        {
            IsSizeless = true, IsSingle = true, Precision = 3, MinBytes = 0, MaxBytes = 0,
        },
    ];

    /// <summary>The measure of this name.</summary>
    public static BenchmarkKind? Find(string name) => All.FirstOrDefault(kind => string.Equals(kind.Name, name, StringComparison.Ordinal));

    private static BenchmarkKind Collective(string name, CollectiveCall call) =>
        new(name, $"{call} Latency", RankRule.TwoOrMore, s_collectiveHeadings, LoopCounts.Collective, (c, bytes) => new CollectiveBenchmark(c, bytes, call)) { MaxBytes = 1 << 20 };
}
