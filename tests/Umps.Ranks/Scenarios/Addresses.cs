using System;
using Umps.Transport;
using Umps.Transport.Pool;

namespace Umps.Ranks.Scenarios;

/// <summary>addresses: what the address translation buffer says of every unit, checked against the paper's formula and a page table walked anew. No rank of a job.</summary>
internal static class Addresses
{
    public static unsafe int Run(string[] args)
    {
        using KernelAgent agent = KernelAgent.Create(1, new TransportOptions());
        using NodeMemory memory = agent.Share();
        var pool = new UnitPool(memory.Mapping, 0);
        AddressTranslationBuffer atb = pool.Addresses;
        var walked = new ulong[pool.Count / 2];
        bool isShown = PageMap.TryRead((nint)atb.VirtualOf(0), walked);
        for (uint unit = 0; unit < (uint)pool.Count; unit++)
        {
            ulong expected = isShown
                ? walked[unit >> 1] + ((unit & 1) * 2048)
                : (ulong)(atb.VirtualOf(unit) - memory.Mapping.At(0));
            if (atb.AddressOf(unit) == expected && atb.PhysicalOf(unit) == (isShown ? expected : 0))
                continue;
            Job.Say($"unit {unit}: {atb.AddressOf(unit):x}, expected {expected:x}");
            return 1;
        }

        Job.Say($"{pool.Count} units, {(atb.KnowsPhysical ? "physical addresses" : "offsets")}{(pool.IsLocked ? ", locked" : "")}");
        return 0;
    }
}
