using System.Collections.Generic;

namespace Umps.Matching;

/// <summary>Finds the queues of a context, and keeps the pool of unexpected messages. Knows no agent and no protocol.</summary>
/// <remarks>Entered with the gate held.</remarks>
internal sealed class MatchEngine
{
    private readonly Dictionary<ulong, ContextQueues> _contexts = [];
    private readonly Stack<UnexpectedMessage> _pool = new();
    private ContextQueues? _lastUsed;       // traffic comes in runs of one context

    /// <summary>Messages that wait for a receive, over all contexts.</summary>
    public int UnexpectedCount { get; private set; }

    /// <summary>All contexts that have been used.</summary>
    public Dictionary<ulong, ContextQueues>.ValueCollection Contexts => _contexts.Values;

    /// <summary>The queues of a context, made at first use: a message may arrive before this rank has made its communicator.</summary>
    public ContextQueues QueuesOf(ulong context)
    {
        ContextQueues? queues = _lastUsed;
        return queues is not null && queues.Context == context ? queues : QueuesOfSlow(context);
    }

    /// <summary>A message to be filled and added to a queue by <see cref="AddUnexpected"/>.</summary>
    public UnexpectedMessage RentUnexpected() => _pool.TryPop(out UnexpectedMessage? message) ? message : new UnexpectedMessage();

    /// <summary>Queues a message that no receive waits for.</summary>
    public void AddUnexpected(ContextQueues queues, UnexpectedMessage message)
    {
        queues.Unexpected.Add(message);
        UnexpectedCount++;
    }

    /// <summary>Takes a message out of its queue; the caller moves its payload, then gives it back.</summary>
    public void TakeUnexpected(ContextQueues queues, UnexpectedMessage message)
    {
        queues.Unexpected.Remove(message);
        UnexpectedCount--;
    }

    /// <summary>Gives a message back to the pool.</summary>
    public void ReturnUnexpected(UnexpectedMessage message)
    {
        message.Held = default;
        message.SelfSend = null;
        message.Loan = null;
        _pool.Push(message);
    }

    /// <summary>Forgets a context. Its queues are returned, for what still waits in them.</summary>
    public ContextQueues? Forget(ulong context)
    {
        _lastUsed = null;
        return _contexts.Remove(context, out ContextQueues? queues) ? queues : null;
    }

    private ContextQueues QueuesOfSlow(ulong context)
    {
        if (!_contexts.TryGetValue(context, out ContextQueues? queues))
            _contexts.Add(context, queues = new ContextQueues(context));
        return _lastUsed = queues;
    }
}
