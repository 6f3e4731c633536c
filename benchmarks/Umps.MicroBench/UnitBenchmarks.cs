using System;
using System.Collections.Generic;
using BenchmarkDotNet.Attributes;
using Umps.Transport;

namespace Umps.MicroBench;

/// <summary>A block of units lent by the pool and returned.</summary>
public class UnitBenchmarks : IDisposable
{
    private UserAgent _agent = null!, _other = null!;

    /// <summary>Bytes of the block: one unit, and a run of four.</summary>
    [Params(2048, 8192)]
    public int Bytes { get; set; }

    /// <summary>Joins a node of two.</summary>
    [GlobalSetup]
    public void Setup()
    {
        IReadOnlyList<UserAgentOptions> options = UserAgentOptions.InProcess(2);
        _agent = UserAgent.Initialize(options[0]);
        _other = UserAgent.Initialize(options[1]);
    }

    /// <summary>Leaves it.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _agent?.Dispose();
        _other?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Lent and returned.</summary>
    [Benchmark]
    public int LendReturn()
    {
        DataBlock block = _agent.GetDataBlock(Bytes);
        int length = block.Span.Length;
        _agent.FreeDataBlock(block);
        return length;
    }
}
