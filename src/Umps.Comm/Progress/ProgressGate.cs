using System.Diagnostics;
using System.Threading;

namespace Umps.Progress;

/// <summary>Lets one thread at a time own a rank's progress: one compare-and-swap to enter, one to leave, when nobody contends.</summary>
/// <remarks>
/// The word: 0 free, 1 owned, 2 owned and somebody sleeps before the gate. Contenders spin shortly, then queue; the owner that leaves hands the gate to
/// the first in the queue, so that an owner which leaves and comes back at once cannot starve the others. An owner that polls for long looks at
/// <see cref="IsContended"/> and calls <see cref="Yield"/>.
/// Order: all that is written inside the gate is seen inside it by the next owner (the exchanges are full fences, a grant is a volatile write).
/// Not reentrant: no code of the user runs inside.
/// </remarks>
internal sealed class ProgressGate
{
    private const int Free = 0, Owned = 1, Contended = 2;
    private const int SpinsMax = 100;           // some 2 µs: as long as a short operation of another thread lasts

    private int _word;
    private readonly Lock _queueLock = new();
    private Waiter? _first, _last;

    /// <summary>True when a thread sleeps before the gate.</summary>
    public bool IsContended => Volatile.Read(ref _word) == Contended;

    /// <summary>Enters.</summary>
    public void Enter()
    {
        if (Interlocked.CompareExchange(ref _word, Owned, Free) != Free)
            EnterSlow();
    }

    /// <summary>Enters if nobody is inside.</summary>
    public bool TryEnter() => Interlocked.CompareExchange(ref _word, Owned, Free) == Free;

    /// <summary>Leaves; the first in the queue, if any, owns the gate from here on.</summary>
    public void Leave()
    {
        Debug.Assert(_word != Free, "only the owner leaves");
        if (Interlocked.CompareExchange(ref _word, Free, Owned) != Owned)
            HandOver();
    }

    /// <summary>Lets those before the gate in, and comes back behind them.</summary>
    public void Yield()
    {
        Leave();
        Enter();
    }

    private void EnterSlow()
    {
        var spin = new SpinWait();
        for (int i = 0; i < SpinsMax && !spin.NextSpinWillYield; i++)
        {
            spin.SpinOnce(sleep1Threshold: -1);
            if (TryEnter())
                return;
        }

        Waiter me = Waiter.Current;
        lock (_queueLock)
        {
            // Owned becomes Contended, so that the owner's way out leads through HandOver. Free becomes ours: then nobody queues, for the
            // word is Contended as long as somebody does.
            if (Interlocked.Exchange(ref _word, Contended) == Free)
            {
                Volatile.Write(ref _word, Owned);
                return;
            }
            me.OwnsGate = false;
            me.NextAtGate = null;
            if (_first is null)
                _first = me;
            else
                _last!.NextAtGate = me;
            _last = me;
        }
        while (true)
        {
            me.Prepare();
            if (me.OwnsGate)
                return;
            me.Park(Timeout.InfiniteTimeSpan);
        }
    }

    private void HandOver()
    {
        Waiter next;
        lock (_queueLock)
        {
            next = _first!;             // Contended is set only by one who queues under this lock
            _first = next.NextAtGate;
            if (_first is null)
            {
                _last = null;
                Volatile.Write(ref _word, Owned);
            }
            next.OwnsGate = true;
        }
        next.Unpark();
    }
}
