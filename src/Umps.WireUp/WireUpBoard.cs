using System;
using System.Collections.Generic;
using System.Threading;

namespace Umps.WireUp;

/// <summary>The job's key-value exchange, in umpsrun: what ranks have published, who waits for it, and the fence.</summary>
/// <remarks>Small on purpose: a rank publishes where it listens, and asks where a peer listens when it first sends there. Answers are given outside the lock.</remarks>
internal sealed class WireUpBoard : IWireUpBoard
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Value> _values = [];             // by rank and name
    private readonly Dictionary<string, List<Asker>> _asking = [];
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
        List<Asker>? askers;
        lock (_gate)
        {
            _values[Key(rank, name)] = new Value(value);
            _asking.Remove(Key(rank, name), out askers);
        }

        foreach (Asker asker in askers ?? [])
            asker.Answer(value);
    }

    /// <inheritdoc/>
    public void Get(int rank, string name, Action<ReadOnlyMemory<byte>?> answer)
    {
        ReadOnlyMemory<byte>? known = null;
        lock (_gate)
        {
            if (_values.TryGetValue(Key(rank, name), out Value? value))
                known = value.Bytes;
            else if (rank >= 0 && rank < _ended.Length && !_ended[rank])
            {
                if (!_asking.TryGetValue(Key(rank, name), out List<Asker>? others))
                    _asking[Key(rank, name)] = others = [];
                others.Add(new Asker(rank, answer));
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
        List<Asker> askers = [];
        List<Action> passed;
        lock (_gate)
        {
            _ended[rank] = true;
            _atFence[rank] = null;
            foreach ((string key, List<Asker> waiting) in _asking)
            {
                if (waiting[0].Asked != rank)
                    continue;
                askers.AddRange(waiting);
                _asking.Remove(key);
            }

            passed = TakeFence();
        }

        foreach (Asker asker in askers)
            asker.Answer(null);
        foreach (Action one in passed)
            one();
    }

    private static string Key(int rank, string name) => $"{rank} {name}";

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

    // Classes, and text as keys: tables over structs of ours are compiled anew each time umpsrun starts.
    private sealed record Value(ReadOnlyMemory<byte> Bytes);

    private sealed record Asker(int Asked, Action<ReadOnlyMemory<byte>?> Answer);
}
