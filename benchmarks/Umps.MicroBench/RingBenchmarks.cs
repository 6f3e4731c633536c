using System;
using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using Umps.Transport.Rings;

namespace Umps.MicroBench;

/// <summary>A word into a ring and out again, by one thread: what the code costs, without the cache line's way.</summary>
public unsafe class RingBenchmarks
{
    private const int Capacity = 64, LineBytes = 64;

    private byte* _memory;
    private RingProducer<ulong> _producer = null!;
    private RingConsumer<ulong> _consumer = null!;

    /// <summary>Makes the ring.</summary>
    [GlobalSetup]
    public void Setup()
    {
        const int Bytes = 2 * LineBytes + Capacity * sizeof(ulong);
        _memory = (byte*)NativeMemory.AlignedAlloc(Bytes, LineBytes);
        NativeMemory.Clear(_memory, Bytes);
        var tail = (uint*)_memory;
        var head = (uint*)(_memory + LineBytes);
        var entries = (ulong*)(_memory + 2 * LineBytes);
        _producer = new RingProducer<ulong>(tail, head, entries, Capacity);
        _consumer = new RingConsumer<ulong>(tail, head, entries, Capacity);
    }

    /// <summary>Frees it.</summary>
    [GlobalCleanup]
    public void Cleanup() => NativeMemory.AlignedFree(_memory);

    /// <summary>In and out.</summary>
    [Benchmark]
    public ulong EnqueueDequeue()
    {
        if (!_producer.TryEnqueue(7) || !_consumer.TryDequeue(out ulong item))
            throw new InvalidOperationException("the ring is neither full nor empty here");
        return item;
    }
}
