using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text;
using System.Threading;
using Microsoft.Win32.SafeHandles;
using Umps.Transport.Interop;
using Umps.WireUp;

namespace Umps.Launcher;

/// <summary>A node elsewhere: ssh's process, and the line to the node agent that it carries.</summary>
internal sealed class RemoteNode : INode
{
    private const int SaidLinesMax = 20;

    /// <summary>How often umpsrun says that it is there; <see cref="RemoteAgent.SilenceMax"/> is the agent's patience.</summary>
    private static readonly TimeSpan s_aliveEvery = TimeSpan.FromSeconds(2);

    private readonly PlannedNode _node;
    private readonly int _ssh;
    private readonly SafeFileHandle _process;
    private readonly WireUpChannel _channel;
    private readonly Stream _errors;
    private readonly NodeOrders _orders;
    private readonly IOutput _output;
    private readonly WireUpBoard _board;
    private readonly Action<WireUpMessage> _report;
    private readonly BlockingCollection<WireUpMessage> _lines = [];
    private readonly List<string> _said = [];       // what ssh and the agent wrote to stderr
    private readonly Thread _writer, _errorReader, _reader;
    private readonly Timer _alive;
    private volatile bool _answered, _finished, _ending;

    /// <summary>Takes over an ssh that has been started.</summary>
    /// <param name="node">Which node.</param>
    /// <param name="ssh">ssh's pid.</param>
    /// <param name="streams">Its stdin, stdout, stderr.</param>
    /// <param name="orders">What the node agent is to do.</param>
    /// <param name="output">Where its ranks' lines go.</param>
    /// <param name="board">The job's key-value exchange.</param>
    /// <param name="report">Takes what <see cref="INode"/> tells.</param>
    public RemoteNode(PlannedNode node, int ssh, (SafeFileHandle Input, SafeFileHandle Output, SafeFileHandle Error) streams, NodeOrders orders, IOutput output, WireUpBoard board, Action<WireUpMessage> report)
    {
        _node = node;
        _ssh = ssh;
        _process = Linux.OpenProcess(ssh, out _);
        _channel = new WireUpChannel(new FileStream(streams.Output, FileAccess.Read, bufferSize: 0), new FileStream(streams.Input, FileAccess.Write, bufferSize: 0));
        _errors = new FileStream(streams.Error, FileAccess.Read, bufferSize: 0);
        _orders = orders;
        _output = output;
        _board = board;
        _report = report;
        _alive = new Timer(_ => SayAlive());
        _writer = Run("output of a node", WriteLines);
        _errorReader = Run("words of ssh", ReadErrors);
        _reader = Run("node", Listen);
    }

    /// <summary>Whether the node agent there has answered.</summary>
    public bool HasAnswered => _answered;

    /// <inheritdoc/>
    public void Obey(WireUpMessage order)
    {
        _ending |= order.Kind is WireUpKind.End or WireUpKind.Kill;
        if (_answered)
            _channel.TrySend(order);
        else if (order.Kind is WireUpKind.End or WireUpKind.Kill)
            Linux.Kill(_ssh, Signals.Terminate);        // nothing has been started there, or is not known to be
    }

    /// <summary>Gives up: ssh is ended, and with it what it started.</summary>
    public void GiveUp() => Linux.Kill(-_ssh, Signals.Kill);

    /// <inheritdoc/>
    public void Dispose()
    {
        // The agent there ends when its line does; a line that hangs is cut.
        _reader.Join(TimeSpan.FromSeconds(2));
        GiveUp();
        _reader.Join();
        _writer.Join();
        _alive.Dispose();
        if (!_process.IsInvalid)
            Linux.WaitReadable([new WatchedDescriptor((int)_process.DangerousGetHandle())], 2000);
        Linux.TryReap(_ssh);
        _process.Dispose();
    }

    private void Listen()
    {
        string? why = null;
        try
        {
            if (_channel.SkipTo(RemoteAgent.Mark, bytesMax: 1 << 20))
            {
                _answered = true;
                _channel.TrySend(new WireUpMessage(WireUpKind.Orders, Number: WireUpMessage.Version, Body: _orders.Encode()));
                _alive.Change(s_aliveEvery, Timeout.InfiniteTimeSpan);
                while (!_finished && _channel.Receive() is { } message)
                    Take(message);
            }
        }
        catch (WireUpException garbage)
        {
            why = garbage.Message;
        }

        _lines.CompleteAdding();
        _channel.Dispose();
        _writer.Join();         // all its lines come before its end
        if (!_finished)
        {
            if (!_ending)
                _report(new WireUpMessage(WireUpKind.Trouble, Number: ExitCode.Internal, Text: why ?? WhyLost()));
            _finished = true;
        }

        _report(new WireUpMessage(WireUpKind.Finished));
    }

    private void Take(in WireUpMessage message)
    {
        switch (message.Kind)
        {
            case WireUpKind.Output or WireUpKind.ErrorOutput:
                _lines.Add(message);
                break;
            case WireUpKind.Put:
                _board.Put(message.Rank, message.Text, message.Body);
                break;
            case WireUpKind.Get:
                WireUpMessage question = message;
                _board.Get(message.Rank, message.Text, value => _channel.TrySend(value is null
                    ? question with { Kind = WireUpKind.NoValue }
                    : question with { Kind = WireUpKind.Value, Body = value.Value }));
                break;
            case WireUpKind.Fence:
                int rank = message.Rank;
                _board.Fence(rank, () => _channel.TrySend(new WireUpMessage(WireUpKind.FencePassed, rank)));
                break;
            case WireUpKind.Finished:
                _finished = true;       // told when its last line has been passed on
                break;
            case WireUpKind.Trouble:
                _ending = true;
                _report(message);
                break;
            default:
                _report(message);
                break;
        }
    }

    // One at a time: a line that is stuck holds up this one, and no pile of timers behind it.
    private void SayAlive()
    {
        if (!_finished && _channel.TrySend(new WireUpMessage(WireUpKind.Alive)))
            _alive.Change(s_aliveEvery, Timeout.InfiniteTimeSpan);
    }

    private void WriteLines()
    {
        foreach (WireUpMessage line in _lines.GetConsumingEnumerable())
        {
            _output.Line(line.Rank, line.Kind == WireUpKind.ErrorOutput, line.Body.Span);
            _channel.TrySend(new WireUpMessage(WireUpKind.OutputTaken, Number: line.Body.Length));
        }
    }

    private void ReadErrors()
    {
        using var reader = new StreamReader(_errors, Encoding.UTF8);
        try
        {
            while (reader.ReadLine() is { } line)
            {
                lock (_said)
                {
                    if (_said.Count == SaidLinesMax)
                        _said.RemoveAt(0);
                    _said.Add(line);
                }
            }
        }
        catch (IOException)
        {
            // ssh is gone: what it has said is enough.
        }
    }

    private string WhyLost()
    {
        if (!_process.IsInvalid)
            Linux.WaitReadable([new WatchedDescriptor((int)_process.DangerousGetHandle())], 2000);
        _errorReader.Join(TimeSpan.FromSeconds(1));
        string said;
        lock (_said)
            said = _said.Count == 0 ? "" : $" ssh said: {string.Join(" / ", _said).TrimEnd('.')}.";
        int status = Linux.TryPeekEnd(_ssh) is { } end ? end.ShellStatus : -1;
        if (_answered)
            return $"UMPS{ErrorId.NodeLost} umpsrun: the node agent on {_node.Host} is gone (ssh ended with {status}): it was killed, or the connection broke.{said} Its ranks are ended by what watches it there.";
        string remedy = status switch
        {
            126 or 127 => $"There is no umpsrun under that path on {_node.Host}: install it there, or name its path with --remote-path.",
            255 => $"Try `ssh {SshStarter.Target(_node)} true`: it must work without a question (keys, known host).",
            _ => $"Try `ssh {SshStarter.Target(_node)} true`, and umpsrun there by hand.",
        };
        return $"UMPS{ErrorId.NodeUnreachable} umpsrun: no node agent on {_node.Host}: ssh ended with {status}.{said} {remedy}";
    }

    private static Thread Run(string name, ThreadStart body)
    {
        var thread = new Thread(body) { IsBackground = true, Name = name };
        thread.Start();
        return thread;
    }
}
