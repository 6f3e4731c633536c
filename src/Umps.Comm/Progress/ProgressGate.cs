using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading;

namespace Umps.Progress;

/// <summary>Lets one thread at a time own a rank's progress. Biased: the thread that keeps coming alone enters and leaves with plain loads and stores.</summary>
/// <remarks>
/// The word: 0 free, 1 owned, 2 owned and somebody sleeps before the gate. Contenders spin shortly, then queue; the owner that leaves hands the gate to
/// the first in the queue, so that an owner which leaves and comes back at once cannot starve the others. An owner that polls for long looks at
/// <see cref="IsContended"/> and calls <see cref="Yield"/>.
/// A locked instruction waits until the stores before it have reached the cache: after a send, for the line that the receiver is reading. So a thread that has entered alone
/// some times in a row keeps the word, and from then on says by a plain store whether it is inside:
/// <code>
///  biased thread                               contender, under the queue's lock
///  inside = true         (W1)                  bias = null                 (W2)
///  bias still mine?      (R1)                  fence in every thread of the process
///  …                                           inside?                     (R2)
///  inside = false, bias still mine? no: hand over
/// </code>
/// Either R1 sees W2, or R2 sees W1: the fence falls before R1, or behind W1. A contender that finds it inside queues, and the biased thread, which sees on its way out that the bias
/// is gone, hands the gate over. After a revocation it takes eight times as many entries to get the bias again, unless it had lasted: a helper that comes by every millisecond costs little,
/// and would otherwise leave the program without it for good.
/// Order: all that is written inside the gate is seen inside it by the next owner (the exchanges and the fence of a revocation are full fences, a grant is a volatile write).
/// Not reentrant: no code of the user runs inside.
/// </remarks>
internal sealed class ProgressGate
{
    private const int Free = 0, Owned = 1, Contended = 2;
    private const int SpinsMax = 100;           // some 2 µs: as long as a short operation of another thread lasts
    private const int StreakFirst = 16, StreakMax = 1 << 12;
    private const int LastedMicroseconds = 200;     // many times what a revocation costs

    private int _word;
    private Bias? _bias;                        // who keeps the word. Set by its owner, cleared by a contender; both under the lock
    private Bias? _lastBias;                    // the owner's: the last that was given; while it has entered by bias, its own
    private bool _enteredByBias;                // the owner's
    private int _lastOwner, _streak;            // the owner's
    private int _streakToBias = StreakFirst;
    private readonly Lock _queueLock = new();
    private Waiter? _first, _last;

    /// <summary>True when a thread sleeps before the gate.</summary>
    public bool IsContended => Volatile.Read(ref _word) == Contended;

    /// <summary>True when a thread is inside. A hint, for one that is outside.</summary>
    public bool IsEntered => Volatile.Read(ref _bias) is { } bias ? Volatile.Read(ref bias.Inside) : Volatile.Read(ref _word) != Free;

    /// <summary>Enters.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Enter()
    {
        if (_bias is { } bias && bias.Thread == Environment.CurrentManagedThreadId)
        {
            Volatile.Write(ref bias.Inside, true);              // W1
            if (Volatile.Read(ref _bias) == bias)               // R1
            {
                _enteredByBias = true;
                return;
            }
            LeaveRevoked(bias);
        }
        EnterUnbiased();
    }

    /// <summary>Enters if the calling thread keeps the gate: for what is over in some instructions, and never yields.</summary>
    /// <returns>What <see cref="LeaveBiased"/> takes; null when it did not enter.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Bias? TryEnterBiased()
    {
        if (_bias is { } bias && bias.Thread == Environment.CurrentManagedThreadId)
        {
            Volatile.Write(ref bias.Inside, true);              // W1
            if (Volatile.Read(ref _bias) == bias)               // R1
                return bias;
            LeaveRevoked(bias);
        }
        return null;
    }

    /// <summary>Leaves what <see cref="TryEnterBiased"/> has entered.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void LeaveBiased(Bias bias)
    {
        Volatile.Write(ref bias.Inside, false);
        if (Volatile.Read(ref _bias) != bias)
            LeaveRevoked(bias);
    }

    /// <summary>Leaves; the first in the queue, if any, owns the gate from here on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Leave()
    {
        Debug.Assert(_word != Free, "only the owner leaves");
        if (!_enteredByBias)
        {
            LeaveUnbiased();
            return;
        }
        _enteredByBias = false;
        LeaveBiased(_lastBias!);
    }

    /// <summary>Lets those before the gate in, and comes back behind them.</summary>
    public void Yield()
    {
        Leave();
        Enter();
    }

    private void EnterUnbiased()
    {
        if (Interlocked.CompareExchange(ref _word, Owned, Free) != Free)
            EnterSlow();
        int me = Environment.CurrentManagedThreadId;
        if (_lastOwner != me)
        {
            _lastOwner = me;
            _streak = 0;
        }
        else if (++_streak >= _streakToBias)
        {
            TryBias(me);
        }
    }

    private void LeaveUnbiased()
    {
        if (Interlocked.CompareExchange(ref _word, Free, Owned) != Owned)
            HandOver();
    }

    /// <summary>The owner keeps the word from now on, if nobody queues.</summary>
    private void TryBias(int me)
    {
        lock (_queueLock)
        {
            if (_word != Owned)
                return;
            _streak = 0;
            _enteredByBias = true;
            if (_lastBias?.Thread != me)
                _lastBias = new Bias(me);
            _lastBias.Begin();
            Volatile.Write(ref _bias, _lastBias);
        }
    }

    /// <summary>Takes the bias away.</summary>
    /// <returns>True when its holder is outside: then the word is the caller's. Else the holder hands it over when it leaves.</returns>
    private bool Revoke(Bias bias)
    {
        bool lasted = Stopwatch.GetElapsedTime(bias.Since).TotalMicroseconds >= LastedMicroseconds;
        _streakToBias = lasted ? StreakFirst : Math.Min(_streakToBias * 8, StreakMax);
        Volatile.Write(ref _bias, null);                // W2
        Interlocked.MemoryBarrierProcessWide();
        bias.MustHandOver = Volatile.Read(ref bias.Inside);     // R2
        return !bias.MustHandOver;
    }

    /// <summary>The biased thread has left, and its bias is gone.</summary>
    private void LeaveRevoked(Bias bias)
    {
        Volatile.Write(ref bias.Inside, false);
        lock (_queueLock)
        {
            if (!bias.MustHandOver)
                return;
            bias.MustHandOver = false;
        }
        HandOver();
    }

    private void EnterSlow()
    {
        if (Volatile.Read(ref _bias) is null)
        {
            var spin = new SpinWait();
            for (int i = 0; i < SpinsMax && !spin.NextSpinWillYield; i++)
            {
                spin.SpinOnce(sleep1Threshold: -1);
                if (Interlocked.CompareExchange(ref _word, Owned, Free) == Free)
                    return;
            }
        }

        Waiter me = Waiter.Current;
        lock (_queueLock)
        {
            if (_bias is { } bias && Revoke(bias))
                return;
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

    /// <summary>A thread that keeps the word. One a thread: only that thread gives it to the gate again, and then it has written all it had to write to the one it has lost.</summary>
    internal sealed class Bias(int thread)
    {
        public readonly int Thread = thread;
        public bool Inside;             // the thread's: it is inside, or about to see that it may not be
        public bool MustHandOver;       // under the lock: it was inside when it lost the bias

        /// <summary>When it was given; under the lock.</summary>
        public long Since { get; private set; }

        /// <summary>The thread, which is inside, is about to keep the word.</summary>
        public void Begin()
        {
            Debug.Assert(!MustHandOver, "what it owed was handed over when it left");
            Since = Stopwatch.GetTimestamp();
            Inside = true;
        }
    }
}
