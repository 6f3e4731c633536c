using System;
using System.Linq;
using Umps.Testing;
using Umps.Transport;
using Umps.Transport.Agents.Xdp;
using Xunit;

namespace Umps.Tests.Agents.Xdp;

/// <summary>What is xdp's own: ranks of a node that share a queue, the interface's owner, its modes.</summary>
public sealed class XdpTests
{
    [Fact]
    public void Frames_BetweenTwoNamespaces_Cross()
    {
        XdpNode.SkipUnlessPossible();
        using var net = new XdpNet(1);

        net.Send(0, 1, [1, 2, 3]);
        net.PollUntil(() => net.Recorders[1].Messages.Count == 1, "the message");
        net.Send(1, 0, [4, 5]);
        net.PollUntil(() => net.Recorders[0].Messages.Count == 1, "the answer");

        Assert.Equal([1, 2, 3], net.Recorders[1].Messages[0].Bytes);
        Assert.Equal([4, 5], net.Recorders[0].Messages[0].Bytes);
    }
}
