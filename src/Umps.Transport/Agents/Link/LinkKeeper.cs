using System;
using System.Threading;

namespace Umps.Transport.Agents.Link;

/// <summary>The thread that says, every so often, that this process lives: where a kernel does it for tcp's connections, nobody does for frames.</summary>
/// <remarks>Started with the first peer. It only sends; what comes is read by whoever owns the endpoint.</remarks>
internal sealed class LinkKeeper(Action say, long intervalNanoseconds) : IDisposable
{
    private const int StackBytes = 128 << 10;

    private readonly ManualResetEventSlim _stopping = new(false, spinCount: 0);
    private Thread? _thread;

    /// <summary>Starts it, once.</summary>
    public void Start()
    {
        if (_thread is not null)
            return;
        _thread = new Thread(Run, StackBytes) { IsBackground = true, Name = "umps-link-keeper" };
        _thread.UnsafeStart();
    }

    /// <summary>Ends it, and waits for its end.</summary>
    public void Dispose()
    {
        _stopping.Set();
        _thread?.Join();
        _stopping.Dispose();
    }

    private void Run()
    {
        TimeSpan interval = TimeSpan.FromMicroseconds(intervalNanoseconds / 1000);
        while (!_stopping.Wait(interval))
            say();
    }
}
