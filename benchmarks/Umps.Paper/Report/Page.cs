using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Umps.Compare;
using Umps.Transport.Agents.Ethernet;
using Umps.Transport.Agents.Link;
using static Umps.Paper.EvaluationPlan;
using static Umps.Paper.Words;

namespace Umps.Paper;

/// <summary>The page: each section a table, the paper's figure, ours, and what the numbers say of the difference. No sentence stands here that a run could belie: figures and verdicts are put in from the samples.</summary>
internal sealed partial class Page(RunFacts facts, Samples samples, TextWriter output, string folder, string json, IReadOnlyList<string> plots)
{
    private const int Small = 64, Full = 1500;

    /// <summary>Bytes of the line that a small message takes alone in a frame: framing, the receiver's slot, the header of a frame and of a record.</summary>
    private const int Alone = Small + Goals.FramingBytes + EthernetHeader.PayloadBytes + LinkFrameHeader.SizeBytes + LinkRecordHeader.SizeBytes;

    private string Ours => facts.Ours.Count > 0 ? facts.Ours[0] : "xdp";

    /// <summary>Writes it.</summary>
    public void Write()
    {
        output.WriteLine("# The paper's evaluation, again");
        output.WriteLine("Written by `benchmarks/paper`; changes by hand are lost. What the terms mean: [umps.md](umps.md). The paper's figures that stand here are those of its abstract and tables that this project has; where none is named, the paper gives a claim only.");
        WriteHow();
        WriteGoals();
        WriteLoad();
        WriteThroughput();
        WriteGigabit();
        WriteLatency();
        WriteProcessor();
        WriteMessages();
        WritePeers();
    }

    private void WriteHow()
    {
        Paragraph($"**Machine.** {facts.Machine.Sentence}");
        Paragraph(string.Create(CultureInfo.InvariantCulture, $"**Command.** `benchmarks/paper {facts.Options.CommandLine}`: {facts.Rounds} round{(facts.Rounds == 1 ? "" : "s")} in {facts.Seconds / 60:f1} min; every round runs everything once, in another order. [Every round's figures]({folder}{json}).")
            + (facts.Options.IsQuick ? " **A quick run: it shows that everything works, and says little of how fast.**" : ""));
        Paragraph("**Setup.** Two network namespaces joined by a veth pair, a process in each, bound to a processor each: ranks started by `umpsrun` that measure through `Comm`, with everything on that makes it reliable (sequences, acknowledgements, checks, credit); beside them plain C programs over the kernel's own paths (`benchmarks/peers/wire`): UDP, AF_PACKET by a call a frame, TCP without delay; and frames of AF_XDP with nothing above them, which tell what of xdp's time is the way itself. "
            + "A cell is the median of the rounds (their range); a ratio is formed within each round, and a goal is *open* where rounds lie on both sides of it.");
        Paragraph($"**Sizes** are bytes of a message. *Full frame*: as many as one frame of a network of 1500 bytes carries: {string.Join(", ", Series.Ours.Concat(Series.Kernel).Append(Series.Bare).Select(series => $"{series.FullBytes} of {series.Name}"))}.");
        foreach (string line in facts.LeftOut)
            Paragraph($"**Left out.** {line}");
        foreach (string line in facts.Failures)
            Paragraph($"**Failed.** {line}");
    }

    private void WriteGoals()
    {
        Head("Goals");
        output.WriteLine("| what | figure | goal | reached |");
        output.WriteLine("|---|---|---|---|");
        foreach (GoalRow goal in Goals.Of(samples, Ours))
            output.WriteLine($"| {goal.Name} | {Cell(goal.Figure)} | {goal.Goal} {goal.Unit} | {(facts.Options.IsQuick ? "–" : Of(goal.Verdict))} |");
    }

    private void WriteLoad()
    {
        double[] loads = [.. samples.PlacesOf(Load)];
        if (loads.Length == 0)
            return;
        Head("Interrupts against offered load");
        output.WriteLine($"64-byte messages at even intervals over {Ours}; an interrupt is a wake-up of the receiver from a sleep in the kernel. For the kernel's paths: the times that the receiver went to sleep.");
        Table(Load, "rx-interrupts", "interrupts a second", "offered, a second", load => Text(load));
        Ratios("interrupts a message", load => samples.SeriesOf(Load, "rate").Select(series => Division(samples.Median(Load, series, load, "rx-interrupts"), samples.Median(Load, series, load, "rate"))), loads);
        Table(Load, "rate", "messages that arrived a second", "offered, a second", load => Text(load));
        Picture(Load, "rx-interrupts");
        double?[] rates = [.. loads.Select(load => samples.Median(Load, "semi-polling", load, "rx-interrupts"))];
        if (Goals.OverLoads(samples, loads[^1], loads[0]) is not { } ratio || rates.Any(rate => rate is null))
            return;
        int peak = Array.IndexOf(rates, rates.Max());
        bool falls = peak < loads.Length - 1;
        Paragraph($"**The paper**: interrupts follow the load, not the number of packets, and fall under high traffic. **Here**, semi-polling: {Text(rates[0])} interrupts a second at {Text(loads[0])} messages, most ({Text(rates[peak])}) at {Text(loads[peak])}, {Text(rates[^1])} at {Text(loads[^1])}; "
            + $"{Text(PerMessage(loads[0]))} for a message at the lowest load, {Text(PerMessage(loads[^1]))} at the highest. "
            + (!falls ? "They do not fall within the loads of this run: the claim is not shown by it." : peak > 0 ? "So they rise with the load and fall beyond the peak, as claimed." : "They fall from the lowest load of this run on; that they rise before is not shown by it.")
            + " Where they differ from the paper's curves: its interrupts are a NIC's, ours a sleeper's, and between them the receiver's window (`Umps:Transport:Polling`) decides at which gap between messages it sleeps at all.");
    }

    private double? PerMessage(double load) => Division(samples.Median(Load, "semi-polling", load, "rx-interrupts"), samples.Median(Load, "semi-polling", load, "rate"));

    private void WriteThroughput()
    {
        if (samples.PlacesOf(Throughput).Count == 0)
            return;
        Head("Throughput against message size");
        output.WriteLine("Messages in windows of 64, so that small ones may share a frame; Mbit/s of payload that arrived.");
        Table(Throughput, "mbit", "Mbit/s", "size", Size);
        if (samples.SeriesOf(OneFrame, "mbit").Count > 0)
        {
            output.WriteLine("\nThe same where the sender looks at its agent after each message, so that each leaves in a frame of its own while the window has room:");
            Table(OneFrame, "mbit", "Mbit/s", "size", Size);
        }

        output.WriteLine("\nFrames received a message, without and with that:");
        Table(Throughput, "rx-frames", "frames", "size", Size);
        Table(OneFrame, "rx-frames", "frames, each alone", "size", Size);
        Picture(Throughput, "mbit");
        WriteCopies();
        if (samples.Median(Throughput, Ours, Small, "mbit") is { } small && samples.Median(Throughput, Ours, Full, "mbit") is { } full)
        {
            Paragraph($"**The paper**, Gigabit Ethernet: 394 Mbit/s at 64 B, 895 Mbit/s at 1500 B. **Here** {Ours}: {Text(small)} and {Text(full)} Mbit/s over the veth pair. "
                + (full > 1000 ? $"The pair has no line rate: what bounds it is time of the processors, {Text(samples.Median(Throughput, Ours, Small, "tx-cpu-ns"))} ns a message of 64 B at the sender and {Text(samples.Median(Throughput, Ours, Small, "rx-cpu-ns"))} at the receiver, {Text(samples.Median(Throughput, Ours, Full, "tx-cpu-ns"))} and {Text(samples.Median(Throughput, Ours, Full, "rx-cpu-ns"))} a full frame. The paper's line bounds its large packets; see the gigabit below." : "The pair has no line rate, and yet less than a gigabit passed: the processors bound it."));
        }
    }

    /// <summary>A copy through the kernel by a call a frame, against rings that both sides map.</summary>
    private void WriteCopies()
    {
        const string Read = "packet, read", Mapped = "packet, mapped", Xdp = "xdp";
        string[] others = [.. ((string[])[Mapped, Xdp]).Where(name => samples.Median(OneFrame, name, Small, "mbit") is not null)];
        if (samples.Median(OneFrame, Read, Small, "mbit") is null || others.Length == 0)
            return;
        Paragraph("**KLMP**, the paper's row of a copy through the kernel, is `packet, read`: a system call a frame. With a frame for each message, against it: "
            + string.Join("; ", others.Select(name => $"{name} {Cell(samples.Ratio(OneFrame, name, [Read], Small, "mbit", true))} of its Mbit/s at 64 B, {Cell(samples.Ratio(OneFrame, name, [Read], Full, "mbit", true))} in full frames"))
            + (others.All(name => samples.Ratio(OneFrame, name, [Read], Small, "mbit", true)!.Low > 1) ? ". Rings that both sides map are ahead at 64 B in every round." : ". Over a veth pair the kernel copies the frame in either case; rings spare calls, and in this run that does not always decide."));
    }

    private void WriteGigabit()
    {
        if (samples.PlacesOf(Gigabit).Count == 0)
            return;
        Head("On a line of a gigabit");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"A hub between the nodes: a third namespace with a bridge, and towards each node a token bucket of 1000 Mbit/s that counts 24 bytes of preamble, check and gap besides each frame. Framing allows {Goals.GigabitFull:f0} Mbit/s in frames of 1500 bytes."));
        Table(Gigabit, "mbit", "Mbit/s", "size", Size);
        Table(Gigabit, "lost", "lost, %", "size", Size);
        if (samples.Median(Gigabit, Ours, Small, "mbit") is not { } small || samples.Median(Gigabit, Ours, Full, "mbit") is not { } full)
            return;
        Paragraph(string.Create(CultureInfo.InvariantCulture, $"**The paper**: 394 and 895 Mbit/s. **Here** {Ours}: {small:f0} and {full:f0} Mbit/s, {100 * full / Goals.GigabitFull:f1} % of what framing allows. "
            + $"A message alone in a frame of ours takes {Alone} bytes of the line for {Small}, so that {1000.0 * Small / Alone:f0} Mbit/s would be the most that it carries of 64 B; {(small > 1000.0 * Small / Alone ? "what passed is more, so messages share frames" : "what passed is not more")}. "
            + $"A full frame of ours carries {Series.Ours[0].FullBytes} bytes of payload in the line's 1500: {1000.0 * Series.Ours[0].FullBytes / (1500 + Goals.FramingBytes):f0} Mbit/s would be the most."));
    }

    private void WriteLatency()
    {
        if (samples.PlacesOf(LatencyPolling).Count == 0)
            return;
        Head("Latency against message size");
        output.WriteLine("Half a round trip, µs. Polling: receivers look again and again (semi-polling, whose window no turn outlasts; MSG_DONTWAIT).");
        Table(LatencyPolling, "us", "µs", "size", Size);
        Picture(LatencyPolling, "us");
        output.WriteLine("\nSleeping: every wait sleeps in the kernel (`InterruptOnly`; a blocking call).");
        Table(LatencySleeping, "us", "µs", "size", Size);
        if (samples.PlacesOf(LatencyGap).Count > 0)
        {
            output.WriteLine("\nThe same with 2 ms of silence before each turn, so that the processors rest, too.");
            Table(LatencyGap, "us", "µs", "size", Size);
        }

        Picture(LatencySleeping, "us");
        if (samples.Ratio(LatencyPolling, Ours, ["raw UDP"], Small, "us", false) is { } polling && samples.Ratio(LatencySleeping, Ours, ["raw UDP"], Small, "us", false) is { } sleeping)
            Paragraph($"**The paper** says that bypassing the kernel's stack shortens the way of a packet; this project has no figure of it. **Here** {Ours} takes {Text(polling.Median)} of raw UDP's time at 64 B with polling receivers and {Text(sleeping.Median)} with sleeping ones, "
                + (sleeping.Median > polling.Median ? "where a wake-up, the same for both, is the larger part." : "so the wake-up does not hide the difference.")
                + (samples.Ratio(LatencyPolling, Series.Bare.Name, ["raw UDP"], Small, "us", false) is { } bare ? $" Bare frames of AF_XDP take {Text(bare.Median)} of it with polling receivers: on a veth pair no messages above them can take less." : ""));
    }

    private void WriteProcessor()
    {
        double[] loads = [.. samples.PlacesOf(Load)];
        if (loads.Length > 0)
        {
            Head("Processor use");
            output.WriteLine("The receiver's, in and out of the kernel, in % of a processor.");
            Table(Load, "rx-cpu", "% of a processor", "offered, a second", load => Text(load));
            Table(Load, "rx-cpu-ns", "ns a message", "offered, a second", load => Text(load));
            Picture(Load, "rx-cpu");
            if (samples.Median(Load, "semi-polling", loads[0], "rx-cpu") is { } low && samples.Median(Load, "polling-only", loads[0], "rx-cpu") is { } polling && samples.Median(Load, "interrupt-only", loads[0], "rx-cpu") is { } interrupts)
                Paragraph($"**The paper**: semi-polling spends what the load needs. **Here**, at {Text(loads[0])} messages a second: interrupt-only {Text(interrupts)} %, semi-polling {Text(low)} %, polling-only {Text(polling)} %; at {Text(loads[^1])}: {Text(samples.Median(Load, "interrupt-only", loads[^1], "rx-cpu"))}, {Text(samples.Median(Load, "semi-polling", loads[^1], "rx-cpu"))} and {Text(samples.Median(Load, "polling-only", loads[^1], "rx-cpu"))} %. "
                    + (low < polling / 2 ? "At low load semi-polling sleeps most of the time, and what it uses beyond interrupt-only is the window that it spins after each message." : "At this load it does not sleep most of the time."));
        }

        if (samples.PlacesOf(Idle).Count == 0)
            return;
        output.WriteLine("\nA rank blocked in Recv while nothing comes:");
        Table(Idle, "cpu-ms-a-second", "ms of processor a second", "", _ => "idle");
    }

    private void WriteMessages()
    {
        if (samples.PlacesOf(EvaluationPlan.Messages).Count == 0)
            return;
        Head("Static pool and ATB against work for each message");
        output.WriteLine($"{Ours}, one message a frame, `Umps:Transport:Link:PerMessage`: nothing; the message's pages locked and unlocked, as VMMC pins; a page mapped, its page table entry read, unmapped, as U-Net and MMUC map; memory and descriptors allocated and freed. At sender and receiver alike, all else the same.");
        Table(EvaluationPlan.Messages, "mbit", "Mbit/s", "size", Size);
        output.WriteLine("\nHalf a round trip, polling:");
        Table(MessagesLatency, "us", "µs", "size", Size);
        output.WriteLine("\nEach by itself, in one process without a message, ns: *atb* a lookup in the address translation buffer, *walk* one read of `/proc/self/pagemap`.");
        string[] alone = [.. samples.SeriesOf(Micro, "ns")];
        output.WriteLine($"\n| {string.Join(" | ", alone)} |");
        output.WriteLine($"|{string.Concat(alone.Select(_ => "---|"))}");
        output.WriteLine($"| {string.Join(" | ", alone.Select(name => Cell(samples.Of(Micro, name, 0, "ns"))))} |");
        if (samples.Ratio(EvaluationPlan.Messages, "static", ["mapped (U-Net, MMUC)"], Small, "mbit", true) is not { } ratio || samples.Median(Micro, "Map", 0, "ns") is not { } map || samples.Median(EvaluationPlan.Messages, "static", Small, "rate") is not { } rate)
            return;
        Paragraph(string.Create(CultureInfo.InvariantCulture, $"**The paper**: about 31 % ahead of MMUC for small packets. **Here** at 64 B: {100 * (ratio.Median - 1):f0} % ahead of mapping. ")
            + $"A message takes {Text(1e9 / rate)} ns without, and a mapping {Text(map)} ns of system calls at each side: {(map > 0.31e9 / rate ? "more of a message's time than on the paper's machine, whose messages took longer in proportion" : "less of a message's time than the paper found")}.");
    }

    private void WritePeers()
    {
        if (samples.PlacesOf(Peers).Count == 0)
            return;
        Head("Beside Open MPI and MPICH");
        output.WriteLine($"Over the same veth pair, by the loops of `benchmarks/compare`; the peers by their tcp ({(facts.Peers.Count == 0 ? "none is installed" : string.Join(", ", facts.Peers))}).");
        string[] series = [.. samples.All.Where(row => row.Section == Peers).Select(row => row.Series).Distinct()];
        output.WriteLine($"\n| measure | {string.Join(" | ", series)} |");
        output.WriteLine($"|---|{string.Concat(series.Select(_ => "---|"))}");
        foreach ((double x, string measure) in samples.All.Where(row => row.Section == Peers).Select(row => (row.X, row.Measure)).Distinct())
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {measure} {x:0} B, {(measure == "latency" ? "µs" : measure == "rate" ? "M/s" : "MB/s")} | {string.Join(" | ", series.Select(name => Cell(samples.Of(Peers, name, x, measure))))} |"));
        string[] others = [.. series.Where(name => !name.StartsWith("umpsrun", StringComparison.Ordinal))];
        string own = $"umpsrun, {Ours}";
        if (samples.Ratio(Peers, own, others, 8, "latency", false) is { } latency && samples.Ratio(Peers, own, others, 1 << 20, "bw", true) is { } bandwidth)
            Paragraph($"{own} against the better peer: {Text(latency.Median)} of the time at 8 B, {Text(bandwidth.Median)} of the bandwidth at 1 MiB.");
    }
}
