using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace Umps.Paper;

/// <summary>What a round runs.</summary>
internal static class EvaluationPlan
{
    /// <summary>Names of sections.</summary>
    public const string LatencyPolling = "latency-polling", LatencySleeping = "latency-sleeping", LatencyGap = "latency-gap", Throughput = "throughput", OneFrame = "one-a-frame",
        Load = "load", Messages = "messages", MessagesLatency = "messages-latency", Gigabit = "gigabit", Idle = "idle", Peers = "peers", Micro = "micro";

    private const string Polling = "UMPS__TRANSPORT__POLLING__MODE=PollingOnly", Interrupts = "UMPS__TRANSPORT__POLLING__MODE=InterruptOnly";

    /// <summary>The launches of a round.</summary>
    /// <param name="options">How much of it.</param>
    /// <param name="ours">Agents that run here.</param>
    public static IReadOnlyList<Launch> Of(PaperArguments options, IReadOnlyList<Series> ours)
    {
        var plan = new Sizes(options.IsQuick);
        List<Launch> launches = [];
        bool Wants(string section) => options.Sections.Count == 0 || options.Sections.Contains(section);
        if (ours.Count == 0)
            return [];
        Series first = ours[0];
        foreach (Series series in ours)
        {
            bool isAll = !options.IsQuick || series == first, singles = Wants("throughput") && series.Agent != "tcp" && isAll;
            launches.Add(new(series, false,
            [
                .. Wants("latency") ? plan.Latency(series, LatencyPolling) : [], .. Wants("throughput") ? plan.Flood(series, Throughput) : [],
                .. singles ? plan.Single(series) : [], .. Wants("idle") ? plan.Idle : [],
            ]));
            if (Wants("latency") && isAll)
                launches.Add(new(series, false, [.. plan.Latency(series, LatencySleeping), .. plan.Gap(series)]) { Settings = [Interrupts] });
            if (Wants("gigabit") && isAll)
                launches.Add(new(series, true, [.. plan.Gigabit(series)]));
        }

        if (Wants("load"))
        {
            foreach ((string name, string setting) in ((string, string)[])[("interrupt-only", Interrupts), ("semi-polling", "UMPS__TRANSPORT__POLLING__MODE=SemiPolling"), ("polling-only", Polling)])
                launches.Add(new(first, false, [.. plan.Load(first)]) { As = name, Settings = [setting] });
        }

        if (Wants("messages") && first.Agent != "tcp")
        {
            foreach ((string name, string setting) in ((string, string)[])[("static", "None"), ("pinned (VMMC)", "Pin"), ("mapped (U-Net, MMUC)", "Map"), ("allocated", "Allocate")])
                launches.Add(new(first, false, [.. plan.Messages(first)]) { As = name, Settings = [$"UMPS__TRANSPORT__LINK__PERMESSAGE={setting}"] });
        }

        return launches;
    }

    /// <summary>Tests of the kernel's own paths, and of bare frames over AF_XDP: one start of <c>wire</c> a wire.</summary>
    public static IEnumerable<Launch> Kernel(PaperArguments options)
    {
        var plan = new Sizes(options.IsQuick);
        bool Wants(string section) => options.Sections.Count == 0 || options.Sections.Contains(section);
        foreach (Series series in Series.Kernel.Append(Series.Bare))
        {
            List<PlannedTest> tests = [];
            if (Wants("latency"))
                tests.AddRange([.. plan.Latency(series, LatencyPolling), .. plan.Latency(series, LatencySleeping), .. plan.Gap(series)]);
            if (Wants("throughput"))
                tests.AddRange(plan.Flood(series, Throughput));
            if (Wants("load") && series.Agent != "tcp" && series != Series.Bare)
                tests.AddRange(plan.Load(series));
            if (tests.Count > 0)
                yield return new(series, false, tests);
            if (Wants("gigabit") && series != Series.Bare)
                yield return new(series, true, [.. plan.Gigabit(series)]);
        }
    }

    private sealed class Sizes(bool isQuick)
    {
        private readonly int[] _sizes = isQuick ? [64, 1500] : [64, 128, 256, 512, 1024, 1500];
        private readonly int[] _loads = isQuick ? [400_000, 50_000, 1_000] : [800_000, 400_000, 200_000, 100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000, 300];
        private readonly double _seconds = isQuick ? 0.03 : 0.1;

        public IEnumerable<PlannedTest> Latency(Series series, string section) => _sizes.Select(size => Test(section, series, "latency", size, size, _seconds, section == LatencyPolling));

        public IEnumerable<PlannedTest> Gap(Series series) => isQuick ? [] : [Test(LatencyGap, series, "gap", 64, 64, 2000, false)];

        public IEnumerable<PlannedTest> Flood(Series series, string section) => _sizes.Select(size => Test(section, series, "flood", size, size, _seconds, true));

        public IEnumerable<PlannedTest> Single(Series series) => _sizes.Select(size => Test(OneFrame, series, "single", size, size, _seconds, true));

        public IEnumerable<PlannedTest> Gigabit(Series series) => ((int[])[64, 1500]).Select(size => Test(EvaluationPlan.Gigabit, series, "flood", size, size, 2 * _seconds, true));

        public IEnumerable<PlannedTest> Load(Series series) => _loads.Select(load => Test(EvaluationPlan.Load, series, "load", load, 64, load, false));

        public IEnumerable<PlannedTest> Messages(Series series) =>
            (isQuick ? (int[])[64] : [64, 512, 1500]).SelectMany(size => new[] { Test(EvaluationPlan.Messages, series, "single", size, size, _seconds, true), Test(MessagesLatency, series, "latency", size, size, _seconds, true) });

        public IEnumerable<PlannedTest> Idle => [new(EvaluationPlan.Idle, 0, $"idle:0:{(isQuick ? "0.3" : "3")}")];

        private static PlannedTest Test(string section, Series series, string kind, double x, int size, double number, bool polls)
        {
            string tail = string.Create(CultureInfo.InvariantCulture, $"{series.BytesOf(size)}:{number}");
            return new(section, x, series.IsOurs ? $"{kind}:{tail}" : $"{kind}:{series.Agent}:{(polls ? "poll" : "sleep")}:{tail}");
        }
    }
}
