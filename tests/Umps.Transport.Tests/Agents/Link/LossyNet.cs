using System;
using System.Linq;
using Umps.Testing;
using Umps.Transport;
using Umps.Transport.Agents.Link;
using Xunit;

namespace Umps.Tests.Agents.Link;

/// <summary>Some link agents on one <see cref="LossyHub"/>, each with what it has received.</summary>
internal sealed class LossyNet : IDisposable
{
    /// <summary>Nobody of these tests waits for real time: the thread that says a process lives stays out of them.</summary>
    public static readonly LinkOptions Patient = new() { EagerBytesMax = 6000, EagerCreditBytes = 64 * 1024, PeerTimeoutSeconds = 2000, FlushSecondsMax = 0.05 };

    private readonly LossyPort[] _ports;
    private readonly bool[] _left;

    public LossyNet(int agents, int seed, Weather weather, LinkOptions? options = null, Func<int, byte[]>? secretOf = null)
    {
        Hub = new LossyHub(agents, seed, weather);
        _ports = [.. Enumerable.Range(0, agents).Select(id => new LossyPort(Hub, id))];
        _left = new bool[agents];
        PeerPlace[] places = [.. Enumerable.Range(0, agents).Select(id => new PeerPlace(id, id, 0))];
        Agents = [.. Enumerable.Range(0, agents).Select(id => new LinkAgent<LossyCarrier>(
            new PeerDirectory { OwnId = id, Peers = places, Secret = secretOf?.Invoke(id) ?? new byte[32] }, options ?? Patient, new LossyCarrier(_ports[id]), peer => $"{peer}"))];
        Recorders = [.. Agents.Select(_ => new Recorder())];
    }

    public LossyHub Hub { get; }

    public LinkAgent<LossyCarrier>[] Agents { get; }

    public Recorder[] Recorders { get; }

    public int Poll(int agent)
    {
        var handler = new RecordingHandler(Recorders[agent]);
        return Agents[agent].Poll(ref handler);
    }

    /// <summary>A pass of each; where none finds anything the clock moves on.</summary>
    public int PollAll()
    {
        int done = 0;
        for (int i = 0; i < Agents.Length; i++)
            done += _left[i] ? 0 : Poll(i);
        if (done == 0)
            Hub.Now += 50_000;
        return done;
    }

    public void PollUntil(Func<bool> condition, string what)
    {
        long began = Hub.Now;
        for (int i = 0; !condition(); i++)
        {
            PollAll();
            Assert.True(i < 1_000_000, $"{what} did not happen in {(Hub.Now - began) / 1_000_000} ms of the hub's clock, now {Hub.Now}: {Describe()}");
        }
    }

    public void Send(int from, int to, ReadOnlySpan<byte> payload, uint number = 0)
    {
        for (int i = 0; !Agents[from].TrySend(to, new FrameHeader { Kind = 1, Word1 = number }, payload); i++)
        {
            PollAll();
            Assert.True(i < 1_000_000, $"agent {from} cannot send: {Describe()}");
        }
    }

    public void Connect(int a = 0, int b = 1)
    {
        Send(a, b, default);
        Send(b, a, default);
        PollUntil(() => Recorders[a].Messages.Count > 0 && Recorders[b].Messages.Count > 0, "the first messages");
        Settle();
        Recorders[a].Messages.Clear();
        Recorders[b].Messages.Clear();
    }

    /// <summary>Until all is acknowledged.</summary>
    public void Settle() => PollUntil(() => Enumerable.Range(0, Agents.Length).All(i => _left[i] || !Agents[i].HasUnsent), "the last acknowledgement");

    /// <summary>An agent leaves in order.</summary>
    public void Leave(int agent)
    {
        _left[agent] = true;
        Agents[agent].Dispose();
    }

    /// <summary>Asserts that no unit is held where nothing is under way.</summary>
    public void AssertNothingHeld()
    {
        for (int i = 0; i < Agents.Length; i++)
            Assert.Equal((i, (0, 0)), (i, _ports[i].Held()));
    }

    public long Counter(int agent, string name) => Agents[agent].ShowState().Counters.First(c => c.Key == name).Value;

    public string Describe() =>
        string.Join(" | ", Agents.Select((a, i) => $"{i}: " + string.Join(", ", a.ShowState().Counters.Where(c => c.Value != 0).Select(c => $"{c.Key} {c.Value}"))
            + string.Concat(Enumerable.Range(0, Agents.Length).Where(p => a.PeerOf(p) is not null).Select(p => $"; to {p}: {a.PeerOf(p)!.Out}, expects {a.PeerOf(p)!.In.Expected}, keeps {a.PeerOf(p)!.In.Kept}"))));

    public void Dispose()
    {
        Hub.Weather = Weather.Fine;
        Hub.Passes = (_, _, _) => true;
        for (int i = 0; i < 100; i++)
            PollAll();
        for (int i = 0; i < Agents.Length; i++)
            Agents[i].Dispose();
    }
}
