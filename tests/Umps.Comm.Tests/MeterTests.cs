using System;
using System.Collections.Generic;
using System.Diagnostics.Metrics;
using System.Linq;
using System.Threading;
using Umps.Testing;
using Xunit;

namespace Umps.Tests;

/// <summary>Alone: the meter shows the ranks of every test that runs at the same time.</summary>
[CollectionDefinition(nameof(MeterTests), DisableParallelization = true)]
public sealed class MeterTestsRunAlone;

/// <summary>The meter "Umps", as a listener sees it.</summary>
[Collection(nameof(MeterTests))]
public sealed class MeterTests
{
    [Fact]
    public void Listener_TwoRanks_SeesTheirCounters()
    {
        const int Messages = 50;
        List<Seen> seen = [];
        using MeterListener listener = Listen(seen);
        using var turn = new Barrier(2);
        RankHost.Run(2, comm =>
        {
            for (int i = 0; i < Messages; i++)
            {
                if (comm.Rank == 0)
                    comm.Send(i, 1);
                else
                    comm.Recv<int>(0);
            }
            turn.SignalAndWait();
            if (comm.Rank == 0)
                listener.RecordObservableInstruments();
            turn.SignalAndWait();
        });

        Assert.Equal([0, 1], seen.Select(one => one.Rank).Distinct().Order());
        Assert.Equal(Messages, Assert.Single(seen, one => one is { Instrument: "umps.agent", Rank: 1 } && one.Has("agent", "shm") && one.Has("counter", "received")).Value);
        Assert.Contains(seen, one => one is { Instrument: "umps.polling" } && one.Has("counter", "interrupts"));
        Assert.Contains(seen, one => one is { Instrument: "umps.polling.window", Value: > 0 } && one.Has("mode", "SemiPolling"));
        Assert.Contains(seen, one => one is { Instrument: "umps.agent.level" } && one.Has("level", "to-1-slots-waiting"));
        Assert.Contains(seen, one => one is { Instrument: "umps.pool.level" } && one.Has("level", "units-free"));
    }

    [Fact]
    public void Listener_RanksHaveLeft_SeesNothing()
    {
        RankHost.Run(2, comm => comm.Barrier());
        List<Seen> seen = [];
        using MeterListener listener = Listen(seen);

        listener.RecordObservableInstruments();

        Assert.Empty(seen);
    }

    /// <summary>A listener that asks all the time, while ranks talk and leave: it reads memory that goes away.</summary>
    [Fact]
    public void Listener_AsksWhileRanksComeAndGo_DisturbsNobody()
    {
        List<Seen> seen = [];
        using MeterListener listener = Listen(seen);
        bool ends = false;
        var asking = new Thread(() =>
        {
            while (!Volatile.Read(ref ends))
            {
                seen.Clear();
                listener.RecordObservableInstruments();
            }
        });
        asking.Start();
        try
        {
            for (int job = 0; job < 30; job++)
            {
                RankHost.Run(3, comm =>
                {
                    for (int i = 0; i < 20; i++)
                        Assert.Equal(comm.Size, comm.Allreduce(1, Op.Sum));
                });
            }
        }
        finally
        {
            Volatile.Write(ref ends, true);
            asking.Join();
        }
    }

    private static MeterListener Listen(List<Seen> seen)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, own) =>
            {
                if (instrument.Meter.Name == "Umps")
                    own.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => seen.Add(new Seen(instrument.Name, value, tags.ToArray())));
        listener.Start();
        return listener;
    }

    private sealed record Seen(string Instrument, long Value, KeyValuePair<string, object?>[] Tags)
    {
        public int Rank => (int)Tags.Single(tag => tag.Key == "rank").Value!;

        public bool Has(string name, string value) => Tags.Any(tag => tag.Key == name && value.Equals(tag.Value));
    }
}
