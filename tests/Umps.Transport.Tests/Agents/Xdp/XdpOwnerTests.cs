using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Umps.Testing;
using Umps.Transport;
using Umps.Transport.Agents.Ethernet;
using Umps.Transport.Agents.Link;
using Umps.Transport.Agents.Xdp;
using Umps.Transport.Interop;
using Xunit;

namespace Umps.Tests.Agents.Xdp;

/// <summary>Who owns an interface, what is left when the owner dies, and ranks that may do nothing but use what they are passed.</summary>
public sealed unsafe class XdpOwnerTests
{
    private const string Nobody = "65534";

    [Fact]
    public void Open_InterfaceHasAnOwner_IsAnErrorThatNamesIt_UntilTheOwnerIsKilled()
    {
        XdpNode.SkipUnlessPossible();
        (NetworkNamespace first, NetworkNamespace second) = NetworkNamespace.MakePair();
        using (first)
        using (second)
        {
            using Process owner = Start([.. first.Exec, Repository.Dotnet, Repository.Ranks, "xdp-owner", first.Interface]);
            try
            {
                Assert.StartsWith("open", owner.StandardOutput.ReadLine(), StringComparison.Ordinal);
                Assert.Contains("xdp", LinkOf(first), StringComparison.Ordinal);

                var error = Assert.Throws<UmpsException>(() => new XdpNode(first, 1, new TransportOptions()));

                Assert.Equal(1310, error.ErrorId);
                Assert.Contains(first.Interface, error.Message, StringComparison.Ordinal);
                Assert.Contains("another job", error.Message, StringComparison.Ordinal);
            }
            finally
            {
                owner.Kill();
            }
            owner.WaitForExit();

            Assert.DoesNotContain("xdp", LinkOf(first), StringComparison.Ordinal);
            using var next = new XdpNode(first, 1, new TransportOptions());
        }
    }

    [Fact]
    public void Open_WithoutCapabilities_NamesThem()
    {
        XdpNode.SkipUnlessPossible();
        SkipWithoutSetpriv();
        (NetworkNamespace first, NetworkNamespace second) = NetworkNamespace.MakePair();
        using (first)
        using (second)
        {
            using Process user = Start([.. first.Exec, "setpriv", "--reuid", Nobody, "--regid", Nobody, "--clear-groups", Repository.Dotnet, Repository.Ranks, "xdp-owner", first.Interface]);

            string text = user.StandardOutput.ReadToEnd();

            Assert.StartsWith("UMPS1311", text, StringComparison.Ordinal);
            foreach (string capability in new[] { "CAP_NET_RAW", "CAP_NET_ADMIN", "CAP_BPF" })
                Assert.Contains(capability, text, StringComparison.Ordinal);
        }
    }

    /// <summary>A process of an ordinary user, in another namespace than its socket, maps what it is passed and answers.</summary>
    [Fact]
    public void Rank_OrdinaryUser_UsesTheSocketThatItIsPassed()
    {
        const int Messages = 500;
        XdpNode.SkipUnlessPossible();
        SkipWithoutSetpriv();
        (NetworkNamespace first, NetworkNamespace second) = NetworkNamespace.MakePair();
        string path = Path.Combine(Path.GetTempPath(), $"umps-xdp-{Guid.NewGuid():N}");
        using (first)
        using (second)
        using (var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        using (var here = new XdpNode(first, 1, new TransportOptions()))
        using (var there = new XdpNode(second, 1, new TransportOptions()))
        {
            listener.Bind(new UnixDomainSocketEndPoint(path));
            File.SetUnixFileMode(path, (UnixFileMode)0x1b6);     // rw for all
            listener.Listen();
            using Process echo = Start(["setpriv", "--reuid", Nobody, "--regid", Nobody, "--clear-groups", Repository.Dotnet, Repository.Ranks, "xdp-echo", path]);
            try
            {
                Assert.True(listener.Poll(TimeSpan.FromSeconds(30), SelectMode.SelectRead), "the rank did not come to join");
                using Socket join = listener.Accept();
                LinkPort port = there.Device.PortOf(0);
                PortFacts facts = port.Facts;
                Linux.SendWithDescriptors((int)join.Handle, MemoryMarshal.AsBytes(new ReadOnlySpan<PortFacts>(in facts)), [port.Descriptor, there.MemoryDescriptor], out Errno error);
                Assert.Equal(Errno.None, error);
                Assert.Equal(1, join.Receive(new byte[1]));
                Assert.Equal("listening as a user, capabilities 0", echo.StandardOutput.ReadLine());

                var directory = new PeerDirectory { OwnId = 0, Peers = [new PeerPlace(0, 0, 0), new PeerPlace(1, 1, 0)], Secret = new byte[32] };
                var recorder = new Recorder();
                var handler = new RecordingHandler(recorder);
                string address = new EthernetAddress(facts.MacAddress, facts.Slot).ToString();
                using (var agent = new LinkAgent<XdpCarrier>(directory, new LinkOptions { FlushSecondsMax = 5 }, new XdpCarrier(directory, here.Device.PortOf(0), here.Area), _ => address))
                {
                    Deadline deadline = Deadline.After(30);
                    for (int sent = 0; recorder.Messages.Count < Messages;)
                    {
                        if (sent < Messages && agent.TrySend(1, new FrameHeader { Kind = 1 }, new byte[sent]))
                            sent++;
                        agent.Poll(ref handler);
                        Assert.False(deadline.HasPassed, $"{recorder.Messages.Count} answers");
                    }
                }

                Assert.Equal(Enumerable.Range(0, Messages), recorder.Messages.Select(m => m.Bytes!.Length));
                Assert.True(echo.WaitForExit(TimeSpan.FromSeconds(30)), "the rank did not see its peer leave");
                Assert.Equal(0, echo.ExitCode);
            }
            finally
            {
                if (!echo.HasExited)
                    echo.Kill();
                File.Delete(path);
            }
        }
    }

    private static void SkipWithoutSetpriv()
    {
        if (Shell.Find("setpriv") is null)
            Assert.Skip("needs setpriv(1): package util-linux");
    }

    private static string LinkOf(NetworkNamespace place) => Shell.Run("ip", "-n", place.Name, "link", "show", place.Interface);

    private static Process Start(IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo(command[0]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (string argument in command.Skip(1))
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }
}
