using System.Collections.Generic;
using System.Threading;
using Umps.WireUp;

namespace Umps.Launcher;

/// <summary>What a job hears, from any thread, in the order it comes; one thread takes it.</summary>
/// <remarks>
/// A class an event and no BlockingCollection of tuples: a collection over a struct of ours is compiled anew each time umpsrun starts (a quarter of the methods that are).
/// </remarks>
internal sealed class JobEvents
{
    private readonly Queue<Event> _waiting = new();

    /// <summary>Adds what a node tells.</summary>
    public void Add(int node, WireUpMessage message)
    {
        lock (_waiting)
        {
            _waiting.Enqueue(new Event(node, message));
            Monitor.Pulse(_waiting);
        }
    }

    /// <summary>Waits for the next one.</summary>
    /// <param name="milliseconds">How long at most; -1: for ever.</param>
    /// <returns>Null when the time is over.</returns>
    public Event? Take(int milliseconds)
    {
        lock (_waiting)
        {
            if (_waiting.Count == 0 && milliseconds != 0)
                Monitor.Wait(_waiting, milliseconds);
            return _waiting.TryDequeue(out Event? next) ? next : null;
        }
    }

    /// <summary>What a node tells.</summary>
    /// <param name="Node">Its number; -1: umpsrun itself.</param>
    /// <param name="Message">What.</param>
    internal sealed record Event(int Node, WireUpMessage Message);
}
