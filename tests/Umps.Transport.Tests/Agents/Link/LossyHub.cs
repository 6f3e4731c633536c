using System;
using System.Collections.Generic;
using System.Linq;
using Umps.Transport;
using Umps.Transport.Agents.Link;
using Umps.Transport.Interop;

namespace Umps.Tests.Agents.Link;

/// <summary>How bad a network is: chances of a frame, from 0 to 1.</summary>
internal sealed record Weather
{
    public double Loss { get; init; }

    public double Duplication { get; init; }

    public double Reordering { get; init; }

    public double Corruption { get; init; }

    public static Weather Fine { get; } = new();

    public static Weather Bad { get; } = new() { Loss = 0.05, Duplication = 0.05, Reordering = 0.05, Corruption = 0.02 };

    public static Weather Storm { get; } = new() { Loss = 0.3, Duplication = 0.2, Reordering = 0.3, Corruption = 0.1 };
}

/// <summary>A network inside the process, with a clock of its own: what happens to a frame is decided by a seed, and runs the same each time.</summary>
internal sealed class LossyHub(int ports, int seed, Weather weather)
{
    private const long WayNanoseconds = 5_000;

    private readonly Random _random = new(seed);
    private readonly PriorityQueue<(int From, byte[] Bytes), (long At, long Order)>[] _underWay = [.. Enumerable.Range(0, ports).Select(_ => new PriorityQueue<(int, byte[]), (long, long)>())];
    private long _order;

    public Weather Weather { get; set; } = weather;

    /// <summary>Nanoseconds; each look takes a little, and each pass that finds nothing some more.</summary>
    public long Now { get; set; } = 1_000_000_000;

    /// <summary>Frames of these are not carried.</summary>
    public HashSet<int> Unplugged { get; } = [];

    /// <summary>Sees each frame, and may refuse it.</summary>
    public Func<int, int, byte[], bool> Passes { get; set; } = (_, _, _) => true;

    public long Carried { get; private set; }

    public void Send(int from, int to, ReadOnlySpan<byte> frame)
    {
        byte[] bytes = frame.ToArray();
        if (Unplugged.Contains(from) || Unplugged.Contains(to) || !Passes(from, to, bytes) || _random.NextDouble() < Weather.Loss)
            return;
        Put(from, to, bytes);
        if (_random.NextDouble() < Weather.Duplication)
            Put(from, to, bytes);
    }

    /// <summary>A frame from nowhere.</summary>
    public void Inject(int from, int to, byte[] bytes) => _underWay[to].Enqueue((from, bytes), (Now, _order++));

    public bool TryTake(int port, out int from, out byte[] bytes)
    {
        (from, bytes) = (0, []);
        if (!_underWay[port].TryPeek(out _, out var when) || when.At > Now)
            return false;
        (from, bytes) = _underWay[port].Dequeue();
        return true;
    }

    private void Put(int from, int to, byte[] bytes)
    {
        Carried++;
        long way = WayNanoseconds + (_random.NextDouble() < Weather.Reordering ? _random.NextInt64(100 * WayNanoseconds) : 0);
        if (_random.NextDouble() < Weather.Corruption)
        {
            bytes = (byte[])bytes.Clone();
            bytes[_random.Next(bytes.Length)] ^= (byte)(1 << _random.Next(8));
        }
        _underWay[to].Enqueue((from, bytes), (Now + way, _order++));
    }
}

/// <summary>One plug of a <see cref="LossyHub"/>: a carrier as the agent knows it.</summary>
internal readonly unsafe struct LossyCarrier(LossyPort port) : IFrameCarrier
{
    public AgentKind Kind => AgentKind.Udp;

    public string Address => port.Id.ToString(System.Globalization.CultureInfo.InvariantCulture);

    public int FrameBytesMax => LossyPort.FrameBytesMax;

    public int FrameBytesMaxTo(int peer) => FrameBytesMax;

    public int ReceiveFramesMax => port.ReceiveFramesMax;

    public int Descriptor => port.Descriptor;

    public long Now => port.Hub.Now += 50;

    public int Units => LossyPort.UnitCount;

    public int FreeUnits => port.Free.Count;

    public int ReceiveMax => LossyPort.BatchMax;

    public bool TryAddPeer(int peer, string addresses) => true;

    public void Learn(int peer, int frame)
    {
    }

    public int TakeUnit() => port.Free.Pop();

    public byte* UnitBytes(int unit) => port.UnitBytes(unit);

    public void ReturnUnit(int unit) => port.ReturnUnit(unit);

    public bool IsBusy(int unit) => port.Queue.Exists(q => q.Unit == unit);

    public bool TryEnqueue(int peer, int unit, int lengthBytes)
    {
        port.Queue.Add((peer, unit, lengthBytes));
        return true;
    }

    public bool Flush() => port.Flush();

    public void SendAtOnce(int peer, ReadOnlySpan<byte> frame) => port.Hub.Send(port.Id, peer, frame);

    public int Receive() => port.Receive();

    public byte* Frame(int index, out int lengthBytes) => port.Frame(index, out lengthBytes);

    public bool TryKeep(int index, out int token) => port.TryKeep(index, out token);

    public void ReturnKept(int token) => port.ReturnKept(token);

    public bool TryTakeRefusal(out int peer)
    {
        peer = 0;
        return false;
    }

    public void BeforeSleep(bool hasFailed) => port.Hub.Now += 2_000_000;

    public void AddCounters(List<KeyValuePair<string, long>> counters)
    {
    }

    public void Dispose() => port.Dispose();
}

/// <summary>The memory and queues behind a <see cref="LossyCarrier"/>.</summary>
internal sealed unsafe class LossyPort : IDisposable
{
    public const int FrameBytesMax = 600;
    public const int UnitCount = 300;
    public const int BatchMax = 16;
    private const int ReceiveUnits = 100;

    private readonly byte* _units = (byte*)System.Runtime.InteropServices.NativeMemory.AllocZeroed((UnitCount + ReceiveUnits) * FrameBytesMax);
    private readonly HashSet<int> _returned = [];       // while they wait to be sent
    private readonly Stack<int> _freeReceive = new(Enumerable.Range(UnitCount, ReceiveUnits));
    private readonly List<(int Unit, int LengthBytes, bool Kept)> _batch = [];

    public LossyPort(LossyHub hub, int id)
    {
        Hub = hub;
        Id = id;
        Descriptor = Linux.CreateEventFd(out _);
    }

    public LossyHub Hub { get; }

    public int Id { get; }

    public int Descriptor { get; }

    public int FrameBytesMaxTo(int peer) => FrameBytesMax;

    public int ReceiveFramesMax { get; init; } = 64;

    public Stack<int> Free { get; } = new(Enumerable.Range(0, UnitCount));

    public List<(int Peer, int Unit, int LengthBytes)> Queue { get; } = [];

    /// <summary>Units that wait for nothing; all of them when nothing is under way.</summary>
    public int FreeReceive => _freeReceive.Count;

    public byte* UnitBytes(int unit) => _units + unit * FrameBytesMax;

    public void ReturnUnit(int unit)
    {
        Xunit.Assert.DoesNotContain(unit, Free);
        if (Queue.Exists(q => q.Unit == unit))
            Xunit.Assert.True(_returned.Add(unit));
        else
            Free.Push(unit);
    }

    public bool Flush()
    {
        foreach ((int peer, int unit, int length) in Queue)
            Hub.Send(Id, peer, new ReadOnlySpan<byte>(UnitBytes(unit), length));
        Queue.Clear();
        foreach (int unit in _returned)
            Free.Push(unit);
        _returned.Clear();
        return true;
    }

    public int Receive()
    {
        GiveBack();
        while (_batch.Count < BatchMax && _freeReceive.Count > 0 && Hub.TryTake(Id, out _, out byte[] bytes))
        {
            int unit = _freeReceive.Pop();
            int length = Math.Min(bytes.Length, FrameBytesMax);
            bytes.AsSpan(0, length).CopyTo(new Span<byte>(UnitBytes(unit), length));
            _batch.Add((unit, length, false));
        }
        if (_batch.Count == 0)
            Hub.Now += 1_000;
        return _batch.Count;
    }

    public byte* Frame(int index, out int lengthBytes)
    {
        lengthBytes = _batch[index].LengthBytes;
        return UnitBytes(_batch[index].Unit);
    }

    public bool TryKeep(int index, out int token)
    {
        token = _batch[index].Unit;
        if (_freeReceive.Count < BatchMax)
            return false;
        _batch[index] = _batch[index] with { Kept = true };
        return true;
    }

    public void ReturnKept(int token)
    {
        Xunit.Assert.DoesNotContain(token, _freeReceive);
        _freeReceive.Push(token);
    }

    /// <summary>What the agent holds of the carrier's memory: nothing, when nothing is under way.</summary>
    public (int Sending, int Receiving) Held()
    {
        GiveBack();
        return (UnitCount - Free.Count, ReceiveUnits - _freeReceive.Count);
    }

    public void Dispose()
    {
        Flush();
        System.Runtime.InteropServices.NativeMemory.Free(_units);
        Linux.CloseSocket(Descriptor);
    }

    private void GiveBack()
    {
        foreach ((int unit, _, bool kept) in _batch)
        {
            if (!kept)
                _freeReceive.Push(unit);
        }
        _batch.Clear();
    }
}
