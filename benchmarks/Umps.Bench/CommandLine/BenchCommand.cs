using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.Linq;
using Umps;

namespace Umps.Bench;

/// <summary>umpsbench's command line: a command a measure, and what benchmarks/compare uses.</summary>
internal sealed class BenchCommand
{
    private readonly Option<string> _min = new("--min") { HelpName = "BYTES", Description = "Smallest message: 8, 4K, 1M" };
    private readonly Option<string> _max = new("--max") { HelpName = "BYTES", Description = "Largest message" };
    private readonly Option<string> _iterations = new("--iterations", "-i") { HelpName = "N", Description = "Iterations at every size. Default: those of the OSU micro-benchmarks" };
    private readonly Option<string> _warmUp = new("--warmup", "-x") { HelpName = "N", Description = "Iterations before them that do not count. Default: OSU's" };
    private readonly Option<string> _window = new("--window", "-W") { HelpName = "N", Description = "Messages under way at once. Default: 64" };
    private readonly Option<string> _settle = new("--settle") { HelpName = "SECONDS", Description = "Running before the first size, so that the code is compiled. Default: 0.5" };
    private readonly Option<bool> _allocate = new("--allocate") { Description = "Buffers from Comm.Allocate, memory that the node's ranks map" };
    private readonly Option<string> _json = new("--json") { HelpName = "FILE", Description = "Write the figures to a file too" };
    private readonly Option<string> _seconds = new("--seconds") { HelpName = "S", Description = "How long. Default: 600; of tail 10" };
    private readonly Option<string> _bytes = new("--bytes") { HelpName = "N", Description = "Bytes of a message. Default: 8" };
    private readonly Option<string> _pause = new("--pause") { HelpName = "US", Description = "Microseconds of computing between two round trips. Default: 0" };
    private readonly Option<bool> _bare = new("--bare") { Description = "Init, Barrier and Finalize, nothing printed: to be timed from outside" };
    private readonly RootCommand _root = new("Benchmarks of Umps.Mpi, by the definitions and in the columns of the OSU micro-benchmarks. Start it with umpsrun: umpsrun -n 2 --bind-to core umpsbench latency");

    private readonly Dictionary<Command, Func<ParseResult, int>> _actions = [];

    private BenchCommand()
    {
        foreach (BenchmarkKind kind in BenchmarkCatalogue.All)
            _root.Subcommands.Add(TableCommand(kind));
        _root.Subcommands.Add(StartUpCommand());
        _root.Subcommands.Add(SoakCommand());
        _root.Subcommands.Add(TailCommand());
        _root.Subcommands.Add(BatchCommand());
    }

    /// <summary>Reads the arguments and runs what they say on this rank.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(string[] args) => new BenchCommand().Parse(args);

    private int Parse(string[] args)
    {
        ParseResult result = _root.Parse(args, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        string names = string.Join(" ", _root.Subcommands.Where(c => !c.Hidden).Select(c => c.Name));
        if (args.Length == 0)
            return Faults.Tell($"no measure is named. Write umpsrun -n 2 umpsbench latency; others: {names}.");
        if (!args[0].StartsWith('-') && _root.Subcommands.All(c => c.Name != args[0]))
            return Faults.Tell($"there is no measure '{args[0]}'. Write one of {names}.");
        if (result.Errors.Count > 0)
            return Faults.Tell($"{result.Errors[0].Message} See umpsbench {(result.CommandResult.Command == _root ? "" : result.CommandResult.Command.Name + " ")}--help.");
        if (result.Action is null && _actions.TryGetValue(result.CommandResult.Command, out Func<ParseResult, int>? run))
        {
            try
            {
                return run(result);
            }
            catch (ArgumentFault fault)
            {
                return Faults.Tell(fault.Message);
            }
        }

        return Faults.IsSpeaker ? result.Invoke() : 0;      // help or the version
    }

    private Command TableCommand(BenchmarkKind kind)
    {
        var command = new Command(kind.Name, $"{kind.Title}: {string.Join(", ", kind.Headings)}");
        if (!kind.IsSizeless)
        {
            command.Options.Add(_min);
            command.Options.Add(_max);
        }

        if (!kind.IsSingle)
        {
            command.Options.Add(_iterations);
            command.Options.Add(_warmUp);
            command.Options.Add(_settle);
        }

        if (!kind.IsSingle && !kind.HasOwnBuffers)
            command.Options.Add(_allocate);

        if (kind.HasWindow)
            command.Options.Add(_window);
        command.Options.Add(_json);
        _actions[command] = parsed =>
        {
            TableSettings settings = Settings(parsed, kind);
            return InJob(comm => TableRun.Run(comm, kind, settings));
        };
        return command;
    }

    private TableSettings Settings(ParseResult parsed, BenchmarkKind kind)
    {
        int? min = kind.IsSizeless ? null : Arguments.Bytes(parsed, _min, kind), max = kind.IsSizeless ? null : Arguments.Bytes(parsed, _max, kind);
        if (min is { } low && (max ?? Math.Max(kind.MaxBytes, low)) < low)
            throw new ArgumentFault($"--min {low} is above --max {max}. Give a --max of {low} or more, or a smaller --min.");
        if (min is null && max < kind.MinBytes)
            throw new ArgumentFault($"--max {max} is below the smallest message of {kind.Name}, {kind.MinBytes}. Give a larger --max, or --min too.");
        return new TableSettings
        {
            MinBytes = min,
            MaxBytes = max,
            Iterations = kind.IsSingle ? null : Arguments.Count(parsed, _iterations, 1, 1_000_000_000),
            WarmUp = kind.IsSingle ? null : Arguments.Count(parsed, _warmUp, 0, 1_000_000_000),
            Window = (kind.HasWindow ? Arguments.Count(parsed, _window, 1, 65536) : null) ?? BenchContext.OsuWindow,
            SettleSeconds = (kind.IsSingle ? null : Arguments.Seconds(parsed, _settle, 0, 3600)) ?? 0.5,
            Allocate = !kind.IsSingle && !kind.HasOwnBuffers && parsed.GetValue(_allocate),
            Json = parsed.GetValue(_json),
        };
    }

    private Command StartUpCommand()
    {
        var command = new Command("startup", "Start-up: Init and Finalize of n ranks; benchmarks/compare measures the launcher too") { _bare };
        _actions[command] = parsed => parsed.GetValue(_bare) ? StartUpRun.RunBare() : StartUpRun.Run();
        return command;
    }

    private Command SoakCommand()
    {
        var command = new Command("soak", "Full message rate with checksums; fails when a message is wrong, or memory grows") { _seconds };
        _actions[command] = parsed =>
        {
            double seconds = Arguments.Seconds(parsed, _seconds, 1, 1_000_000) ?? 600;
            return InJob(comm => SoakRun.Run(comm, seconds));
        };
        return command;
    }

    private Command TailCommand()
    {
        var command = new Command("tail", "Latency to the 99.99th percentile, of every round trip of some seconds; benchmarks/real-time uses it") { _seconds, _bytes, _pause };
        _actions[command] = parsed =>
        {
            double seconds = Arguments.Seconds(parsed, _seconds, 1, 1_000_000) ?? 10;
            int bytes = Arguments.Count(parsed, _bytes, 1, 1 << 20) ?? 8, pause = Arguments.Count(parsed, _pause, 0, 1_000_000) ?? 0;
            return InJob(comm => TailRun.Run(comm, bytes, seconds, pause));
        };
        return command;
    }

    private Command BatchCommand()
    {
        var numbers = new Argument<string[]>("PASSES MILLISECONDS WARM_SECONDS ROW_SECONDS NAME:BYTES…") { Arity = ArgumentArity.OneOrMore };
        var command = new Command("batches", "Short batches of several measures; what benchmarks/compare starts") { numbers };
        command.Hidden = true;
        _actions[command] = parsed =>
        {
            string[] values = parsed.GetValue(numbers) ?? [];
            double[] head = [.. values.Take(4).Select(v => double.TryParse(v, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : -1)];
            if (values.Length < 5 || head.Any(number => number < 0))
                return Faults.Tell("batches needs PASSES MILLISECONDS WARM_SECONDS ROW_SECONDS NAME:BYTES… Write batches 20 2 0.5 0.3 latency:8.");
            var plan = new BatchPlan((int)head[0], head[1], head[2], head[3], values[4..]);
            return InJob(comm => BatchRun.Run(comm, plan));
        };
        return command;
    }

    private static int InJob(Func<Comm, int> run)
    {
        using Mpi mpi = Mpi.Init();
        return run(mpi.World);
    }
}
