using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Umps.Compare;
using Umps.Transport;
using Umps.Transport.Pool;

namespace Umps.Paper;

/// <summary>Nanoseconds of what a message pays to know where its memory is: by the address translation buffer, and as other designs do it. In one process, no message.</summary>
internal static class MicroProgram
{
    private const int Batches = 15, LookupsABatch = 2_000_000, CallsABatch = 2_000;

    /// <summary>Prints rows.</summary>
    public static int Run()
    {
        using KernelAgent agent = KernelAgent.Create(1, new TransportOptions());
        using NodeMemory memory = agent.Share();
        var pool = new UnitPool(memory.Mapping, 0);
        AddressTranslationBuffer atb = pool.Addresses;
        uint mask = (uint)pool.Count - 1;
        ulong sum = 0;
        Say("atb", LookupsABatch, count =>
        {
            for (uint i = 0; i < count; i++)
                sum += atb.AddressOf((i * 7) & mask);
        });
        using SafeFileHandle map = PageMap.Open();
        Say("walk", CallsABatch, count =>
        {
            for (uint i = 0; i < count; i++)
                sum += Walk(map, atb, (i * 7) & mask);
        });
        byte[] payload = new byte[64];
        foreach (PerMessageWork work in (PerMessageWork[])[PerMessageWork.Pin, PerMessageWork.Map, PerMessageWork.Allocate])
        {
            using PerMessageCost cost = PerMessageCost.Of(work)!;
            Say(work.ToString(), CallsABatch, count =>
            {
                for (int i = 0; i < count; i++)
                    cost.OnSend(payload);
            });
        }

        Console.WriteLine($"# physical addresses {(atb.KnowsPhysical ? "shown" : "hidden")}, sum {sum}");
        return 0;
    }

    private static unsafe ulong Walk(SafeFileHandle map, AddressTranslationBuffer atb, uint unit)
    {
        ulong physical = 0;
        PageMap.TryRead(map, (nint)atb.VirtualOf(unit), new Span<ulong>(ref physical));
        return physical;
    }

    private static void Say(string name, int count, Action<int> loop)
    {
        List<double> batches = [];
        for (int i = 0; i < Batches * 2; i++)
        {
            long start = Stopwatch.GetTimestamp();
            loop(count);
            if (i >= Batches)       // the first half warms up
                batches.Add(Stopwatch.GetElapsedTime(start).TotalNanoseconds / count);
        }

        batches.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"row {name} ns {Spread.MedianOf(batches.ToArray()):0.##}"));
    }
}
