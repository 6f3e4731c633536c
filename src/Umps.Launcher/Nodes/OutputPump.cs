using System;
using System.Collections.Generic;
using System.Threading;
using Microsoft.Win32.SafeHandles;
using Umps.Transport.Interop;

namespace Umps.Launcher;

/// <summary>Reads what the node's ranks write, and passes it on line by line.</summary>
/// <remarks>One thread and one buffer for all pipes. It blocks where the output blocks; the pipes fill then, and the ranks wait: a stopped reader costs no memory
/// and loses nothing. The processes are watched by another thread.</remarks>
internal sealed class OutputPump : IDisposable
{
    private readonly IOutput _output;
    private readonly WakePipe _wake = new();
    private readonly List<(SafeFileHandle Pipe, LineSplitter Lines)> _open = [];
    private readonly Thread _thread;
    private volatile bool _completing;

    /// <summary>Begins to read.</summary>
    public OutputPump(IEnumerable<RankProcess> ranks, IOutput output)
    {
        _output = output;
        foreach (RankProcess rank in ranks)
        {
            _open.Add((rank.Output, new LineSplitter(rank.Rank, isError: false)));
            _open.Add((rank.Error, new LineSplitter(rank.Rank, isError: true)));
        }

        _thread = new Thread(Run) { IsBackground = true, Name = "rank output" };
        _thread.Start();
    }

    /// <summary>All ranks have ended: reads what is still in the pipes and returns when it has been passed on. A pipe that somebody still holds open, but does not write to, is given up.</summary>
    public void Complete()
    {
        _completing = true;
        _wake.Wake();
        _thread.Join();
    }

    /// <inheritdoc/>
    public void Dispose() => _wake.Dispose();

    private void Run()
    {
        byte[] buffer = new byte[64 * 1024];        // a pipe's own size
        while (_open.Count > 0)
        {
            var watched = new WatchedDescriptor[1 + _open.Count];
            watched[0] = new WatchedDescriptor(_wake.Descriptor);
            for (int i = 0; i < _open.Count; i++)
                watched[1 + i] = new WatchedDescriptor((int)_open[i].Pipe.DangerousGetHandle());
            const int GraceMilliseconds = 300;
            int ready = Linux.WaitReadable(watched, _completing ? GraceMilliseconds : -1);
            if (ready == 0 && _completing)
                break;
            if (watched[0].IsReady)
                _wake.Drain();
            for (int i = _open.Count - 1; i >= 0; i--)      // from the end, for closed ones are removed
                if (watched[1 + i].IsReady)
                    Read(i, buffer);
        }

        foreach ((SafeFileHandle pipe, LineSplitter lines) in _open)
        {
            lines.Complete(_output);
            pipe.Dispose();
        }
    }

    private void Read(int index, byte[] buffer)
    {
        (SafeFileHandle pipe, LineSplitter lines) = _open[index];
        int count = Linux.ReadSome(pipe, buffer, out Errno error);
        if (count > 0)
        {
            lines.Take(buffer.AsSpan(0, count), _output);
            return;
        }

        if (error == Errno.EINTR)
            return;
        lines.Complete(_output);
        pipe.Dispose();
        _open.RemoveAt(index);
    }
}
