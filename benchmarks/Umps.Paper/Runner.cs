using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Umps.Compare;

namespace Umps.Paper;

/// <summary>Starts programs on both nodes and reads their rows.</summary>
internal sealed class Runner(Places places, TwoNodes plain, TwoNodes? gigabit, Samples samples, bool isQuick, TextWriter log)
{
    private const int FirstPort = 7000;
    private const double SecondsMax = 45;

    private static readonly string s_program = Path.Combine(AppContext.BaseDirectory, "umpspaper.dll");
    private int _starts;

    /// <summary>What failed, as sentences.</summary>
    public List<string> Failures { get; } = [];

    /// <summary>The kernel's own paths, as benchmarks/peers/build made the program.</summary>
    public string Wire => Path.Combine(places.Root, "artifacts/peers/wire");

    /// <summary>Whether an agent runs here; why not is said.</summary>
    public bool Runs(Series series, out string why)
    {
        ProcessRun run = ProcessRun.Start(Command(series, plain, [], ["latency:64:0.001"]), SecondsMax);
        why = run.ExitCode == 0 ? "" : FirstLine(run);
        return run.ExitCode == 0;
    }

    /// <summary>A launch of ours, or of the kernel's paths.</summary>
    public void Run(Launch launch, int round)
    {
        if ((launch.Wire ? gigabit : plain) is not { } nodes || launch.Tests.Count == 0)
            return;
        string[] specs = [.. launch.Tests.Select(test => test.Spec).Distinct()];
        ProcessRun run = launch.Series.IsOurs ? ProcessRun.Start(Command(launch.Series, nodes, launch.Settings, specs), SecondsMax) : RunWire(nodes, specs);
        string name = launch.As ?? launch.Series.Name;
        if (run.ExitCode != 0)
            Fail(round, $"{name}, {launch.Tests[0].Section}", run);
        foreach (string[] fields in run.Out.Select(line => line.Split(' ')))
        {
            if (fields is not ["row", var spec, var measure, var value])
                continue;
            foreach (PlannedTest test in launch.Tests.Where(test => test.Spec == spec))
                samples.Add(test.Section, name, test.X, measure, round, double.Parse(value, CultureInfo.InvariantCulture));
        }
    }

    /// <summary>Rows of the address translation buffer, without a message.</summary>
    public void RunMicro(int round)
    {
        foreach (string[] fields in ProcessRun.Start(["dotnet", s_program, "micro"], SecondsMax).Out.Select(line => line.Split(' ')))
        {
            if (fields is ["row", var name, var measure, var value])
                samples.Add(EvaluationPlan.Micro, name, 0, measure, round, double.Parse(value, CultureInfo.InvariantCulture));
        }
    }

    /// <summary>A benchmark of the peers: the loops of benchmarks/compare.</summary>
    public void RunPeer(string name, IReadOnlyList<string> command, int round)
    {
        ProcessRun run = ProcessRun.Start(command, SecondsMax);
        if (run.ExitCode != 0)
            Fail(round, $"{name}, {EvaluationPlan.Peers}", run);
        foreach (var group in run.Out.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(fields => fields is ["batch", _, _, _, _, _]).GroupBy(fields => (Measure: fields[1], Bytes: fields[2])))
        {
            double[] values = [.. group.Select(fields => double.Parse(fields[4], CultureInfo.InvariantCulture)).Order()];
            samples.Add(EvaluationPlan.Peers, name, double.Parse(group.Key.Bytes, CultureInfo.InvariantCulture), group.Key.Measure, round, Spread.MedianOf(values));
        }
    }

    /// <summary>umpsrun over both nodes.</summary>
    public IReadOnlyList<string> Umpsrun(TwoNodes nodes, string agent, IReadOnlyList<string> settings, IReadOnlyList<string> program) =>
        [.. nodes.Prefix, "env", .. settings, $"UMPS__TRANSPORT__ETHERNET__INTERFACE={TwoNodes.InterfaceName}", .. places.Umpsrun, "-n", "2", "--hostfile", nodes.Hostfile, "--transport", agent, .. program];

    private IReadOnlyList<string> Command(Series series, TwoNodes nodes, IReadOnlyList<string> settings, IReadOnlyList<string> specs) =>
        Umpsrun(nodes, series.Agent, [.. series.Settings, .. settings], [s_program, "rank", isQuick ? "0.3" : "0.8", .. specs]);

    private ProcessRun RunWire(TwoNodes nodes, IReadOnlyList<string> specs)
    {
        string port = $"{FirstPort + (_starts++ % 200 * 8)}";
        (string first, string second) = (TwoNodes.Addresses[0], TwoNodes.Addresses[1]);
        Task<ProcessRun> server = Task.Run(() => ProcessRun.Start([.. nodes.On(1), Wire, "server", second, first, TwoNodes.InterfaceName, port], SecondsMax));
        ProcessRun client = ProcessRun.Start([.. nodes.On(0), Wire, "client", first, second, TwoNodes.InterfaceName, port, .. specs], SecondsMax);
        ProcessRun served = server.Result;
        return client.ExitCode != 0 || served.ExitCode == 0 ? client : served with { Out = client.Out };
    }

    private void Fail(int round, string what, ProcessRun run)
    {
        Failures.Add($"round {round}, {what}: {(run.ExitCode < 0 ? $"took more than {SecondsMax} s" : $"exit code {run.ExitCode}")}: {FirstLine(run)}");
        log.WriteLine(Failures[^1]);
    }

    private static string FirstLine(ProcessRun run) => run.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(line => line.Contains("UMPS", StringComparison.Ordinal)) ?? run.Error.Split('\n')[0];
}
