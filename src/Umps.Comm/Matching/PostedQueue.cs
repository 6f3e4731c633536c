using System.Diagnostics;
using Umps.Requests;

namespace Umps.Matching;

/// <summary>Receives that wait for a message, in the order they were posted: the first that matches takes it (MPI 4.1 §3.5).</summary>
internal sealed class PostedQueue
{
    private RequestState? _first, _last;

    /// <summary>The oldest receive.</summary>
    public RequestState? First => _first;

    /// <summary>Adds a receive behind all others.</summary>
    public void Add(RequestState receive)
    {
        receive.IsPosted = true;
        receive.Next = null;
        receive.Previous = _last;
        if (_last is null)
            _first = receive;
        else
            _last.Next = receive;
        _last = receive;
    }

    /// <summary>Removes and returns the first receive that takes a message of this source and tag; null when there is none.</summary>
    public RequestState? Take(int source, int tag)
    {
        for (RequestState? receive = _first; receive is not null; receive = receive.Next)
        {
            if ((receive.Peer == source || receive.Peer == Comm.AnySource) && (receive.Tag == tag || receive.Tag == Comm.AnyTag))
            {
                Remove(receive);
                return receive;
            }
        }
        return null;
    }

    /// <summary>Removes a receive that is in the queue.</summary>
    public void Remove(RequestState receive)
    {
        Debug.Assert(receive.IsPosted, "it is in the queue");
        receive.IsPosted = false;
        if (receive.Previous is null)
            _first = receive.Next;
        else
            receive.Previous.Next = receive.Next;
        if (receive.Next is null)
            _last = receive.Previous;
        else
            receive.Next.Previous = receive.Previous;
        receive.Previous = receive.Next = null;
    }
}
