using System;
using System.Threading;
using Microsoft.Win32.SafeHandles;
using Umps.Transport.Interop;

namespace Umps.Launcher;

/// <summary>Reads umpsrun's stdin and sends it to rank 0, a piece at a time: the next is read when the last has been written there.</summary>
internal sealed class InputPump : IDisposable
{
    private readonly Action<ReadOnlyMemory<byte>> _send;
    private readonly SemaphoreSlim _mayRead = new(1);
    private readonly WakePipe _stop = new();
    private readonly Thread _thread;
    private volatile bool _stopped;

    private InputPump(Action<ReadOnlyMemory<byte>> send)
    {
        _send = send;
        _thread = new Thread(Run) { IsBackground = true, Name = "input" };
    }

    /// <summary>Begins.</summary>
    /// <param name="send">Takes a piece; an empty one at the end.</param>
    public static InputPump Start(Action<ReadOnlyMemory<byte>> send)
    {
        var pump = new InputPump(send);
        pump._thread.Start();
        return pump;
    }

    /// <summary>The last piece has been written.</summary>
    public void Continue() => _mayRead.Release();

    /// <summary>The job has ended: nothing more is read.</summary>
    public void Dispose()
    {
        _stopped = true;
        _stop.Wake();
        _mayRead.Release();
        _thread.Join();
        _stop.Dispose();
        _mayRead.Dispose();
    }

    private void Run()
    {
        using var input = new SafeFileHandle(0, ownsHandle: false);
        byte[] buffer = new byte[32 * 1024];
        while (true)
        {
            _mayRead.Wait();
            WatchedDescriptor[] watched = [new(_stop.Descriptor), new(0)];
            Linux.WaitReadable(watched, -1);
            if (_stopped)
                return;
            int count = watched[1].IsReady ? Linux.ReadSome(input, buffer, out Errno error) : Nothing(out error);
            if (count < 0 && error is Errno.EIO or Errno.EINTR or Errno.EAGAIN)
            {
                // A terminal gives nothing to who is in the background: perhaps later.
                if (Linux.WaitReadable([new WatchedDescriptor(_stop.Descriptor)], 500) > 0)
                    return;
                _mayRead.Release();
                continue;
            }

            _send(buffer.AsSpan(0, Math.Max(0, count)).ToArray());
            if (count <= 0)
                return;
        }
    }

    private static int Nothing(out Errno error)
    {
        error = Errno.EINTR;
        return -1;
    }
}
