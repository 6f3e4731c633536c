using System;
using BenchmarkDotNet.Attributes;
using Umps.Matching;
using Umps.Requests;

namespace Umps.MicroBench;

/// <summary>A message meets its receive, in both orders, behind others that do not match.</summary>
public class MatchBenchmarks
{
    private readonly MatchEngine _engine = new();
    private ContextQueues _queues = null!;
    private RequestState _receive = null!;

    /// <summary>Receives or messages in the queue that the match is behind.</summary>
    [Params(0, 16)]
    public int Behind { get; set; }

    /// <summary>Fills the queues.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _queues = _engine.QueuesOf(6);
        _receive = new RequestState(null!, 0) { Peer = 1, Tag = 7 };
        for (int i = 0; i < Behind; i++)
        {
            _queues.Posted.Add(new RequestState(null!, i) { Peer = 1, Tag = 100 + i });
            AddUnexpected(100 + i);
        }
    }

    /// <summary>The receive is there first.</summary>
    [Benchmark]
    public object Posted()
    {
        ContextQueues queues = _engine.QueuesOf(6);
        queues.Posted.Add(_receive);
        return queues.Posted.Take(source: 1, tag: 7) ?? throw new InvalidOperationException("it was posted");
    }

    /// <summary>The message is there first.</summary>
    [Benchmark]
    public void Unexpected()
    {
        AddUnexpected(tag: 7);
        ContextQueues queues = _engine.QueuesOf(6);
        UnexpectedMessage message = queues.Unexpected.Find(source: 1, tag: 7) ?? throw new InvalidOperationException("it was queued");
        _engine.TakeUnexpected(queues, message);
        _engine.ReturnUnexpected(message);
    }

    private void AddUnexpected(int tag)
    {
        UnexpectedMessage message = _engine.RentUnexpected();
        message.Source = 1;
        message.Tag = tag;
        _engine.AddUnexpected(_queues, message);
    }
}
