using System;
using System.Collections.Generic;
using Umps.Matching;
using Umps.Requests;
using Umps.Testing;
using Xunit;

namespace Umps.Tests.Matching;

/// <summary>Posted and unexpected queues against a plain list: the first in order that matches, whatever the wildcards.</summary>
public class QueueTests
{
    [Fact]
    public void PostedQueue_RandomOrder_TakesWhatAListWould() => Seeds.Run(20, seed =>
    {
        var random = new Random(seed);
        var queue = new PostedQueue();
        var model = new List<RequestState>();
        for (int step = 0; step < 3000; step++)
        {
            int source = random.Next(3), tag = random.Next(3);
            switch (random.Next(5))
            {
                case 0 or 1:
                    var receive = new RequestState(null!, step)
                    {
                        Peer = random.Next(3) == 0 ? Comm.AnySource : source,
                        Tag = random.Next(3) == 0 ? Comm.AnyTag : tag,
                    };
                    queue.Add(receive);
                    model.Add(receive);
                    break;
                case 2 when model.Count > 0:
                    RequestState cancelled = model[random.Next(model.Count)];
                    queue.Remove(cancelled);
                    model.Remove(cancelled);
                    break;
                default:
                    RequestState? expected = model.Find(
                        each => (each.Peer == source || each.Peer == Comm.AnySource) && (each.Tag == tag || each.Tag == Comm.AnyTag));
                    Assert.Same(expected, queue.Take(source, tag));
                    if (expected is not null)
                        model.Remove(expected);
                    break;
            }
            Assert.Same(model.Count == 0 ? null : model[0], queue.First);
        }
    });

    [Fact]
    public void UnexpectedQueue_RandomOrder_FindsWhatAListWould() => Seeds.Run(20, seed =>
    {
        var random = new Random(seed);
        var engine = new MatchEngine();
        ContextQueues queues = engine.QueuesOf(6);
        var model = new List<UnexpectedMessage>();
        for (int step = 0; step < 3000; step++)
        {
            if (random.Next(2) == 0)
            {
                UnexpectedMessage message = engine.RentUnexpected();
                (message.Source, message.Tag) = (random.Next(3), random.Next(3));
                engine.AddUnexpected(queues, message);
                model.Add(message);
            }
            else
            {
                int source = random.Next(-1, 3), tag = random.Next(-1, 3);
                UnexpectedMessage? expected = model.Find(
                    each => (source == each.Source || source == Comm.AnySource) && (tag == each.Tag || tag == Comm.AnyTag));
                UnexpectedMessage? found = queues.Unexpected.Find(source, tag);
                Assert.Same(expected, found);
                if (found is not null && random.Next(4) > 0)
                {
                    engine.TakeUnexpected(queues, found);
                    engine.ReturnUnexpected(found);
                    model.Remove(found);
                }
            }
            Assert.Equal(model.Count, engine.UnexpectedCount);
        }
    });

    [Fact]
    public void MatchEngine_Contexts_KeepApart()
    {
        var engine = new MatchEngine();
        ContextQueues first = engine.QueuesOf(2), second = engine.QueuesOf(3);

        Assert.NotSame(first, second);
        Assert.Same(first, engine.QueuesOf(2));
        Assert.Same(second, engine.QueuesOf(3));
        Assert.Same(first, engine.Forget(2));
        Assert.Null(engine.Forget(2));
        Assert.NotSame(first, engine.QueuesOf(2));
    }
}
