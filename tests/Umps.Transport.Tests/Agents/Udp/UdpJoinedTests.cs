using System.Linq;
using Umps.Testing;
using Umps.Tests.Agents.Hub;
using Umps.Transport;
using Umps.Transport.Agents.Udp;
using Xunit;

namespace Umps.Tests.Agents.Udp;

/// <summary>Frames that go through the kernel as one datagram.</summary>
public sealed class UdpJoinedTests
{
    /// <summary>The way carries shorter packets than the frames: they are joined no more, and each still leaves, and gives its unit back.</summary>
    [Fact]
    public void Flush_KernelCannotJoin_EachFrameLeavesAlone()
    {
        NetworkNamespace.SkipUnlessPossible();
        (NetworkNamespace here, NetworkNamespace there) = NetworkNamespace.MakePair();
        using (here)
        using (there)
        {
            Shell.Run("ip", "-n", here.Name, "link", "set", here.Interface, "mtu", "1000");
            PeerPlace[] places = [new(0, 0, 0), new(1, 1, 0), new(2, 2, 0)];
            var directory = new PeerDirectory { OwnId = 0, Peers = places, Secret = new byte[32] };
            using UdpCarrier carrier = InNamespace.Run(here.Name, () => new UdpCarrier(new UdpSocket(directory, new UdpOptions())));
            Assert.True(carrier.TryAddPeer(1, there.Address + ":4001"));
            Assert.True(carrier.TryAddPeer(2, there.Address + ":4002"));
            int free = carrier.FreeUnits;

            int[] units = [.. Enumerable.Range(0, 12).Select(_ => carrier.TakeUnit())];
            for (int i = 0; i < units.Length; i++)
                Assert.True(carrier.TryEnqueue(1 + i / 4 % 2, units[i], carrier.FrameBytesMax));
            Assert.True(carrier.Flush());

            Assert.All(units, unit => Assert.False(carrier.IsBusy(unit)));
            foreach (int unit in units)
                carrier.ReturnUnit(unit);
            Assert.Equal(free, carrier.FreeUnits);
            Assert.Equal(units, units.Distinct());
        }
    }
}
