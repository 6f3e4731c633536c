using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using Microsoft.Win32.SafeHandles;
using Umps.Transport;
using Umps.Transport.Interop;
using Umps.WireUp;

namespace Umps.Launcher;

/// <summary>The node agent: makes the node's memory, starts its ranks, lets them join, passes on their output, watches them, and ends what is left of them.</summary>
/// <remarks>
/// It lives in umpsrun for this node, and in <c>umpsrun --agent</c>, started by ssh, for another (<see cref="RemoteAgent"/>).
/// <code>
/// start → ranks run → (an order to end: abort word, SIGTERM, SIGKILL) → all have ended → what they left is ended, output passed on, all reaped → Finished
/// </code>
/// Threads: one watches the processes and keeps the time of an ending; one reads output (and may block); the wire-up server has its own.
/// </remarks>
internal sealed class NodeAgent : INode
{
    // Of a job that is being ended. Ranks asleep in a call throw UMPS2202 at once; SIGTERM is for those that compute; the rank that failed gets
    // the time to print its stack. All of it is over within a second.
    private static readonly TimeSpan s_terminateAfter = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan s_killAfter = TimeSpan.FromMilliseconds(600);
    private static readonly TimeSpan s_killFailedAfter = TimeSpan.FromMilliseconds(900);

    private readonly NodeOrders _orders;
    private readonly IOutput _output;
    private readonly IWireUpBoard _board;
    private readonly Action<WireUpMessage> _report;
    private readonly string _socketName = JobSecret.NewSocketName();
    private readonly string _mark;
    private readonly string _temporaryFolder;
    private readonly Dictionary<string, string> _variables;
    private readonly Lock _gate = new();            // over _ranks' states and the ending
    private readonly List<RankProcess> _ranks = [];
    private readonly List<int> _pids = [];       // all whose runtime files are removed at the end
    private readonly WakePipe _wake = new();
    private KernelAgent? _memory;
    private WireUpServer? _server;
    private Watchdog? _watchdog;
    private OutputPump? _pump;
    private InputWriter? _input;
    private Thread? _watcher;
    private long _endingSince;                      // 0: not ending
    private int _failedRank = -1;
    private int _endingStep;
    private bool _over;

    /// <summary>Makes the agent; <see cref="Start"/> begins.</summary>
    /// <param name="orders">What to do.</param>
    /// <param name="output">Where the ranks' lines go.</param>
    /// <param name="board">Where the ranks publish values.</param>
    /// <param name="report">Takes what <see cref="INode"/> tells; from any thread.</param>
    public NodeAgent(NodeOrders orders, IOutput output, IWireUpBoard board, Action<WireUpMessage> report)
    {
        _orders = orders;
        _output = output;
        _board = board;
        _report = report;
        _mark = $"{RankEnvironment.Join}={_socketName}";
        _variables = RankVariables.Common(orders);
        _temporaryFolder = _variables.TryGetValue("TMPDIR", out string? set) && set.Length > 0 ? set : "/tmp";
    }

    /// <summary>Starts the ranks.</summary>
    /// <exception cref="LauncherException">Something cannot be had; nothing is left then.</exception>
    public void Start()
    {
        try
        {
            StartRanks();
        }
        catch (UmpsException cause)
        {
            CleanUp();
            throw new LauncherException(ErrorId.NodeResources, $"node {_orders.NodeName}: {cause.Message}", ExitCode.Internal);
        }
        catch
        {
            CleanUp();
            throw;
        }

        _watcher = new Thread(Watch) { IsBackground = true, Name = "rank watcher" };
        _watcher.Start();
    }

    /// <inheritdoc/>
    public void Obey(WireUpMessage order)
    {
        switch (order.Kind)
        {
            case WireUpKind.Signal:
                SignalAll(order.Number);
                break;
            case WireUpKind.ShowState:
                _server!.AskForState(order.Number);
                break;
            case WireUpKind.End:
                BeginEnding(order);
                break;
            case WireUpKind.Kill:
                lock (_gate)
                    (_endingSince, _failedRank, _endingStep) = (1, -1, Math.Max(1, _endingStep));      // since long ago, and past SIGTERM
                _wake.Wake();
                break;
            case WireUpKind.Input:
                if (_input is { } input)
                    input.Add(order.Body);
                break;
            default:
                break;      // of no concern to a node
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _watcher?.Join();

    private void StartRanks()
    {
        if (!Directory.Exists(_orders.WorkingFolder))
            throw new LauncherException(ErrorId.NoFolder, $"the working folder {_orders.WorkingFolder} does not exist on {_orders.NodeName}. Make it there, or name another with --wdir.");
        Linux.AdoptOrphans();
        IReadOnlyList<int> ranks = _orders.Ranks;
        _watchdog = Watchdog.Start(_mark, _temporaryFolder);
        TransportOptions options = NodeOptions.Of(_orders.Settings, _variables, _orders.WorkingFolder);
        AgentKind[] interfaces = NodeInterfaces.Wanted(options.Agents, severalNodes: ranks.Count < _orders.NodeOfRank.Count);
        _memory = KernelAgent.Create(ranks.Count, options, interfaces);
        if (interfaces.Length > 0)
            NodeInterfaces.Open(_memory, options.Agents, interfaces, _orders.NodeName, text => _report(new WireUpMessage(WireUpKind.Notice, Text: text)));
        Dictionary<string, int> tokens = [];
        Dictionary<int, int> placeOf = [];
        string[] tokenOf = new string[ranks.Count];
        for (int i = 0; i < ranks.Count; i++)
        {
            tokens.Add(tokenOf[i] = JobSecret.NewToken(), ranks[i]);
            placeOf.Add(ranks[i], i);
        }

        _server = new WireUpServer(
            new JoinListener(_socketName), tokens, _orders.Facts(), _board, (connection, rank) => _memory.SendDescriptors(((LocalConnection)connection).SocketFd, placeOf[rank]), Hear, Linux.EffectiveUser());
        _server.Start();

        IReadOnlyList<int> allowed = Linux.Affinity();
        IReadOnlyList<int> cores = _orders.BindToCore ? CoreOrder.Of(allowed) : [];
        using SafeFileHandle nothing = File.OpenHandle("/dev/null");
        using var own = new SafeFileHandle(0, ownsHandle: false);
        try
        {
            for (int i = 0; i < ranks.Count; i++)
            {
                if (cores.Count > 0)
                    Linux.SetAffinity([cores[i % cores.Count]]);        // of this thread, and so of what it starts: before the runtime there counts its processors
                SafeFileHandle? input = ranks[i] != 0 ? nothing : _orders.Input == InputSource.Inherited ? own : null;
                IReadOnlyList<string> variables = RankVariables.Of(_variables, _orders, ranks[i], i, ranks.Count, _socketName, tokenOf[i]);
                RankProcess rank = RankProcess.Start(ranks[i], _orders.Command, variables, _orders.WorkingFolder, input);
                _ranks.Add(rank);
                _pids.Add(rank.Pid);
                _watchdog.Add(rank.Pid);
                _report(new WireUpMessage(WireUpKind.Started, rank.Rank, rank.Pid));
                if (rank.Input is not null)
                    _input = new InputWriter(rank.Input, () => _report(new WireUpMessage(WireUpKind.InputTaken)));
            }
        }
        finally
        {
            if (cores.Count > 0)
                Linux.SetAffinity(allowed);
        }

        _pump = new OutputPump(_ranks, _output);
        _report(new WireUpMessage(WireUpKind.AllStarted));
    }

    // What a rank says over its join socket: noted here, told to the job.
    private void Hear(WireUpMessage message)
    {
        lock (_gate)
        {
            if (_ranks.Find(one => one.Rank == message.Rank) is { } rank)
            {
                rank.HasJoined |= message.Kind == WireUpKind.Joined;
                rank.HasLeft |= message.Kind == WireUpKind.Goodbye;
            }
        }

        _report(message);
    }

    private void SignalAll(int signal)
    {
        lock (_gate)
        {
            if (_over)
                return;
            foreach (RankProcess rank in _ranks)
                if (rank.End is null)
                    rank.Signal(signal);
        }
    }

    private void BeginEnding(in WireUpMessage order)
    {
        lock (_gate)
        {
            if (_over || _endingSince != 0)
                return;
            _endingSince = Stopwatch.GetTimestamp();
            _failedRank = order.Rank;
        }

        // The reason before the word: who sees the word looks for the reason.
        _server!.Announce(order.Rank, order.Text);
        _memory!.Abort(order.Number);
        lock (_gate)
        {
            // Programs that have not joined see no word: they need not be waited for.
            foreach (RankProcess rank in _ranks)
                if (!_over && !rank.HasJoined && rank.Rank != _failedRank)
                    rank.Signal(Signals.Terminate);
        }

        _wake.Wake();
    }

    private void Watch()
    {
        List<RankProcess> living = [.. _ranks];
        while (living.Count > 0)
        {
            var watched = new WatchedDescriptor[2 + living.Count];
            watched[0] = new WatchedDescriptor(_wake.Descriptor);
            watched[1] = new WatchedDescriptor(_watchdog!.Descriptor);
            for (int i = 0; i < living.Count; i++)
                watched[2 + i] = new WatchedDescriptor((int)living[i].Handle.DangerousGetHandle());
            Linux.WaitReadable(watched, MillisecondsToNextStep());

            if (watched[0].IsReady)
                _wake.Drain();
            if (watched[1].IsReady)
                _watchdog.Renew();
            List<RankProcess> ended = [.. living.Where((rank, i) => watched[2 + i].IsReady && HasEnded(rank))];
            foreach (RankProcess rank in ended)
                TellEnd(rank);
            living.RemoveAll(ended.Contains);

            TakeDueSteps();
        }

        CleanUp();
        _report(new WireUpMessage(WireUpKind.Finished));
    }

    private bool HasEnded(RankProcess rank)
    {
        lock (_gate)
            return rank.HasEnded();
    }

    private void TellEnd(RankProcess rank)
    {
        // Its last words first: they are in the socket already, for it is dead.
        _server!.Drain(rank.Rank, TimeSpan.FromMilliseconds(500));
        ProcessEnd end = rank.End!.Value;
        string state = rank.HasLeft ? "left" : rank.HasJoined ? "joined" : "";
        _report(new WireUpMessage(WireUpKind.Ended, rank.Rank, end.Signal != 0 ? -end.Signal : end.Status, state));
    }

    private int MillisecondsToNextStep()
    {
        lock (_gate)
        {
            if (_endingSince == 0 || _endingStep >= 3)
                return -1;
            TimeSpan due = _endingStep == 0 ? s_terminateAfter : _endingStep == 1 ? s_killAfter : s_killFailedAfter;
            return Math.Max(0, (int)Math.Ceiling((due - Stopwatch.GetElapsedTime(_endingSince)).TotalMilliseconds));
        }
    }

    private void TakeDueSteps()
    {
        lock (_gate)
        {
            if (_endingSince == 0)
                return;
            TimeSpan since = Stopwatch.GetElapsedTime(_endingSince);
            if (_endingStep == 0 && since >= s_terminateAfter)
            {
                _endingStep = 1;
                SignalGroups(Signals.Terminate, spareFailed: true);
            }

            if (_endingStep == 1 && since >= s_killAfter)
            {
                _endingStep = 2;
                _pids.AddRange(Cleanup.Find(_mark));       // what ranks have started has runtime files too
                SignalGroups(Signals.Kill, spareFailed: true);
            }

            if (_endingStep == 2 && since >= s_killFailedAfter)
            {
                _endingStep = 3;
                SignalGroups(Signals.Kill, spareFailed: false);
            }
        }
    }

    private void SignalGroups(int signal, bool spareFailed)
    {
        foreach (RankProcess rank in _ranks)
            if (!spareFailed || rank.Rank != _failedRank)
                rank.Signal(signal);
    }

    /// <summary>All ranks have ended, or could not be started: nothing stays.</summary>
    private void CleanUp()
    {
        lock (_gate)
        {
            SignalGroups(Signals.Kill, spareFailed: false);
            if (_ranks.Count > 0)
                _pids.AddRange(Cleanup.End(_mark));
        }

        _pump?.Complete();
        lock (_gate)
        {
            _over = true;
            foreach (RankProcess rank in _ranks)
            {
                // Where a start failed in the middle, they have just been killed.
                Linux.WaitReadable([new WatchedDescriptor((int)rank.Handle.DangerousGetHandle())], 1000);
                rank.Dispose();
            }
        }

        RuntimeFiles.Remove(_temporaryFolder, _pids);
        _server?.Dispose();
        _memory?.Dispose();
        _pump?.Dispose();
        _watchdog?.Dismiss();
    }
}
