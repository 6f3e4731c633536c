using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using Umps;
using Umps.Transport;

namespace Umps.Paper;

/// <summary>What a rank has used so far.</summary>
/// <param name="CpuSeconds">Of all its threads, in and out of the kernel.</param>
/// <param name="Interrupts">Sleeps that something ended, as the state machine counts them.</param>
/// <param name="Switches">Times that a thread gave its processor away to wait, as the kernel counts them.</param>
/// <param name="Frames">Frames received by link agents.</param>
/// <param name="Retransmissions">Frames sent again.</param>
internal readonly record struct Usage(double CpuSeconds, double Interrupts, double Switches, double Frames, double Retransmissions)
{
    /// <summary>How many numbers it is.</summary>
    public const int Numbers = 5;

    /// <summary>Of this process, now. The processor's time is read last where something begins and first where it ends: reading the rest costs some.</summary>
    public static Usage Now(Comm comm, bool isEnd)
    {
        double cpu = isEnd ? Cpu : 0;
        TransportState state = comm.Core.Endpoint.ShowState();
        double switches = VoluntarySwitches();
        double frames = state.Agents.Sum(agent => Of(agent.Counters, "frames received")), again = state.Agents.Sum(agent => Of(agent.Counters, "retransmissions"));
        return new Usage(isEnd ? cpu : Cpu, Of(state.Polling, "interrupts"), switches, frames, again);
    }

    private static double Cpu => Environment.CpuUsage.TotalTime.TotalSeconds;

    /// <summary>What was used between two looks.</summary>
    public static Usage operator -(Usage later, Usage earlier) => new(later.CpuSeconds - earlier.CpuSeconds, later.Interrupts - earlier.Interrupts, later.Switches - earlier.Switches,
        later.Frames - earlier.Frames, later.Retransmissions - earlier.Retransmissions);

    /// <summary>As numbers, to be sent.</summary>
    public double[] ToArray() => [CpuSeconds, Interrupts, Switches, Frames, Retransmissions];

    /// <summary>Of numbers that were sent.</summary>
    public static Usage FromArray(ReadOnlySpan<double> numbers) => new(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4]);

    private static double Of(IEnumerable<KeyValuePair<string, long>> counters, string name) => counters.Where(counter => counter.Key == name).Sum(counter => counter.Value);

    private static double VoluntarySwitches()
    {
        double switches = 0;
        foreach (string task in Directory.EnumerateDirectories("/proc/self/task"))
        {
            try
            {
                string line = File.ReadLines(task + "/status").FirstOrDefault(l => l.StartsWith("voluntary_ctxt_switches", StringComparison.Ordinal)) ?? ":0";
                switches += double.Parse(line.Split(':')[1], CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
                // A thread that has ended meanwhile.
            }
        }

        return switches;
    }
}
