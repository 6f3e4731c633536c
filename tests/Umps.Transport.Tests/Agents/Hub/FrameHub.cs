using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using Umps.Testing;
using Umps.Tests.Agents.Link;
using Umps.Transport.Interop;
using Xunit;

namespace Umps.Tests.Agents.Hub;

/// <summary>A switch between two network namespaces, in one of its own, that loses, doubles, holds back and damages what it carries.</summary>
/// <remarks>
/// <code>
///  namespace 1          hub namespace           namespace 2
///   veth ─────────────── veth  ═ this ═  veth ─────────────── veth
/// </code>
/// Two packet sockets and a thread. The seed decides about each frame; when they come is the machine's. Address resolution and tcp (a job's own connections) pass untouched.
/// What the ends would leave to an interface's hardware (checksums, cutting) is switched off there: nobody behind this switch would do it.
/// </remarks>
internal sealed unsafe class FrameHub : IDisposable
{
    public const int UdpHeadersBytes = 14 + 20 + 8;     // Ethernet, IPv4, UDP
    private const int FrameBytesMax = 9100;
    private const ushort AllProtocolsNetwork = 0x0300;  // ETH_P_ALL
    private const int FramesATurn = 64;
    private const int HeldMax = 64;

    private readonly string _name;
    private readonly Side[] _sides = new Side[2];
    private readonly Thread _thread;
    private readonly Random _random;
    private volatile bool _stopping;

    private FrameHub(string name, NetworkNamespace[] places, int seed)
    {
        _name = name;
        Places = places;
        _random = new Random(seed);
        _thread = new Thread(Run) { IsBackground = true, Name = "frame-hub" };
    }

    /// <summary>The two nodes.</summary>
    public IReadOnlyList<NetworkNamespace> Places { get; }

    /// <summary>What happens to frames from now on.</summary>
    public Weather Weather { get; set; } = Weather.Fine;

    public long Carried { get; private set; }

    public long Lost { get; private set; }

    public long Doubled { get; private set; }

    public long HeldBack { get; private set; }

    public long Damaged { get; private set; }

    /// <summary>Skips the test where it cannot be had.</summary>
    public static void SkipUnlessPossible()
    {
        NetworkNamespace.SkipUnlessPossible();
        if (Shell.Find("ethtool") is null)
            Assert.Skip("needs ethtool(8): package ethtool");
    }

    /// <summary>Makes the three namespaces and the cables, and begins to carry.</summary>
    public static FrameHub Make(int seed)
    {
        (string name, NetworkNamespace first, NetworkNamespace second) = NetworkNamespace.MakePairAround("hub1", "hub2");
        var hub = new FrameHub(name, [first, second], seed);
        try
        {
            foreach (NetworkNamespace place in hub.Places)
                Shell.Run([.. place.Exec, "ethtool", "-K", place.Interface, "tx", "off", "tso", "off", "gso", "off", "gro", "off"]);
            for (int i = 0; i < 2; i++)
                hub._sides[i] = InNamespace.Run(name, () => new Side($"hub{i + 1}"));
            hub._thread.Start();
        }
        catch
        {
            hub.Dispose();
            throw;
        }
        return hub;
    }

    /// <summary>The next frame from one side that is not address resolution: a pattern for forgeries. Whole, with all headers.</summary>
    public byte[]? Seen(int from) => Volatile.Read(ref _sides[from].Seen);

    /// <summary>Forgets what was seen.</summary>
    public void ForgetSeen(int from) => Volatile.Write(ref _sides[from].Seen, null);

    /// <summary>Puts a frame onto the wire to one side, as another machine there could.</summary>
    public bool TryInject(int to, ReadOnlySpan<byte> frame)
    {
        fixed (byte* bytes = frame)
            return Linux.SendFrame(_sides[to].Socket, bytes, frame.Length) == Errno.None;
    }

    public override string ToString() => $"carried {Carried}, lost {Lost}, doubled {Doubled}, held back {HeldBack}, damaged {Damaged}";

    public void Dispose()
    {
        _stopping = true;
        if (_thread.IsAlive)
            _thread.Join();
        foreach (Side? side in _sides)
            side?.Dispose();
        foreach (NetworkNamespace place in Places)
            place.Dispose();
        Shell.TryRun(["ip", "netns", "delete", _name]);
    }

    private void Run()
    {
        int quiet = 0;
        WatchedDescriptor* sides = stackalloc WatchedDescriptor[] { new(_sides[0].Socket), new(_sides[1].Socket) };
        while (!_stopping)
        {
            int done = Carry(_sides[0], _sides[1]) + Carry(_sides[1], _sides[0]);
            quiet = done > 0 ? 0 : quiet + 1;
            if (quiet > 20)
                Linux.PollMany(sides, _sides.Length, TimeSpan.FromMilliseconds(1));
        }
    }

    private int Carry(Side from, Side to)
    {
        int done = 0;
        for (; done < FramesATurn; done++)
        {
            int length = Linux.ReceiveFrame(from.Socket, from.Buffer, FrameBytesMax, out _);
            if (length <= 0)
                break;
            if (IsSpared(from.Buffer, length))
            {
                Linux.SendFrame(to.Socket, from.Buffer, length);
                continue;
            }
            if (Volatile.Read(ref from.Seen) is null)
                Volatile.Write(ref from.Seen, new ReadOnlySpan<byte>(from.Buffer, length).ToArray());
            CarryOne(from, to, length);
        }
        // Who was held back goes on behind those that have come since, or after a while.
        while (from.Held.Count > 0 && (from.Held.Peek().Turns < from.Turns || from.Held.Count > HeldMax))
        {
            byte[] held = from.Held.Dequeue().Frame;
            fixed (byte* bytes = held)
                Linux.SendFrame(to.Socket, bytes, held.Length);
        }
        if (done > 0 || ++from.Idle % 16 == 0)
            from.Turns++;
        return done;
    }

    private void CarryOne(Side from, Side to, int length)
    {
        Weather weather = Weather;
        if (_random.NextDouble() < weather.Loss)
        {
            Lost++;
            return;
        }
        if (_random.NextDouble() < weather.Corruption)
        {
            Damaged++;
            from.Buffer[_random.Next(14, length)] ^= (byte)(1 << _random.Next(8));
        }
        if (_random.NextDouble() < weather.Duplication)
        {
            Doubled++;
            Linux.SendFrame(to.Socket, from.Buffer, length);
        }
        if (_random.NextDouble() < weather.Reordering)
        {
            HeldBack++;
            from.Held.Enqueue((new ReadOnlySpan<byte>(from.Buffer, length).ToArray(), from.Turns + _random.Next(1, 4)));
            return;
        }
        Carried++;
        Linux.SendFrame(to.Socket, from.Buffer, length);
    }

    private static bool IsSpared(byte* frame, int length)
    {
        int etherType = (frame[12] << 8) | frame[13];
        return etherType is 0x0806 or 0x86dd || (etherType == 0x0800 && length > 23 && frame[23] == 6);
    }

    private sealed class Side : IDisposable
    {
        public readonly int Socket;
        public readonly byte* Buffer = (byte*)System.Runtime.InteropServices.NativeMemory.Alloc(FrameBytesMax);
        public readonly Queue<(byte[] Frame, long Turns)> Held = new();
        public byte[]? Seen;
        public long Turns;
        public int Idle;

        public Side(string interfaceName)
        {
            Socket = Linux.OpenPacketSocket(out Errno error);
            Assert.Equal(Errno.None, error);
            Linux.GoStraight(Socket);
            Linux.SetUdpBuffers(Socket, 16 << 20);
            int index = Linux.ListInterfaces(out _).First(i => i.Name == interfaceName).Index;
            Assert.Equal(Errno.None, Linux.BindPacket(Socket, index, AllProtocolsNetwork));
        }

        public void Dispose()
        {
            Linux.CloseSocket(Socket);
            System.Runtime.InteropServices.NativeMemory.Free(Buffer);
        }
    }
}
