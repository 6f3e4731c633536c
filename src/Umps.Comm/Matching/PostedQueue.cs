using System;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Umps.Requests;

namespace Umps.Matching;

/// <summary>Receives that wait for a message, in the order they were posted: the first that matches takes it (MPI 4.1 §3.5).</summary>
/// <remarks>
/// A circular array, not a list: a link costs the collector's bookkeeping, and a list three of them a receive. What is taken is mostly the first; taking one behind it moves those
/// before it one place on. An entry that is not in the queue still names a state of the rank's pool, which lives as long as the queue.
/// </remarks>
internal sealed class PostedQueue
{
    private const int CapacityFirst = 16;       // a power of two, as every later one

    private RequestState[] _entries = new RequestState[CapacityFirst];
    private int _head, _count;

    /// <summary>True when nobody waits.</summary>
    public bool IsEmpty => _count == 0;

    /// <summary>The oldest; null when nobody waits.</summary>
    public RequestState? First => _count == 0 ? null : At(0);

    /// <summary>Adds a receive at the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(RequestState receive)
    {
        if (_count == _entries.Length)
            Grow();
        receive.IsPosted = true;
        At(_count) = receive;
        _count++;
    }

    /// <summary>Takes the oldest receive that a message matches.</summary>
    /// <returns>The receive; null when none matches.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public RequestState? Take(int source, int tag)
    {
        if (_count == 0)
            return null;
        RequestState receive = At(0);
        if (!IsMatch(receive, source, tag))
            return TakeLater(source, tag);
        _head++;
        _count--;
        receive.IsPosted = false;
        return receive;
    }

    /// <summary>Takes a receive out that is in the queue.</summary>
    public void Remove(RequestState receive)
    {
        Debug.Assert(receive.IsPosted, "it is in the queue");
        int place = 0;
        while (At(place) != receive)
            place++;
        TakeAt(place);
    }

    private ref RequestState At(int place)
    {
        RequestState[] entries = _entries;
        return ref entries[(_head + place) & (entries.Length - 1)];
    }

    private static bool IsMatch(RequestState receive, int source, int tag) =>
        (receive.Peer == source || receive.Peer == Comm.AnySource) && (receive.Tag == tag || receive.Tag == Comm.AnyTag);

    private RequestState? TakeLater(int source, int tag)
    {
        for (int place = 1; place < _count; place++)
        {
            if (IsMatch(At(place), source, tag))
                return TakeAt(place);
        }
        return null;
    }

    private RequestState TakeAt(int place)
    {
        RequestState taken = At(place);
        for (; place > 0; place--)
            At(place) = At(place - 1);
        _head++;
        _count--;
        taken.IsPosted = false;
        return taken;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow()
    {
        var entries = new RequestState[2 * _entries.Length];
        for (int i = 0; i < _count; i++)
            entries[i] = At(i);
        _entries = entries;
        _head = 0;
    }
}
