using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Umps.Transport;
using Umps.Transport.Agents.Ethernet;
using Umps.Transport.Agents.Xdp;
using Xunit;

namespace Umps.Tests.Agents.Xdp;

/// <summary>The area that ranks share on an interface: what lies where, and that no ring but a rank's RX can be full.</summary>
public sealed class XdpShapeTests
{
    [Theory]
    [InlineData(1, 64, 128)]
    [InlineData(3, 1024, 1000)]
    [InlineData(64, 256, 512)]
    public void Shape_RingsHoldWhatThereIs_AndARankCannotTakeAll(int ranks, int rx, int send)
    {
        var shape = new XdpShape(ranks, new XdpOptions { RingEntries = rx, UnitsARank = send });

        Assert.True(shape.TxEntries >= shape.SendUnits && BitOperations.IsPow2(shape.TxEntries));
        Assert.True(shape.CompletionEntries >= ranks * shape.SendUnits && BitOperations.IsPow2(shape.CompletionEntries));
        Assert.True(shape.FillEntries >= shape.ReceiveUnits && BitOperations.IsPow2(shape.FillEntries));
        Assert.True(shape.ReceiveUnits >= ranks * (shape.RxEntries + shape.KeptMax + (2 * XdpShape.BatchMax)));
        Assert.Equal(0, shape.UmemOffset % 4096);
        Assert.Equal(0, shape.UmemBytes % 4096);
        Assert.True(XdpShape.StatesOffset + (ranks * send) <= shape.UmemOffset);
        Assert.Equal(shape.TotalBytes, XdpArea.BytesOf(ranks, new XdpOptions { RingEntries = rx, UnitsARank = send }));
    }

    [Fact]
    public void Shape_CrossesInThePortsFacts()
    {
        var shape = new XdpShape(5, new XdpOptions { RingEntries = 512, UnitsARank = 300 });
        PortFacts facts = default;

        shape.WriteTo(ref facts);

        Assert.Equal(shape, XdpShape.Of(in facts));
    }

    /// <summary>The words that change are a cache line each.</summary>
    [Fact]
    public void Header_Layout()
    {
        Assert.Equal(4096, Unsafe.SizeOf<XdpHeader>());
        Assert.Equal(0, Marshal.OffsetOf<XdpHeader>(nameof(XdpHeader.Magic)));
        Assert.Equal(8, Marshal.OffsetOf<XdpHeader>(nameof(XdpHeader.Version)));
        Assert.Equal(64, Marshal.OffsetOf<XdpHeader>(nameof(XdpHeader.Fill)));
        Assert.Equal(128, Marshal.OffsetOf<XdpHeader>(nameof(XdpHeader.Completion)));
    }
}
