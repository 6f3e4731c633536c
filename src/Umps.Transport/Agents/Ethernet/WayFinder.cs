using System;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Umps.Transport.Interop;

namespace Umps.Transport.Agents.Ethernet;

/// <summary>The way by datagrams to another node: who is next on it, and how long a datagram it takes.</summary>
/// <param name="NextHop">The next hop's Ethernet address, in the lower 48 bits, first byte lowest.</param>
/// <param name="Mtu">The longest datagram, with its headers, in bytes.</param>
internal readonly record struct Way(ulong NextHop, int Mtu);

/// <summary>Asks for the way to another node's interface: the peer's node agent by a datagram, then the kernel about where that went.</summary>
/// <remarks>
/// The datagram is the kernel's own, goes to the port of the frames, is as long as the longest of them, and must not be cut. If it comes back (<see cref="WayEcho"/>), so will frames: no firewall is in the way, routers know both nodes, and the kernel
/// has found out the next hop's Ethernet address. It needs no privilege. Without an answer there is no way: a pair that took this one all the same would wait for ever, as nobody says that frames are lost.
/// </remarks>
internal static class WayFinder
{
    /// <summary>Without an answer so long, there is no way.</summary>
    private const int PatienceMilliseconds = 2000;

    private const int FirstPauseMilliseconds = 20;
    private const int PauseMillisecondsMax = 200;

    /// <summary>Questions of one length without an answer before a shorter one is tried: ways that are narrower and do not say so.</summary>
    private const int AttemptsALength = 3;

    /// <summary>IPv4 and UDP.</summary>
    private const int HeaderBytes = 28;

    private const int MtuMin = UdpOptions.FrameBytesMin;
    private const int IpLevel = 0, IP_MTU = 14;

    /// <summary>What tunnels and other networks leave of an Ethernet's 1500 bytes, and the least.</summary>
    private static readonly int[] s_mtus = [1500, 1450, 1400, 1280, MtuMin];

    /// <summary>Asks, for two seconds at most. In the network namespace of the interface.</summary>
    /// <param name="facts">Of this rank's port.</param>
    /// <param name="peer">The other interface's IPv4 address, as it stands in a frame.</param>
    /// <param name="way">What was found.</param>
    /// <returns>Null; else why there is no way.</returns>
    public static string? Find(in PortFacts facts, uint peer, out Way way)
    {
        way = default;
        string name = EthernetAddress.Ipv4Text(peer);
        if (Linux.RouteTo(peer, facts.Ipv4, out int leavesBy, out uint gateway) is not Errno.None and var refusal)
            return $"the kernel has no route to {name}: {refusal}";
        if (leavesBy != facts.InterfaceIndex)
            return $"the kernel's route to {name} leaves by another interface";
        int mtu;
        try
        {
            mtu = MtuTo(facts, peer);
        }
        catch (SocketException refused)
        {
            return $"nothing can be sent to {name} from {EthernetAddress.Ipv4Text(facts.Ipv4)}: {refused.SocketErrorCode}";
        }
        if (mtu == 0)
            return string.Create(CultureInfo.InvariantCulture, $"{name} does not answer at UDP port {facts.UdpPort} (a firewall may drop it)");
        uint next = gateway != 0 ? gateway : peer;
        if (Linux.NeighbourAt(facts.InterfaceIndex, next, out ulong nextHop) is not Errno.None and var unknown)
            return $"the Ethernet address of {EthernetAddress.Ipv4Text(next)}, the next hop to {name}, is not known: {unknown}";
        way = new Way(nextHop, mtu);
        return null;
    }

    /// <returns>0 when nothing comes back.</returns>
    private static int MtuTo(in PortFacts facts, uint peer)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { DontFragment = true };
        socket.Bind(new IPEndPoint(facts.Ipv4, 0));
        socket.Connect(new IPEndPoint(peer, facts.UdpPort));
        var question = new byte[facts.Mtu];
        var answer = new byte[facts.Mtu];
        WayEcho.Question.CopyTo(question);
        int mtu = facts.Mtu, attempts = 0, pause = FirstPauseMilliseconds;
        long began = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(began).TotalMilliseconds < PatienceMilliseconds)
        {
            if (attempts++ == AttemptsALength)
            {
                mtu = Narrower(mtu);
                attempts = 1;
            }
            BitConverter.TryWriteBytes(question.AsSpan(WayEcho.Question.Length), mtu);
            try
            {
                socket.Send(question.AsSpan(0, mtu - HeaderBytes));
            }
            catch (SocketException refused) when (refused.SocketErrorCode == SocketError.MessageSize)
            {
                // A router has said how much it takes.
                mtu = Math.Min(PathMtu(socket), Narrower(mtu));
                attempts = 0;
                continue;
            }
            catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused)
            {
                // About an earlier one.
            }
            if (Answered(socket, answer, pause, out int answeredMtu))
                return answeredMtu;
            pause = Math.Min(2 * pause, PauseMillisecondsMax);
        }
        return 0;
    }

    /// <summary>Waits for an answer, whichever question it is to.</summary>
    private static bool Answered(Socket socket, byte[] answer, int milliseconds, out int mtu)
    {
        mtu = 0;
        try
        {
            if (!socket.Poll(TimeSpan.FromMilliseconds(milliseconds), SelectMode.SelectRead))
                return false;
            int length = socket.Receive(answer);
            if (length < MtuMin - HeaderBytes || !answer.AsSpan().StartsWith(WayEcho.Reply))
                return false;
            mtu = length + HeaderBytes;
            return true;
        }
        catch (SocketException)
        {
            return false;       // nobody is there, or too long: what was heard of the question
        }
    }

    private static int Narrower(int mtu)
    {
        foreach (int one in s_mtus)
        {
            if (one < mtu)
                return one;
        }
        return MtuMin;
    }

    private static int PathMtu(Socket socket)
    {
        Span<byte> value = stackalloc byte[sizeof(int)];
        socket.GetRawSocketOption(IpLevel, IP_MTU, value);
        return Math.Max(BitConverter.ToInt32(value), MtuMin);
    }
}
