using System;
using System.Threading;
using Umps.WireUp;

namespace Umps.Launcher;

/// <summary>Sends the ranks' lines from another node to umpsrun, no more than it takes.</summary>
/// <remarks>A window, not the pipe, holds back output: addresses, ends and signals use the same line and must not wait behind it.</remarks>
internal sealed class RemoteOutput : IOutput
{
    private readonly WireUpChannel _channel;
    private readonly object _gate = new();
    private int _waitingBytes;
    private bool _closed;

    /// <summary>Lines over this channel.</summary>
    public RemoteOutput(WireUpChannel channel) => _channel = channel;

    /// <summary>Bytes that may be sent before umpsrun says that it has taken them; one line may exceed it.</summary>
    public const int WindowBytes = 1 << 20;

    /// <inheritdoc/>
    public void Line(int rank, bool isError, ReadOnlySpan<byte> line)
    {
        lock (_gate)
        {
            while (!_closed && _waitingBytes > 0 && _waitingBytes + line.Length > WindowBytes)
                Monitor.Wait(_gate);
            if (_closed)
                return;
            _waitingBytes += line.Length;
        }

        _channel.TrySend(new WireUpMessage(isError ? WireUpKind.ErrorOutput : WireUpKind.Output, rank, Body: line.ToArray()));
    }

    /// <inheritdoc/>
    public void Say(string launcherMessage) => _channel.TrySend(new WireUpMessage(WireUpKind.Trouble, Text: launcherMessage));

    /// <summary>Umpsrun has passed on so many bytes.</summary>
    public void Taken(int bytes)
    {
        lock (_gate)
        {
            _waitingBytes -= bytes;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Nobody takes lines any more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }
}
