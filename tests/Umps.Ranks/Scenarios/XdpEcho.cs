using System;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Umps.Transport;
using Umps.Transport.Agents.Ethernet;
using Umps.Transport.Agents.Link;
using Umps.Transport.Agents.Xdp;
using Umps.Transport.Interop;

namespace Umps.Ranks.Scenarios;

/// <summary>xdp-echo SOCKET: endpoint 1 of two; gets its port and the area of its node through a Unix socket, and sends every message back until endpoint 0 leaves.</summary>
/// <remarks>What crosses: the facts of the port, with the descriptors of the AF_XDP socket and of the memory; back goes a byte when it listens.</remarks>
internal static unsafe class XdpEcho
{
    public static int Run(string[] args)
    {
        using var join = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        join.Connect(new UnixDomainSocketEndPoint(args[0]));
        Span<byte> bytes = stackalloc byte[PortFacts.SizeBytes];
        Span<int> descriptors = stackalloc int[2];
        if (Linux.ReceiveWithDescriptors((int)join.Handle, bytes, descriptors, out int count, out Errno error) != bytes.Length || count != 2)
        {
            Console.WriteLine($"received {count} descriptors: {error}");
            return 1;
        }
        byte* area = Linux.MapShared(descriptors[1], Linux.LengthOf(descriptors[1]), out _);
        var directory = new PeerDirectory { OwnId = 1, Peers = [new PeerPlace(0, 0, 0), new PeerPlace(1, 1, 0)], Secret = new byte[32] };
        var port = new LinkPort(descriptors[0], MemoryMarshal.Read<PortFacts>(bytes));
        using var agent = new LinkAgent<XdpCarrier>(directory, new LinkOptions { FlushSecondsMax = 1 }, new XdpCarrier(directory, port, area), null);
        join.Send(new byte[1]);
        Console.WriteLine($"listening as {(Environment.IsPrivilegedProcess ? "root" : "a user")}, capabilities {Linux.EffectiveCapabilities():x}");

        var handler = new Handler(new State());
        while (!handler.State.HasLeft)
        {
            agent.Poll(ref handler);
            // More may come while there is no room for an answer.
            for (int i = 0; i < handler.State.Messages.Count; i++)
            {
                while (!agent.TrySend(0, new FrameHeader { Kind = 1 }, handler.State.Messages[i]))
                    agent.Poll(ref handler);
            }
            handler.State.Messages.Clear();
        }
        return 0;
    }

    private sealed class State
    {
        public System.Collections.Generic.List<byte[]> Messages { get; } = [];

        public bool HasLeft { get; set; }
    }

    private readonly struct Handler(State state) : IFrameHandler
    {
        public State State => state;

        public void OnMessage(int peer, in FrameHeader header, scoped ref Arrival payload)
        {
            var bytes = new byte[payload.LengthBytes];
            payload.CopyTo(bytes);
            state.Messages.Add(bytes);
        }

        public NativeSpan OnFragmentBegin(int peer, in FrameHeader header, int lengthBytes) => default;

        public void OnFragmentEnd(int peer, in FrameHeader header, int lengthBytes)
        {
        }

        public void OnPeerLost(int peer, string reason) => state.HasLeft = true;
    }
}
