namespace Umps.Matching;

/// <summary>Messages that wait for a receive, in the order they arrived.</summary>
internal sealed class UnexpectedQueue
{
    private UnexpectedMessage? _first, _last;

    /// <summary>The oldest message.</summary>
    public UnexpectedMessage? First => _first;

    /// <summary>Adds a message behind all others.</summary>
    public void Add(UnexpectedMessage message)
    {
        message.Next = null;
        message.Previous = _last;
        if (_last is null)
            _first = message;
        else
            _last.Next = message;
        _last = message;
    }

    /// <summary>The first message that a receive of this source and tag (or any) takes; null when there is none.</summary>
    public UnexpectedMessage? Find(int source, int tag)
    {
        for (UnexpectedMessage? message = _first; message is not null; message = message.Next)
        {
            if ((source == message.Source || source == Comm.AnySource) && (tag == message.Tag || tag == Comm.AnyTag))
                return message;
        }
        return null;
    }

    /// <summary>Removes a message that is in the queue.</summary>
    public void Remove(UnexpectedMessage message)
    {
        if (message.Previous is null)
            _first = message.Next;
        else
            message.Previous.Next = message.Next;
        if (message.Next is null)
            _last = message.Previous;
        else
            message.Next.Previous = message.Previous;
        message.Previous = message.Next = null;
    }
}
