using System.Collections.Generic;
using System.Linq;

namespace Umps.Compare;

/// <summary>All groups of rows, and what each row is to reach.</summary>
internal static class Groups
{
    private const int K = 1024, M = K * K;

    /// <summary>In the order they run.</summary>
    public static readonly IReadOnlyList<Group> All =
    [
        new("latency", "Latency, one way, two pinned ranks", 2, [.. Sizes(0, 8, 64, 256, 512, K, 2 * K, 4 * K, 8 * K, 16 * K, 64 * K, 256 * K, M, 4 * M).Select(Latency)]),
        new("rate", "Message rate, window 64, two pinned ranks", 2, [new("rate", 8, "M/s") { Near = Goal.AtLeast(1.5), Far = Goal.AtLeast(1.5) }, new("rate", 64, "M/s")]),
        new("bw", "Bandwidth, window 64, two pinned ranks", 2, [.. Sizes(64, 256, K, 2 * K, 4 * K, 16 * K, 64 * K, 256 * K, M, 4 * M).Select(Bandwidth)]) { RowSeconds = 0.2 },
        new("bibw", "Bandwidth, both directions, window 64, two pinned ranks", 2, [.. Sizes(4 * K, 64 * K, 256 * K, M).Select(BothDirections)]) { RowSeconds = 0.2 },
        new("pair", "Collectives of two pinned ranks", 2,
        [
            new("barrier", 0, "µs") { Near = Goal.AtMost(0.6), Far = Goal.AtMost(1) },
            new("allreduce", 8, "µs") { Near = Goal.AtMost(0.6), Far = Goal.AtMost(1) },
        ]),
        Crowded(4, ring: 1.0, collective: 0.8),
        Crowded(8, ring: 0.8, collective: 0.5),
        Crowded(16, ring: 0.6, collective: 0.35),
    ];

    private static IEnumerable<int> Sizes(params int[] sizes) => sizes;

    private static Row Latency(int bytes)
    {
        (double near, double far) = bytes <= 256 ? (0.65, 0.9) : bytes <= 2 * K ? (0.75, 0.95) : bytes <= 16 * K ? (0.6, 0.8) : (0.5, 0.7);
        return new("latency", bytes, "µs") { Near = Goal.AtMost(near), Far = Goal.AtMost(far) };
    }

    private static Row Bandwidth(int bytes)
    {
        (double near, double far) = bytes <= 2 * K ? (1.3, 1.1) : bytes <= 64 * K ? (2, 1.1) : (2, 1.2);
        return new("bw", bytes, "MB/s") { Near = Goal.AtLeast(near), Far = Goal.AtLeast(far) };
    }

    private static Row BothDirections(int bytes) =>
        new("bibw", bytes, "MB/s") { Near = Goal.AtLeast(bytes >= 64 * K ? 1.5 : 1.2), Far = Goal.AtLeast(1) };

    private static Group Crowded(int ranks, double ring, double collective) =>
        new($"crowd{ranks}", $"{ranks} ranks on the machine's processors, not pinned", ranks,
        [
            new("ring", 8, "µs") { Near = Goal.AtMost(ring), Far = Goal.AtMost(ring) },
            new("barrier", 0, "µs") { Near = Goal.AtMost(collective), Far = Goal.AtMost(collective) },
            new("allreduce", 8, "µs") { Near = Goal.AtMost(collective), Far = Goal.AtMost(collective) },
        ])
        {
            IsPinned = false, ClassFrom = ClassSource.Run, RowSeconds = 0.3,
        };
}
