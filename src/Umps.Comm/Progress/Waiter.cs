using System;
using System.Threading;

namespace Umps.Progress;

/// <summary>A thread that sleeps on a word of its own: for the gate, or for an operation that another thread will find complete.</summary>
/// <remarks>One a thread, whatever rank it works for. A signal may be stale: whoever parks looks again at what it waits for.</remarks>
internal sealed class Waiter
{
    [ThreadStatic] private static Waiter? t_current;

    private readonly object _sleep = new();      // a monitor: no handle to dispose of when the thread ends
    private bool _signalled;

    /// <summary>In place of one waiter: more than one waits.</summary>
    public static readonly Waiter Everybody = new();

    /// <summary>The calling thread's.</summary>
    public static Waiter Current => t_current ??= new Waiter();

    // the list of blocked callers; under the gate
    public Waiter? Previous, Next;
    public bool IsListed;

    /// <summary>Set by a cancellation token, under the gate.</summary>
    public bool IsCancelled;

    // the queue before the gate; under its lock
    public Waiter? NextAtGate;
    public volatile bool OwnsGate;

    /// <summary>Forgets signals so far. Then look at what is waited for, then <see cref="Park"/>.</summary>
    public void Prepare()
    {
        lock (_sleep)
            _signalled = false;
    }

    /// <summary>Sleeps until a signal since <see cref="Prepare"/>, or the time is over.</summary>
    public void Park(TimeSpan timeout)
    {
        lock (_sleep)
        {
            if (!_signalled)
                Monitor.Wait(_sleep, timeout);      // at most once: a wake-up without reason is as good as a stale signal
        }
    }

    /// <summary>Signals: from any thread.</summary>
    public void Unpark()
    {
        lock (_sleep)
        {
            _signalled = true;
            Monitor.Pulse(_sleep);
        }
    }
}
