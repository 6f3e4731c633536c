using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;

namespace Umps.Paper;

/// <summary>What the command line says.</summary>
/// <param name="IsQuick">One round of few sizes and loads.</param>
/// <param name="Minutes">No further round begins when it would probably end after that.</param>
/// <param name="Write">Whether results go to benchmarks/results and docs; otherwise to artifacts/paper.</param>
/// <param name="Folder">Where results go without that; null: artifacts/paper.</param>
/// <param name="Agents">NIC agents to measure.</param>
/// <param name="Sections">Sections to run; empty: all.</param>
/// <param name="CommandLine">As it was written.</param>
internal sealed record PaperArguments(bool IsQuick, double Minutes, bool Write, string? Folder, IReadOnlyList<string> Agents, IReadOnlyList<string> Sections, string CommandLine)
{
    private const string Usage = """
        benchmarks/paper [--quick] [--minutes N] [--write | --out FOLDER] [--agents xdp,packet,udp,tcp] [--sections latency,throughput,load,messages,gigabit,peers,idle] [--no-build]

          --quick      One round, few sizes and loads: does it work, not how fast
          --minutes N  How long rounds go on; default 8
          --write      Results to benchmarks/results and docs/umps-evaluation.md; otherwise to artifacts/paper, or FOLDER
        """;

    private static readonly string[] s_agents = ["xdp", "packet", "udp", "tcp"];

    /// <summary>Reads it.</summary>
    /// <returns>Null where there is nothing to run; what is wrong was said.</returns>
    public static PaperArguments? Read(string[] args, TextWriter log)
    {
        var options = new PaperArguments(false, 8, false, null, s_agents, [], string.Join(' ', args));
        for (int i = 0; i < args.Length; i++)
        {
            string? value = i + 1 < args.Length ? args[i + 1] : null;
            switch (args[i])
            {
                case "--quick":
                    options = options with { IsQuick = true };
                    break;
                case "--write":
                    options = options with { Write = true };
                    break;
                case "--minutes" when double.TryParse(value, CultureInfo.InvariantCulture, out double minutes):
                    options = options with { Minutes = minutes };
                    i++;
                    break;
                case "--out" when value is not null:
                    options = options with { Folder = value };
                    i++;
                    break;
                case "--agents" when value is not null:
                    options = options with { Agents = [.. value.Split(',').Where(s_agents.Contains)] };
                    i++;
                    break;
                case "--sections" when value is not null:
                    options = options with { Sections = value.Split(',') };
                    i++;
                    break;
                default:
                    log.WriteLine(args[i] is "--help" or "-h" ? Usage : $"what is '{args[i]}'?\n\n{Usage}");
                    return null;
            }
        }

        return options;
    }
}
