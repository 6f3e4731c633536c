using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading;
using Umps.Testing;
using Umps.Transport;
using Umps.Transport.Agents.Ethernet;
using Umps.Transport.Agents.Link;
using Umps.Transport.Agents.Xdp;
using Umps.Transport.Interop;
using Xunit;

namespace Umps.Tests.Agents.Xdp;

/// <summary>A rank that is killed in the midst of serving FILL or COMPLETION leaves its word behind; the others of its node go on (decision 0111).</summary>
public sealed unsafe class XdpWordTests
{
    private const int FillWord = 64, CompletionWord = 128;

    /// <summary>What the rank that dies is sent: some of its answers may still be on their way.</summary>
    private const int OfTheDead = -1;

    /// <summary>The process answers a flood, and is stopped anywhere, again and again, until it stands where the word names it; there it dies. The other rank of its node uses every unit many times afterwards.</summary>
    [Theory]
    [InlineData(FillWord)]
    [InlineData(CompletionWord)]
    public void Kill_HolderOfAWord_OthersGoOn(int wordOffset)
    {
        const int Messages = 20_000;
        XdpNode.SkipUnlessPossible();
        // Endpoint 0 is the only one of the first node; 1 and 2 are ranks of the second, 1 a process.
        PeerPlace[] places = [new PeerPlace(0, 0, 0), new PeerPlace(1, 1, 0), new PeerPlace(2, 1, 1)];
        (NetworkNamespace first, NetworkNamespace second) = NetworkNamespace.MakePair();
        string path = Path.Combine(Path.GetTempPath(), $"umps-xdp-{Guid.NewGuid():N}");
        using (first)
        using (second)
        using (var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        using (var here = new XdpNode(first, 1, new TransportOptions()))
        using (var there = new XdpNode(second, 2, new TransportOptions()))
        {
            listener.Bind(new UnixDomainSocketEndPoint(path));
            listener.Listen();
            var start = new ProcessStartInfo(Repository.Dotnet) { RedirectStandardOutput = true };
            foreach (string argument in (string[])[Repository.Ranks, "xdp-echo", path])
                start.ArgumentList.Add(argument);
            using Process echo = Process.Start(start)!;
            try
            {
                Assert.True(listener.Poll(TimeSpan.FromSeconds(30), SelectMode.SelectRead), "the rank did not come to join");
                using Socket join = listener.Accept();
                LinkPort port = there.Device.PortOf(0);
                PortFacts facts = port.Facts;
                Linux.SendWithDescriptors((int)join.Handle, MemoryMarshal.AsBytes(new ReadOnlySpan<PortFacts>(in facts)), [port.Descriptor, there.MemoryDescriptor], out Errno error);
                Assert.Equal(Errno.None, error);
                Assert.Equal(1, join.Receive(new byte[1]));

                using var sender = new Rank(0, places, here, 0, peer => AddressOf(there.Device.PortOf(peer - 1).Facts));
                using var beside = new Rank(2, places, there, 1, peer => AddressOf(here.Device.PortOf(0).Facts));
                int* word = (int*)(there.Area + wordOffset);
                CatchHolding(echo, word, sender);
                echo.Kill();
                echo.WaitForExit();
                Assert.Equal(echo.Id, Volatile.Read(ref *word));

                Deadline deadline = Deadline.After(60);
                for (int sent = 0, answered = 0; answered < Messages || sender.Messages.Count < Messages;)
                {
                    if (sent < Messages && sender.TrySend(2, sent))
                        sent++;
                    beside.Poll();
                    while (answered < beside.Messages.Count && beside.TrySend(0, beside.Messages[answered]))
                        answered++;
                    sender.Poll();
                    Assert.False(deadline.HasPassed, $"{sent} sent, {answered} answered, {sender.Messages.Count} back\n{sender}\n{beside}");
                }

                Assert.Equal(Enumerable.Range(0, Messages), sender.Messages);
                Assert.Equal(1, beside.Counter("words taken over"));
            }
            finally
            {
                if (!echo.HasExited)
                    echo.Kill();
                File.Delete(path);
            }
        }
    }

    /// <summary>Lets the process answer messages, and stops it anywhere, until it stands where it holds the word.</summary>
    private static void CatchHolding(Process process, int* word, Rank sender)
    {
        Deadline deadline = Deadline.After(25);
        for (int tries = 0; ; tries++)
        {
            Assert.SkipWhen(deadline.HasPassed, $"in {tries} tries the process was never stopped where it held the word, so there is nothing to take over");
            // A few messages on, so that it is at work, each time at another place.
            for (int i = 0; i < 20 + tries % 60; i++)
            {
                sender.TrySend(1, OfTheDead);
                sender.Poll();
            }
            Signal(process.Id, Stop);
            while (!IsStopped(process.Id))
                Thread.Yield();
            if (Volatile.Read(ref *word) == process.Id)
                return;
            Signal(process.Id, Continue);
        }
    }

    private const int Stop = 19, Continue = 18;

    private static void Signal(int pid, int signal) => Assert.Equal(Errno.None, Linux.Kill(pid, signal));

    private static bool IsStopped(int pid) => File.ReadAllText($"/proc/{pid}/stat").Split(") ")[^1][0] == 'T';

    private static string AddressOf(PortFacts facts) => new EthernetAddress(facts.MacAddress, facts.Slot).ToString();

    /// <summary>A rank of this process: messages are numbers.</summary>
    private sealed class Rank : IDisposable
    {
        private readonly LinkAgent<XdpCarrier> _agent;
        private readonly Recorder _recorder = new();

        public Rank(int id, PeerPlace[] places, XdpNode node, int slot, Func<int, string> find)
        {
            var directory = new PeerDirectory { OwnId = id, Peers = places, Secret = new byte[32] };
            _agent = new LinkAgent<XdpCarrier>(directory, new LinkOptions { FlushSecondsMax = 0.2, PeerTimeoutSeconds = 60 }, new XdpCarrier(directory, node.Device.PortOf(slot), node.Area), find);
        }

        public List<int> Messages { get; } = [];

        public bool TrySend(int peer, int number) => _agent.TrySend(peer, new FrameHeader { Kind = 1 }, BitConverter.GetBytes(number));

        public void Poll()
        {
            var handler = new RecordingHandler(_recorder);
            _agent.Poll(ref handler);
            Messages.AddRange(_recorder.Messages.Select(message => BitConverter.ToInt32(message.Bytes!)).Where(number => number != OfTheDead));
            _recorder.Messages.Clear();
        }

        public long Counter(string name) => _agent.ShowState().Counters.First(c => c.Key == name).Value;

        public override string ToString() => string.Join(", ", _agent.ShowState().Counters.Where(c => c.Value != 0).Select(c => $"{c.Key} {c.Value}"));

        public void Dispose() => _agent.Dispose();
    }
}
