using System;
using System.Collections.Generic;
using System.Threading;

namespace Umps.WireUp;

/// <summary>The job's key-value exchange, in umpsrun: what ranks have published, who waits for it, and the fence.</summary>
/// <remarks>Small on purpose: a rank publishes where it listens, and asks where a peer listens when it first sends there. Answers are given outside the lock.</remarks>
internal sealed class WireUpBoard : IWireUpBoard
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(int Rank, string Name), ReadOnlyMemory<byte>> _values = [];
    private readonly Dictionary<(int Rank, string Name), List<Action<ReadOnlyMemory<byte>?>>> _asking = [];
    private readonly bool[] _ended;
    private readonly Action?[] _atFence;

    /// <summary>A board for a job of so many ranks.</summary>
    public WireUpBoard(int ranks)
    {
        _ended = new bool[ranks];
        _atFence = new Action?[ranks];
    }

    /// <inheritdoc/>
    public void Put(int rank, string name, ReadOnlyMemory<byte> value)
    {
        List<Action<ReadOnlyMemory<byte>?>>? answers;
        lock (_gate)
        {
            _values[(rank, name)] = value;
            _asking.Remove((rank, name), out answers);
        }

        foreach (Action<ReadOnlyMemory<byte>?> answer in answers ?? [])
            answer(value);
    }

    /// <inheritdoc/>
    public void Get(int rank, string name, Action<ReadOnlyMemory<byte>?> answer)
    {
        ReadOnlyMemory<byte>? known = null;
        lock (_gate)
        {
            if (_values.TryGetValue((rank, name), out ReadOnlyMemory<byte> value))
                known = value;
            else if (rank >= 0 && rank < _ended.Length && !_ended[rank])
            {
                if (!_asking.TryGetValue((rank, name), out List<Action<ReadOnlyMemory<byte>?>>? others))
                    _asking[(rank, name)] = others = [];
                others.Add(answer);
                return;
            }
        }

        answer(known);
    }

    /// <inheritdoc/>
    public void Fence(int rank, Action passed)
    {
        List<Action> all;
        lock (_gate)
        {
            _atFence[rank] = passed;
            all = TakeFence();
        }

        foreach (Action one in all)
            one();
    }

    /// <summary>A rank's process has ended: nobody waits for it any more.</summary>
    public void RankEnded(int rank)
    {
        List<Action<ReadOnlyMemory<byte>?>> answers = [];
        List<Action> passed;
        lock (_gate)
        {
            _ended[rank] = true;
            _atFence[rank] = null;
            foreach (((int asked, string name), List<Action<ReadOnlyMemory<byte>?>> waiting) in _asking)
            {
                if (asked != rank)
                    continue;
                answers.AddRange(waiting);
                _asking.Remove((asked, name));
            }

            passed = TakeFence();
        }

        foreach (Action<ReadOnlyMemory<byte>?> answer in answers)
            answer(null);
        foreach (Action one in passed)
            one();
    }

    private List<Action> TakeFence()
    {
        List<Action> come = [];
        for (int i = 0; i < _ended.Length; i++)
        {
            if (_atFence[i] is { } one)
                come.Add(one);
            else if (!_ended[i])
                return [];
        }

        Array.Clear(_atFence);
        return come;
    }
}
