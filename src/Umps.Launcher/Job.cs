using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using Umps.Transport.Interop;
using Umps.WireUp;

namespace Umps.Launcher;

/// <summary>A job, from its plan to its exit status: starts the nodes, hears what they tell, and ends all of them when one rank fails.</summary>
/// <remarks>
/// One thread decides: everything comes to it as an event in one queue, and no decision waits for output, input or a node.
/// <code>
/// running ─(a rank fails, a node is lost, --timeout)→ ending: End to every node ─(all finished)→ report, status
///         ─(SIGINT, SIGTERM)→ interrupted: the ranks got it too, and have some seconds; again: at once
///         ─(a rank dies because another has gone)→ suspecting: that other one may be heard of in a moment; else this is the cause
/// </code>
/// </remarks>
internal sealed class Job : IDisposable
{
    private static readonly TimeSpan s_suspectFor = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_killInterruptedAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_answerWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_stateWithin = TimeSpan.FromSeconds(2);

    private readonly JobPlan _plan;
    private readonly IOutput _output;
    private readonly JobEvents _events = new();
    private readonly Dictionary<int, INode> _nodes = [];
    private readonly List<int> _running = [];               // nodes that have not finished
    private readonly WireUpBoard _board;
    private readonly RankState[] _ranks;
    private readonly JobReport _report;
    private readonly StateReport? _states;                  // with --show-state
    private readonly InputSource _source;
    private readonly List<Timer> _timers = [];
    private InputPump? _input;
    private JobCause? _cause, _suspect;
    private int _interrupted;                               // the signal; 0: none
    private bool _killed, _quiet;

    private Job(JobPlan plan, IOutput output)
    {
        _plan = plan;
        _output = output;
        _board = new WireUpBoard(plan.NodeOfRank.Count);
        _ranks = new RankState[plan.NodeOfRank.Count];
        for (int rank = 0; rank < _ranks.Length; rank++)
            _ranks[rank] = new RankState(rank, plan.Nodes.First(one => one.Number == plan.NodeOfRank[rank]));
        _report = new JobReport(_ranks);
        _states = plan.ShowState ? new StateReport(_ranks) : null;
        _source = _ranks[0].Node.IsLocal && !Linux.IsTerminal(0) ? InputSource.Inherited : InputSource.Sent;
    }

    /// <summary>Runs the job.</summary>
    /// <param name="plan">What to start, and where.</param>
    /// <param name="output">Where lines and reports go.</param>
    /// <returns>umpsrun's exit code.</returns>
    /// <exception cref="LauncherException">The ranks of this node cannot be started.</exception>
    public static int Run(JobPlan plan, IOutput output)
    {
        using var job = new Job(plan, output);
        return job.Run();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _input?.Dispose();
        foreach (INode node in _nodes.Values)
            node.Dispose();
    }

    private int Run()
    {
        using var signals = new JobSignals(signal => Tell(-1, new WireUpMessage(WireUpKind.Signal, Number: signal)));
        using CancellationTokenRegistration closed = _output.Closed.Register(() => Tell(-1, new WireUpMessage(WireUpKind.Kill)));
        StartNodes();
        if (_plan.Timeout is { } limit)
            After(limit, () => Fail(new JobCause(JobEnd.TimedOut, -1, ExitCode.TimedOut)));
        while (_running.Count > 0)
        {
            if (_events.Take(MillisecondsToTimer()) is { } next)
                Hear(next.Node, next.Message);
            RunTimers();
        }

        return End();
    }

    private void StartNodes()
    {
        byte[] secret = JobSecret.New();
        // Those elsewhere first: they take longer, and start side by side.
        foreach (PlannedNode node in (PlannedNode[])[.. _plan.Nodes.Where(node => !node.IsLocal), .. _plan.Nodes.Where(node => node.IsLocal)])
        {
            if (!_plan.NodeOfRank.Contains(node.Number))
                continue;
            NodeOrders orders = NodeOrders.Of(_plan, node, _source, secret);
            void Report(WireUpMessage message) => Tell(node.Number, message);
            _running.Add(node.Number);
            try
            {
                INode started = node.IsLocal
                    ? LocalStarter.Start(orders, _output, _board, Report)
                    : SshStarter.Start(node, _plan.RemotePath, orders, _output, _board, Report);
                _nodes.Add(node.Number, started);
                if (started is RemoteNode remote)
                    After(s_answerWithin, () => CheckAnswer(node, remote));
            }
            catch (LauncherException refused)
            {
                _running.Remove(node.Number);
                Fail(new JobCause(JobEnd.NodeTrouble, -1, refused.ExitCode, refused.Message));
                break;
            }
        }
    }

    private void Hear(int node, in WireUpMessage message)
    {
        switch (message.Kind)
        {
            case WireUpKind.Started:
                _ranks[message.Rank].Pid = message.Number;
                break;
            case WireUpKind.AllStarted:
                if (_interrupted != 0)
                    _nodes[node].Obey(new WireUpMessage(WireUpKind.Signal, Number: _interrupted));      // it was not there yet to get it
                if (_source == InputSource.Sent && node == _ranks[0].Node.Number)
                    _input = InputPump.Start(piece => _nodes[node].Obey(new WireUpMessage(WireUpKind.Input, 0, Body: piece)));
                break;
            case WireUpKind.Failed:
                Fail(new JobCause(JobEnd.RankFailed, message.Rank, message.Number, message.Text));
                break;
            case WireUpKind.FailedAfterOther:
                Suspect(new JobCause(JobEnd.RankFailed, message.Rank, message.Number, message.Text));
                break;
            case WireUpKind.Abort:
                Fail(new JobCause(JobEnd.RankAborted, message.Rank, message.Number, message.Text));
                break;
            case WireUpKind.Ended:
                HearEnd(message);
                break;
            case WireUpKind.Trouble:
                Fail(new JobCause(JobEnd.NodeTrouble, -1, message.Number, message.Text));
                break;
            case WireUpKind.Notice:
                _output.Say(message.Text);
                break;
            case WireUpKind.Finished:
                _running.Remove(node);
                foreach (RankState rank in _ranks.Where(rank => rank.Node.Number == node && rank.End is null))
                    _board.RankEnded(rank.Rank);        // of a node that was lost
                break;
            case WireUpKind.InputTaken:
                _input?.Continue();
                break;
            case WireUpKind.Signal:
                HearSignal(message.Number);
                break;
            case WireUpKind.Kill:
                // Nobody reads our output any more: as with any command before a pipe, that is the end, without a word.
                _quiet = true;
                Fail(new JobCause(JobEnd.OutputClosed, -1, ExitCode.OutputClosed));
                break;
            case WireUpKind.State:
                if (_states?.Hear(message.Rank, message.Number == 0, message.Text) == true)
                    SayStates();
                break;
            case WireUpKind.Joined:
                _ranks[message.Rank].HasJoined = true;
                LookForMissing();
                break;
            default:
                break;      // Goodbye: told again with the end
        }
    }

    private void HearEnd(in WireUpMessage message)
    {
        RankState rank = _ranks[message.Rank];
        var end = message.Number < 0 ? new ProcessEnd(0, -message.Number) : new ProcessEnd(message.Number, 0);
        rank.End = end;
        _board.RankEnded(rank.Rank);
        if (_states?.IsComplete == true)
            SayStates();
        if (_cause is not null || _interrupted != 0 || _suspect?.Rank == rank.Rank)
            return;
        if (end.ShellStatus != 0)
            Fail(new JobCause(JobEnd.RankFailed, rank.Rank, end.ShellStatus));
        else if (message.Text == "joined")
            Fail(new JobCause(JobEnd.RankVanished, rank.Rank, 1));
        else if (message.Text.Length == 0)
            LookForMissing();
    }

    /// <summary>A rank that has ended without joining is missed by those that have joined: MPI wants all to call Init, or none. Ranks that are ending anyway get a moment.</summary>
    private void LookForMissing()
    {
        if (FindMissing() is not null)
            After(s_suspectFor, () =>
            {
                if (FindMissing() is { } missing && _interrupted == 0)
                    Fail(new JobCause(JobEnd.RankNeverJoined, missing.Rank, 1));
            });
    }

    private RankState? FindMissing() => Array.Exists(_ranks, rank => rank.HasJoined && rank.End is null)
        ? Array.Find(_ranks, rank => !rank.HasJoined && rank.End is { ShellStatus: 0 })
        : null;

    private void HearSignal(int signal)
    {
        switch (signal)
        {
            case Signals.Interrupt or Signals.Terminate or Signals.Hangup or Signals.Quit:
                if (_interrupted != 0 || _cause is not null)
                {
                    Kill();
                    break;
                }

                _interrupted = signal;
                Order(new WireUpMessage(WireUpKind.Signal, Number: signal));
                After(s_killInterruptedAfter, Kill);
                break;
            case Signals.User1 when _states is not null:
                AskForStates();
                break;
            case Signals.TerminalStop:
                Order(new WireUpMessage(WireUpKind.Signal, Number: Signals.Stop));      // SIGTSTP does not stop who has no terminal
                Linux.Kill(Environment.ProcessId, Signals.Stop);
                break;
            default:
                Order(new WireUpMessage(WireUpKind.Signal, Number: signal));
                break;
        }
    }

    /// <summary>SIGUSR1: every rank tells its state, as it is now. One question at a time; a rank that is stopped, or whose node is, is named instead.</summary>
    private void AskForStates()
    {
        if (!_states!.Begin())
            return;
        int round = _states.Round;
        Order(new WireUpMessage(WireUpKind.ShowState, Number: round));
        After(s_stateWithin, () =>
        {
            if (_states.Round == round)
                SayStates();
        });
        if (_states.IsComplete)
            SayStates();
    }

    private void SayStates()
    {
        if (_states!.Take() is { } text)
            _output.Say(text);
    }

    /// <summary>Something ends the job; what comes later is a consequence.</summary>
    private void Fail(JobCause cause)
    {
        if (_cause is not null)
            return;
        if (_interrupted != 0 && cause.Kind is JobEnd.RankFailed or JobEnd.RankVanished)
            return;         // it ends because it was told to
        _cause = cause;
        int word = cause.Rank >= 0 ? cause.Rank + 1 : int.MaxValue;
        Order(new WireUpMessage(WireUpKind.End, cause.Rank, word, _report.Why(cause)));
    }

    private void Suspect(JobCause cause)
    {
        if (_cause is not null || _suspect is not null)
            return;
        _suspect = cause;
        After(s_suspectFor, () => Fail(cause));
    }

    private void Kill()
    {
        if (_killed || _running.Count == 0)
            return;
        _killed = true;
        Order(new WireUpMessage(WireUpKind.Kill));
    }

    private void CheckAnswer(PlannedNode node, RemoteNode remote)
    {
        if (remote.HasAnswered || !_running.Contains(node.Number))
            return;
        Fail(new JobCause(JobEnd.NodeTrouble, -1, ExitCode.Internal,
            $"UMPS{ErrorId.NodeUnreachable} umpsrun: no node agent on {node.Host}: it has not answered for {s_answerWithin.TotalSeconds} s. Try `ssh {SshStarter.Target(node)} true`: it must work without a question."));
        remote.GiveUp();
    }

    private int End()
    {
        if (_states is not null && !_quiet && Array.Exists(_ranks, rank => rank.HasJoined))
            _output.Say(_states.AtEnd());
        if (_cause is { } cause)
        {
            if (!_quiet)
                _output.Say(_report.Of(cause));
            return cause.Kind switch
            {
                JobEnd.RankFailed when _ranks[cause.Rank].End is { ShellStatus: not 0 } end && end.Signal is not (Signals.Kill or Signals.Terminate) => end.ShellStatus,
                _ => cause.Status,
            };
        }

        if (_interrupted == 0)
            return ExitCode.Ok;
        if (_killed)
            _output.Say(JobReport.Interrupted(_interrupted));
        return 128 + _interrupted;
    }

    private void Order(in WireUpMessage order)
    {
        foreach ((int number, INode node) in _nodes)
            if (_running.Contains(number))
                node.Obey(order);
    }

    private void Tell(int node, WireUpMessage message) => _events.Add(node, message);

    private void After(TimeSpan time, Action action) => _timers.Add(new Timer(Stopwatch.GetTimestamp() + (long)(time.TotalSeconds * Stopwatch.Frequency), action));

    private int MillisecondsToTimer()
    {
        if (_timers.Count == 0)
            return -1;
        TimeSpan left = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), _timers.Min(timer => timer.At));
        return (int)Math.Clamp(Math.Ceiling(left.TotalMilliseconds), 0, int.MaxValue);
    }

    private void RunTimers()
    {
        long now = Stopwatch.GetTimestamp();
        for (int i = _timers.Count - 1; i >= 0; i--)
        {
            if (_timers[i].At > now)
                continue;
            Action due = _timers[i].Do;
            _timers.RemoveAt(i);
            due();
        }
    }

    private sealed record Timer(long At, Action Do);
}
