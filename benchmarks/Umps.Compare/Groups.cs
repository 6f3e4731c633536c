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
        new("shared", "Between buffers of Comm.Allocate, two pinned ranks; the peers from their own buffers", 2,
            [.. Sizes(4 * K, 16 * K, 64 * K, M, 4 * M).Select(Shared)]),
        new("loans", "Loaned blocks, two pinned ranks; ratio to the loan of 64 bytes", 2,
        [
            new("loan_latency", 64, "µs") { PeerMeasure = "" },
            new("loan_latency", 64 * K, "µs") { PeerMeasure = "", AgainstOurs = "loan_latency:64" },
            new("loan_latency", 4 * M, "µs") { PeerMeasure = "", AgainstOurs = "loan_latency:64", Near = Goal.AtMost(2), Far = Goal.AtMost(2) },
        ]),
        new("object", "SendObject of a record, two pinned ranks; ratio to the span send of as many bytes", 2,
        [
            new("latency", K, "µs"),
            new("object_latency", K, "µs") { PeerMeasure = "", AgainstOurs = $"latency:{K}", Near = Goal.AtMost(2), Far = Goal.AtMost(2) },
        ])
        {
            WarmSeconds = 2.5,      // the serialiser's code is made at run time, and compiled well only after a while
        },
        new("overlap", "Share of a transfer that passes while both ranks compute, two pinned ranks", 2, [.. Sizes(4 * K, 64 * K, M, 4 * M).Select(bytes => new Row("overlap", bytes, "%"))])
        {
            ClassFrom = ClassSource.None,       // a share of the same transfer's time, whatever that is
        },
        Crowded(4, ring: 1.0, collective: 0.8),
        Crowded(8, ring: 0.8, collective: 0.5),
        Crowded(16, ring: 0.6, collective: 0.35),
        new("crowd64", "64 ranks on the machine's processors, not pinned; Umps.Mpi alone", 64, [new("ring", 8, "µs") { PeerMeasure = "" }])
        {
            IsPinned = false, ClassFrom = ClassSource.None, RowSeconds = 0.5, RoundsMax = 3, QuickRoundsMax = 1,
        },
        new("imbalance", "Two ranks compute, six wait in Recv; time against two alone", 8, [new("imbalance", 0, "×") { Own = Goal.AtMost(1.02) }])
        {
            IsPinned = false, ClassFrom = ClassSource.None, RoundsMax = 5, QuickRoundsMax = 3,
        },
        new("idle", "CPU of a rank blocked 3 s in Recv, of three the one that used most", 4, [new("idle", 0, "ms") { Own = Goal.AtMost(20) }])
        {
            IsPinned = false, ClassFrom = ClassSource.None, RoundsMax = 3, QuickRoundsMax = 1,
        },
        Tcp("tcp", "tcp over loopback, two pinned ranks"),
        Tcp("nodes", "tcp between two network namespaces, a pinned rank in each") with { IsAcross = true },
        StartUp(8, int.MaxValue, 2),
        StartUp(64, 5, 2),
        NativeStartUp(8, int.MaxValue, 2),
        NativeStartUp(64, 5, 2),
    ];

    private static int[] Sizes(params int[] sizes) => sizes;

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

    private static Group Tcp(string name, string title) => new(name, title, 2,
        [
            new("latency", 8, "µs") { Near = Goal.AtMost(1), Far = Goal.AtMost(1) },
            new("latency", K, "µs"),
            new("rate", 8, "M/s") { Near = Goal.AtLeast(5), Far = Goal.AtLeast(5) },
            .. Sizes(64 * K, 256 * K, M, 4 * M).Select(bytes => new Row("bw", bytes, "MB/s") { Near = Goal.AtLeast(1.1), Far = Goal.AtLeast(1.1) }),
        ])
    {
        IsTcp = true,
        RowSeconds = 0.25,
    };

    /// <summary>Wall time of the launcher, from its start to its end.</summary>
    private static Group StartUp(int ranks, int roundsMax, int quickRoundsMax) =>
        new($"startup{ranks}", $"Start-up: Init, Barrier and Finalize of {ranks} ranks, launcher included", ranks, [new("startup", 0, "s") { Near = Goal.AtMost(0.8) }])
        {
            IsPinned = false,
            ClassFrom = ClassSource.None,
            IsStartUp = true,
            Repeats = ranks < 16 ? 3 : 1,
            RoundsMax = roundsMax,
            QuickRoundsMax = quickRoundsMax,
        };

    /// <summary>The same, ours compiled ahead of time.</summary>
    private static Group NativeStartUp(int ranks, int roundsMax, int quickRoundsMax) => StartUp(ranks, roundsMax, quickRoundsMax) with
    {
        Name = $"aot{ranks}",
        Title = $"Start-up of {ranks} ranks; launcher and ranks by Native AOT",
        Rows = [new("startup", 0, "s") { Near = Goal.AtMost(0.3) }],
        IsNative = true,
    };

    private static Row Shared(int bytes) =>
        new("latency@allocate", bytes, "µs") { PeerMeasure = "latency", Near = Goal.AtMost(0.35), Far = Goal.AtMost(0.7) };

    private static Group Crowded(int ranks, double ring, double collective) =>
        new($"crowd{ranks}", $"{ranks} ranks on the machine's processors, not pinned", ranks,
        [
            new("ring", 8, "µs") { Near = Goal.AtMost(ring), Far = Goal.AtMost(ring) },
            new("barrier", 0, "µs") { Near = Goal.AtMost(collective), Far = Goal.AtMost(collective) },
            new("allreduce", 8, "µs") { Near = Goal.AtMost(collective), Far = Goal.AtMost(collective) },
        ])
        {
            IsPinned = false,
            ClassFrom = ClassSource.None,
            RowSeconds = 0.3,
        };
}
