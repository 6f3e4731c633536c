using System;
using BenchmarkDotNet.Attributes;
using Microsoft.Win32.SafeHandles;
using Umps.Transport;
using Umps.Transport.Pool;

namespace Umps.MicroBench;

/// <summary>What a message pays to know where its memory is: the address translation buffer, or what other designs do instead.</summary>
public class AddressBenchmarks : IDisposable
{
    private KernelAgent _agent = null!;
    private NodeMemory _memory = null!;
    private UnitPool _pool = null!;
    private SafeFileHandle _pageMap = null!;
    private PerMessageCost _pin = null!, _map = null!, _allocate = null!;
    private readonly byte[] _payload = new byte[64];
    private uint _unit;

    /// <summary>A node's memory, and units in it.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _agent = KernelAgent.Create(1, new TransportOptions());
        _memory = _agent.Share();
        _pool = new UnitPool(_memory.Mapping, 0);
        _pageMap = PageMap.Open();
        _ = _pool.Addresses.KnowsPhysical;
        _pin = PerMessageCost.Of(PerMessageWork.Pin)!;
        _map = PerMessageCost.Of(PerMessageWork.Map)!;
        _allocate = PerMessageCost.Of(PerMessageWork.Allocate)!;
    }

    /// <summary>Given back.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        _pin?.Dispose();
        _map?.Dispose();
        _allocate?.Dispose();
        _pageMap?.Dispose();
        _memory?.Dispose();
        _agent?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A unit's address from the buffer, filled once.</summary>
    [Benchmark(Baseline = true)]
    public ulong Lookup() => _pool.Addresses.AddressOf(Next());

    /// <summary>A unit's address from the page table, by one read of /proc/self/pagemap.</summary>
    [Benchmark]
    public unsafe ulong Walk()
    {
        ulong physical = 0;
        PageMap.TryRead(_pageMap, (nint)_pool.Addresses.VirtualOf(Next()), new Span<ulong>(ref physical));
        return physical;
    }

    /// <summary>The message's page locked and unlocked.</summary>
    [Benchmark]
    public void Pin() => _pin.OnSend(_payload);

    /// <summary>A page mapped, walked, unmapped.</summary>
    [Benchmark]
    public void Map() => _map.OnSend(_payload);

    /// <summary>A page and a descriptor allocated and freed.</summary>
    [Benchmark]
    public void Allocate() => _allocate.OnSend(_payload);

    private uint Next() => _unit = (_unit + 7) & 0x3ff;
}
