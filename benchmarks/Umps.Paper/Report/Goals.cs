using System;
using System.Collections.Generic;
using System.Linq;
using Umps.Compare;
using static Umps.Paper.EvaluationPlan;

namespace Umps.Paper;

/// <summary>What the evaluation is to show.</summary>
internal static class Goals
{
    /// <summary>Bytes of a frame on the line besides its payload: preamble, header, check, gap.</summary>
    public const int FramingBytes = 38;

    /// <summary>What a line of a gigabit carries in frames of 1500 bytes, in Mbit/s.</summary>
    public const double GigabitFull = 1000.0 * 1500 / (1500 + FramingBytes);

    private const string RawUdp = "raw UDP", RawPacket = "raw AF_PACKET";

    private static readonly string[] s_raw = [.. Series.Kernel.Select(series => series.Name)];

    /// <summary>All, for the agent that is judged.</summary>
    public static IEnumerable<GoalRow> Of(Samples samples, string ours)
    {
        yield return new($"throughput 64 B, {ours} / {RawUdp}", samples.Ratio(Throughput, ours, [RawUdp], 64, "mbit", true), Goal.AtLeast(2.5), "×");
        yield return new($"throughput 64 B, {ours} / {RawPacket}", samples.Ratio(Throughput, ours, [RawPacket], 64, "mbit", true), Goal.AtLeast(1.4), "×");
        foreach (double size in samples.PlacesOf(Throughput))
            yield return new($"throughput {Words.Size(size)}, {ours} / the best of the kernel's paths", samples.Ratio(Throughput, ours, s_raw, size, "mbit", true), Goal.AtLeast(1), "×");
        yield return new($"gigabit, full frames, {ours}: share of what framing allows", Scaled(samples, Gigabit, ours, 1500, 1 / GigabitFull), Goal.AtLeast(0.95), "×");
        yield return new($"gigabit, 64 B, {ours}", samples.Of(Gigabit, ours, 64, "mbit"), Goal.AtLeast(394), "Mbit/s");
        foreach (double size in samples.PlacesOf(LatencyPolling))
            yield return new($"latency {Words.Size(size)}, polling receivers, {ours} / {RawUdp}", samples.Ratio(LatencyPolling, ours, [RawUdp], size, "us", false), Goal.AtMost(0.5), "×");
        foreach (double size in samples.PlacesOf(LatencySleeping))
            yield return new($"latency {Words.Size(size)}, sleeping receivers, {ours} / the best of the kernel's paths", samples.Ratio(LatencySleeping, ours, s_raw, size, "us", false), Goal.AtMost(1), "×");
        foreach (double size in samples.PlacesOf(LatencyGap))
            yield return new($"latency {Words.Size(size)} after 2 ms of silence, {ours} / the best of the kernel's paths", samples.Ratio(LatencyGap, ours, s_raw, size, "us", false), Goal.AtMost(1), "×");
        double[] loads = [.. samples.PlacesOf(Load)];
        if (loads.Length > 1)
        {
            yield return new("interrupts a packet, semi-polling, highest load / lowest", OverLoads(samples, loads[^1], loads[0]), Goal.AtMost(0.1), "×");
            yield return new("interrupts a second at the highest load, semi-polling / interrupt-only", Interrupts(samples, loads[^1]), Goal.AtMost(1), "×");
        }

        yield return new($"processor time of a rank blocked in Recv, {ours}", samples.Of(Idle, ours, 0, "cpu-ms-a-second"), Goal.AtMost(5), "ms a second");
        yield return new("throughput 64 B, static pool and ATB / mapping a message (the paper: 1.31)", samples.Ratio(EvaluationPlan.Messages, "static", ["mapped (U-Net, MMUC)"], 64, "mbit", true), Goal.AtLeast(1.31), "×");
    }

    /// <summary>Interrupts a packet at one load against another.</summary>
    public static Spread? OverLoads(Samples samples, double high, double low) => ByRound(samples, round => PerPacket(samples, high, round) / PerPacket(samples, low, round));

    private static Spread? Interrupts(Samples samples, double load)
    {
        IReadOnlyDictionary<int, double> semi = samples.Rounds(Load, "semi-polling", load, "rx-interrupts"), each = samples.Rounds(Load, "interrupt-only", load, "rx-interrupts");
        return Spread.Of(semi.Keys.Where(round => each.TryGetValue(round, out double value) && value > 0).Select(round => semi[round] / each[round]));
    }

    private static Spread? ByRound(Samples samples, Func<int, double> figure) =>
        Spread.Of(samples.Rounds(Load, "semi-polling", samples.PlacesOf(Load)[0], "rate").Keys.Select(figure).Where(double.IsFinite));

    private static double PerPacket(Samples samples, double load, int round) =>
        samples.Rounds(Load, "semi-polling", load, "rx-interrupts").GetValueOrDefault(round, double.NaN) / samples.Rounds(Load, "semi-polling", load, "rate").GetValueOrDefault(round, double.NaN);

    private static Spread? Scaled(Samples samples, string section, string series, double x, double factor) =>
        Spread.Of(samples.Rounds(section, series, x, "mbit").Values.Select(value => value * factor));
}
