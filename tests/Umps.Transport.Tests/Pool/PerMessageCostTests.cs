using Umps.Transport;
using Umps.Transport.Pool;
using Xunit;

namespace Umps.Tests.Pool;

/// <summary>The work of other designs: each does something, and what it takes it gives back.</summary>
public sealed class PerMessageCostTests
{
    [Fact]
    public void None_IsNothing() => Assert.Null(PerMessageCost.Of(PerMessageWork.None));

    [Theory]
    [InlineData(PerMessageWork.Pin)]
    [InlineData(PerMessageWork.Map)]
    [InlineData(PerMessageWork.Allocate)]
    public void Message_Any_IsWorkedOn(PerMessageWork work)
    {
        using PerMessageCost cost = PerMessageCost.Of(work)!;

        foreach (int length in (int[])[0, 1, 64, 1500, 4096, 4097, 65536])
        {
            cost.OnSend(new byte[length]);
            cost.OnReceive(length);
        }

        if (work == PerMessageWork.Pin)
            Assert.Equal(65536ul, cost.Last);
        if (work == PerMessageWork.Allocate)
            Assert.Equal(2048ul * 31 % 4096, cost.Last % 4096);
    }
}
