namespace Umps.Progress;

/// <summary>The callers that sleep on words of their own, in the order they fell asleep. Under the gate.</summary>
internal sealed class WaiterList
{
    private Waiter? _last;

    /// <summary>Who sleeps longest.</summary>
    public Waiter? First { get; private set; }

    public void Add(Waiter waiter)
    {
        waiter.IsListed = true;
        waiter.Next = null;
        waiter.Previous = _last;
        if (_last is null)
            First = waiter;
        else
            _last.Next = waiter;
        _last = waiter;
    }

    /// <summary>Removes a waiter, if it is in the list.</summary>
    public void Remove(Waiter waiter)
    {
        if (!waiter.IsListed)
            return;
        waiter.IsListed = false;
        if (waiter.Previous is null)
            First = waiter.Next;
        else
            waiter.Previous.Next = waiter.Next;
        if (waiter.Next is null)
            _last = waiter.Previous;
        else
            waiter.Next.Previous = waiter.Previous;
        waiter.Previous = waiter.Next = null;
    }
}
