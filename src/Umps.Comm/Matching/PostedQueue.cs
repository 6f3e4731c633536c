using System.Diagnostics;
using Umps.Requests;

namespace Umps.Matching;

/// <summary>Receives that wait for a message, in the order they were posted: the first that matches takes it (MPI 4.1 §3.5).</summary>
/// <remarks>Linked one way: a link costs the collector's bookkeeping, and what is taken is mostly the first. Taking one from the middle walks there.</remarks>
internal sealed class PostedQueue
{
    private RequestState? _first, _last;

    /// <summary>The oldest; null when nobody waits.</summary>
    public RequestState? First => _first;

    /// <summary>Adds a receive at the end.</summary>
    public void Add(RequestState receive)
    {
        receive.IsPosted = true;
        receive.Next = null;
        if (_first is null)
            _first = receive;
        else
            _last!.Next = receive;
        _last = receive;
    }

    /// <summary>Takes the oldest receive that a message matches.</summary>
    /// <returns>The receive; null when none matches.</returns>
    public RequestState? Take(int source, int tag)
    {
        RequestState? previous = null;
        for (RequestState? receive = _first; receive is not null; previous = receive, receive = receive.Next)
        {
            if ((receive.Peer == source || receive.Peer == Comm.AnySource) && (receive.Tag == tag || receive.Tag == Comm.AnyTag))
            {
                Unlink(previous, receive);
                return receive;
            }
        }
        return null;
    }

    /// <summary>Takes a receive out that is in the queue.</summary>
    public void Remove(RequestState receive)
    {
        Debug.Assert(receive.IsPosted, "it is in the queue");
        RequestState? previous = null;
        for (RequestState? each = _first; each != receive; each = each!.Next)
            previous = each;
        Unlink(previous, receive);
    }

    /// <summary>What stays in <c>_last</c> when the queue is empty is not looked at.</summary>
    private void Unlink(RequestState? previous, RequestState receive)
    {
        receive.IsPosted = false;
        if (previous is null)
        {
            _first = receive.Next;
        }
        else
        {
            previous.Next = receive.Next;
            if (receive.Next is null)
                _last = previous;
        }
        receive.Next = null;
    }
}
