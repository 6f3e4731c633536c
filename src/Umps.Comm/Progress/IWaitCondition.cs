using System;
using System.Diagnostics;
using Umps.Matching;
using Umps.Requests;
using Umps.Transport.Pool;

namespace Umps.Progress;

/// <summary>What a blocked call waits for; looked at with the gate held.</summary>
internal interface IWaitCondition
{
    /// <summary>True when the wait is over.</summary>
    bool IsMet { get; }
}

/// <summary>One operation; also met when another thread has taken its completion.</summary>
internal readonly struct OperationDone(RequestState state) : IWaitCondition
{
    private readonly int _generation = state.Generation;

    /// <inheritdoc/>
    public bool IsMet => state.IsDone || state.Generation != _generation;
}

/// <summary>A message that a probe asks for; also met when nobody is left who could send it.</summary>
internal readonly struct MessageThere(RankCore core, Comm comm, ContextQueues queues, int source, int tag) : IWaitCondition
{
    /// <summary>The message; null while it is not there.</summary>
    public UnexpectedMessage? Message => queues.Unexpected.Find(source, tag);

    /// <inheritdoc/>
    public bool IsMet => Message is not null || core.WhyUnreachable(comm, source) is not null;
}

/// <summary>One of several requests: complete, or taken by another thread.</summary>
internal readonly ref struct AnyDone(ReadOnlySpan<Request> requests) : IWaitCondition
{
    private readonly ReadOnlySpan<Request> _requests = requests;

    /// <summary>The first that is complete; -1 while none is.</summary>
    public int Index
    {
        get
        {
            for (int i = 0; i < _requests.Length; i++)
            {
                if (!_requests[i].IsNull && _requests[i].IsCompleted)
                    return i;
            }
            return -1;
        }
    }

    /// <inheritdoc/>
    public bool IsMet
    {
        get
        {
            bool allNull = true;
            foreach (Request request in _requests)
            {
                if (request.IsNull)
                    continue;
                if (request.IsCompleted)
                    return true;
                allNull = false;
            }
            return allNull;
        }
    }
}

/// <summary>A loaned block has come home, or none is out any more, or the time is over.</summary>
internal readonly struct LoanHome(LoanArena arena, long deadlineTimestamp) : IWaitCondition
{
    /// <inheritdoc/>
    public bool IsMet => arena.IsAnyHome() || Stopwatch.GetTimestamp() >= deadlineTimestamp;
}

/// <summary>Nothing of this rank's is on its way any more, or the time is over.</summary>
internal readonly struct Flushed(RankCore core, long deadlineTimestamp) : IWaitCondition
{
    /// <inheritdoc/>
    public bool IsMet => core.CountUnfinishedSends() == 0 || Stopwatch.GetTimestamp() >= deadlineTimestamp;
}
