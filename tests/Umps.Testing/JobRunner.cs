using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using Xunit;

namespace Umps.Testing;

/// <summary>A job under test: umpsrun, its output as it comes, its processes, and its end within a deadline.</summary>
/// <remarks>
/// Tests shake hands with ranks (<see cref="WaitForLine"/>) instead of sleeping. When the deadline passes, the failure shows what was
/// written, what every thread of the job does, and what the ranks tell about themselves on SIGUSR1; then all of it is ended. Each job has
/// a TMPDIR of its own and a mark in its environment, by which its processes and files are known.
/// </remarks>
public sealed class JobRunner : IDisposable
{
    private const string MarkVariable = "UMPS_TEST_MARK";

    private readonly JobSetup _setup;
    private readonly Process _process;
    private readonly Deadline _deadline;
    private readonly string _mark = Guid.NewGuid().ToString("N")[..12];
    private readonly string _folder;
    private readonly LeakCheck _leaks;
    private readonly List<string> _out = [], _error = [];
    private readonly Thread _outReader, _errorReader;
    private readonly Timer _looker;

    private JobRunner(JobSetup setup)
    {
        _setup = setup;
        _deadline = Deadline.After(setup.SecondsMax);
        _folder = Directory.CreateTempSubdirectory("umps-test-").FullName;
        string temporary = Directory.CreateDirectory(Path.Combine(_folder, "tmp")).FullName;
        string working = setup.WorkingFolder ?? Directory.CreateDirectory(Path.Combine(_folder, "work")).FullName;
        _leaks = new LeakCheck(() => Processes(), temporary);

        List<string> command = [.. setup.Namespace?.Exec ?? [], .. setup.Command ?? [Repository.Dotnet, Repository.Umpsrun], .. setup.Arguments];
        var start = new ProcessStartInfo(command[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = working,
        };
        foreach (string argument in command.Skip(1))
            start.ArgumentList.Add(argument);
        start.Environment[MarkVariable] = _mark;
        start.Environment["TMPDIR"] = temporary;
        // The SDK keeps its build servers alive on purpose; a test wants to see what umpsrun leaves.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        foreach ((string name, string? value) in setup.Environment)
            start.Environment[name] = value;
        Command = string.Join(' ', setup.Arguments.Prepend("umpsrun"));

        _process = Process.Start(start)!;
        if (!setup.WithInput)
            _process.StandardInput.Close();
        _outReader = Read(_process.StandardOutput, _out);
        _errorReader = Read(_process.StandardError, _error);
        _looker = new Timer(_ => _leaks.Look(), null, 100, 300);
    }

    /// <summary>What was started, for messages.</summary>
    public string Command { get; }

    /// <summary>umpsrun's pid.</summary>
    public int Pid => _process.Id;

    /// <summary>The job's stdin.</summary>
    public StreamWriter Input => _process.StandardInput;

    /// <summary>A folder of the job's own, its working folder unless the setup named another.</summary>
    public string Folder => Path.Combine(_folder, "work");

    /// <summary>Starts umpsrun.</summary>
    public static JobRunner Start(JobSetup setup) => new(setup);

    /// <summary>Starts umpsrun, waits for its end, and checks that nothing is left.</summary>
    public static JobResult Run(JobSetup setup)
    {
        using JobRunner job = Start(setup);
        return job.WaitForExit();
    }

    /// <summary>Waits until so many lines of stdout or stderr contain the text.</summary>
    /// <returns>Those lines.</returns>
    public IReadOnlyList<string> WaitForLine(string text, int count = 1)
    {
        lock (_out)
        {
            while (true)
            {
                string[] found;
                lock (_error)
                    found = [.. _out.Concat(_error).Where(line => line.Contains(text, StringComparison.Ordinal))];
                if (found.Length >= count)
                    return found;
                if (_deadline.HasPassed || _process.HasExited && !_outReader.IsAlive && !_errorReader.IsAlive)
                    break;
                Monitor.Wait(_out, 50);
            }
        }

        Fail($"waited for {count} lines with \"{text}\"");
        return [];
    }

    /// <summary>The job's processes now, umpsrun among them.</summary>
    public IReadOnlyList<OwnProcess> Processes()
    {
        List<OwnProcess> found = OwnProcess.WithMark(MarkVariable, _mark);
        foreach (NetworkNamespace place in _setup.Elsewhere)
            found.AddRange(OwnProcess.Of(place.Pids()).Where(p => !found.Any(f => f.Pid == p.Pid) && !p.CommandLine.Contains("sshd", StringComparison.Ordinal)));
        return found;
    }

    /// <summary>The process of a rank; waits until it is there.</summary>
    public OwnProcess RankProcess(int rank)
    {
        OwnProcess? found = null;
        if (!_deadline.WaitUntil(() => (found = Processes().FirstOrDefault(p => p.Rank == rank)) is not null))
            Fail($"waited for the process of rank {rank}");
        return found!;
    }

    /// <summary>Sends umpsrun a signal.</summary>
    public void Signal(string signal) => Shell.Signal(Pid, signal);

    /// <summary>Waits for the end of umpsrun and of its output, then checks that nothing is left.</summary>
    public JobResult WaitForExit()
    {
        if (!_process.WaitForExit(_deadline.Remaining))
            Fail("umpsrun has not ended");
        if (!_outReader.Join(TimeSpan.FromSeconds(10)) || !_errorReader.Join(TimeSpan.FromSeconds(10)))
            Fail("umpsrun has ended, but somebody holds its output open");
        if (_setup.CheckLeaks)
            _leaks.AssertNothingLeft();
        return new JobResult(Command, _process.ExitCode, [.. _out], [.. _error]);
    }

    /// <summary>Fails when anything of the job is left after so long.</summary>
    public void AssertNothingLeft(double secondsMax = 5) => _leaks.AssertNothingLeft(secondsMax);

    /// <summary>Ends whatever still runs and removes the job's folder.</summary>
    public void Dispose()
    {
        _looker.Dispose();
        EndAll();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private void Fail(string what)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{what}; {_setup.SecondsMax} s were given. The job's processes:\n");
        IReadOnlyList<OwnProcess> processes = Processes();
        foreach (OwnProcess process in processes)
            text.Append(CultureInfo.InvariantCulture, $"  {process}\n{process.Threads()}");
        AskForState(processes);
        string[] lines, errors;
        lock (_out)
            lines = [.. _out];
        lock (_error)
            errors = [.. _error];
        int code = _process.HasExited ? _process.ExitCode : -1;
        EndAll();
        Assert.Fail(text.Append(new JobResult(Command, code, lines, errors)).ToString());
    }

    /// <summary>Ranks that are scenarios of Umps.Ranks tell their state on SIGUSR1; a process that does not catch it would die of it.</summary>
    private static void AskForState(IReadOnlyList<OwnProcess> processes)
    {
        const ulong sigusr1 = 1ul << (10 - 1);
        bool asked = false;
        foreach (OwnProcess process in processes.Where(p => p.Rank is not null))
        {
            try
            {
                string? caught = File.ReadLines($"/proc/{process.Pid}/status").FirstOrDefault(line => line.StartsWith("SigCgt:", StringComparison.Ordinal));
                if (caught is null || (ulong.Parse(caught[7..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture) & sigusr1) == 0)
                    continue;
            }
            catch (IOException)
            {
                continue;
            }

            Shell.Signal(process.Pid, "USR1");
            asked = true;
        }

        if (asked)
            Thread.Sleep(1000);
    }

    private void EndAll()
    {
        Deadline.After(10).WaitUntil(() =>
        {
            IReadOnlyList<OwnProcess> left = Processes();
            foreach (OwnProcess process in left)
                Shell.Signal(process.Pid, "KILL");
            return left.Count == 0;
        });
    }

    private Thread Read(StreamReader reader, List<string> lines)
    {
        var thread = new Thread(() =>
        {
            while (reader.ReadLine() is { } line)
            {
                lock (lines)
                    lines.Add(line);
                lock (_out)
                    Monitor.PulseAll(_out);
            }
        })
        { IsBackground = true, Name = "reader of a job" };
        thread.Start();
        return thread;
    }
}
