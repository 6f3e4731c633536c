using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Win32.SafeHandles;
using Umps.WireUp;

namespace Umps.Launcher;

/// <summary><c>umpsrun --agent</c>: a node agent that ssh has started. Its stdin and stdout are its line to umpsrun.</summary>
/// <remarks>When that line ends, umpsrun or ssh is gone: the ranks are ended at once. When nothing comes over it for <see cref="SilenceMax"/>, the cable is: sshd
/// would keep the line for hours. umpsrun says every 2 s that it is there, but not while it is stopped, which it tells before. It opens no port.</remarks>
internal sealed class RemoteAgent : IWireUpBoard
{
    /// <summary>What the agent says first: umpsrun skips all before it, such as a login shell's greeting. Eight bytes.</summary>
    public static ReadOnlySpan<byte> Mark => "\0UMPS\x01\r\n"u8;

    /// <summary>How long umpsrun may be silent. Its own side gives up after 15 s (ssh's keep-alive).</summary>
    public static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(12);

    private readonly WireUpChannel _channel;
    private readonly RemoteOutput _output;
    private readonly Lock _gate = new();
    private readonly Dictionary<(int Rank, string Name), List<Action<ReadOnlyMemory<byte>?>>> _asking = [];
    private readonly Dictionary<int, Action> _atFence = [];
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private INode? _node;
    private long _heardAt;
    private volatile bool _stopped;         // umpsrun has said that it stops (SIGTSTP): then it is silent

    private RemoteAgent(WireUpChannel channel)
    {
        _channel = channel;
        _output = new RemoteOutput(channel);
    }

    /// <summary>Runs until the node's part of the job is over.</summary>
    /// <returns>The exit code of the agent.</returns>
    public static int Run()
    {
        var input = new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, bufferSize: 0);
        var output = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        output.Write(Mark);
        var agent = new RemoteAgent(new WireUpChannel(input, output));
        return agent.Work();
    }

    /// <inheritdoc/>
    public void Put(int rank, string name, ReadOnlyMemory<byte> value) => _channel.TrySend(new WireUpMessage(WireUpKind.Put, rank, Text: name, Body: value));

    /// <inheritdoc/>
    public void Get(int rank, string name, Action<ReadOnlyMemory<byte>?> answer)
    {
        lock (_gate)
        {
            if (!_asking.TryGetValue((rank, name), out List<Action<ReadOnlyMemory<byte>?>>? others))
                _asking[(rank, name)] = others = [];
            others.Add(answer);
            if (others.Count > 1)
                return;
        }

        _channel.TrySend(new WireUpMessage(WireUpKind.Get, rank, Text: name));
    }

    /// <inheritdoc/>
    public void Fence(int rank, Action passed)
    {
        lock (_gate)
            _atFence[rank] = passed;
        _channel.TrySend(new WireUpMessage(WireUpKind.Fence, rank));
    }

    private int Work()
    {
        if (_channel.Receive() is not { Kind: WireUpKind.Orders } first)
            return ExitCode.Usage;
        if (first.Number != WireUpMessage.Version)
            return Fail($"UMPS{ErrorId.AgentVersion} umpsrun: umpsrun on {Environment.MachineName} speaks version {WireUpMessage.Version}, the one that called it version {first.Number}. Install the same release on all nodes.", ExitCode.Internal);
        try
        {
            _node = LocalStarter.Start(NodeOrders.Decode(first.Body), _output, this, Report);
        }
        catch (LauncherException refused)
        {
            return Fail(refused.Message, refused.ExitCode);
        }

        using PosixSignalRegistration hangup = Catch(PosixSignal.SIGHUP), interrupt = Catch(PosixSignal.SIGINT), terminate = Catch(PosixSignal.SIGTERM);
        new Thread(Listen) { IsBackground = true, Name = "orders" }.Start();
        Volatile.Write(ref _heardAt, Stopwatch.GetTimestamp());
        while (!_finished.Task.Wait(TimeSpan.FromSeconds(1)))
        {
            if (!_stopped && Stopwatch.GetElapsedTime(Volatile.Read(ref _heardAt)) > SilenceMax)
                LoseLine();
        }
        return ExitCode.Ok;
    }

    private int Fail(string message, int code)
    {
        _channel.TrySend(new WireUpMessage(WireUpKind.Trouble, Number: code, Text: message));
        return code;
    }

    private PosixSignalRegistration Catch(PosixSignal signal) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        Fail($"UMPS{ErrorId.NodeLost} umpsrun: the node agent on {Environment.MachineName} got {context.Signal}; its ranks are ended.", ExitCode.Internal);
        _node!.Obey(new WireUpMessage(WireUpKind.Kill));
    });

    private void Report(WireUpMessage message)
    {
        _channel.TrySend(message);
        if (message.Kind == WireUpKind.Finished)
            _finished.TrySetResult();
    }

    private void Listen()
    {
        try
        {
            while (_channel.Receive() is { } message)
            {
                Volatile.Write(ref _heardAt, Stopwatch.GetTimestamp());
                Take(message);
            }
        }
        catch (WireUpException)
        {
            // What is not understood is as good as no line.
        }

        LoseLine();
    }

    private void LoseLine()
    {
        _output.Close();
        _node!.Obey(new WireUpMessage(WireUpKind.Kill));
    }

    private void Take(in WireUpMessage message)
    {
        switch (message.Kind)
        {
            case WireUpKind.Value or WireUpKind.NoValue:
                List<Action<ReadOnlyMemory<byte>?>>? answers;
                lock (_gate)
                    _asking.Remove((message.Rank, message.Text), out answers);
                foreach (Action<ReadOnlyMemory<byte>?> answer in answers ?? [])
                    answer(message.Kind == WireUpKind.Value ? message.Body : null);
                break;
            case WireUpKind.FencePassed:
                Action? passed;
                lock (_gate)
                    _atFence.Remove(message.Rank, out passed);
                passed?.Invoke();
                break;
            case WireUpKind.OutputTaken:
                _output.Taken(message.Number);
                break;
            case WireUpKind.Alive:
                break;
            case WireUpKind.Signal:
                _stopped = message.Number is Signals.Stop or Signals.TerminalStop;
                _node!.Obey(message);
                break;
            default:
                _node!.Obey(message);
                break;
        }
    }
}
