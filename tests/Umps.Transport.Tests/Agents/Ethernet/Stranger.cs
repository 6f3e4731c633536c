using System;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Umps.Testing;
using Umps.Transport.Agents.Ethernet;
using Umps.Transport.Interop;
using Xunit;

namespace Umps.Tests.Agents.Ethernet;

/// <summary>Another machine, which writes to a rank what it likes.</summary>
internal interface IStranger : IDisposable
{
    void Send(ReadOnlySpan<byte> bytes);
}

/// <summary>Another machine on the wire, which writes frames of its own to a rank.</summary>
internal sealed unsafe class Stranger : IStranger
{
    private const int EtherTypeOfOptions = 0x88B5;

    private readonly byte[] _frame = new byte[EthernetHeader.SizeBytes + 9000];
    private int _socket = -1;

    public Stranger(NetworkNamespace node, string address, int etherType = EtherTypeOfOptions)
    {
        Assert.True(EthernetAddress.TryParse(address, out EthernetAddress to));
        NamespaceThread.Run(node, () =>
        {
            EthernetInterface on = EthernetInterface.Find(node.Interface);
            ushort typeNetwork = BinaryPrimitives.ReverseEndianness((ushort)etherType);
            _socket = Linux.OpenPacketSocket(out Errno error);
            Assert.Equal(Errno.None, error);
            Assert.Equal(Errno.None, Linux.BindPacket(_socket, on.Index, typeNetwork));
            for (int i = 0; i < 6; i++)
            {
                _frame[i] = (byte)(to.Mac >> (8 * i));
                _frame[6 + i] = (byte)(on.MacAddress >> (8 * i));
            }
            BinaryPrimitives.WriteUInt16LittleEndian(_frame.AsSpan(12), typeNetwork);
            BinaryPrimitives.WriteUInt16LittleEndian(_frame.AsSpan(14), (ushort)to.Slot);
        });
    }

    public void Send(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_frame.AsSpan(EthernetHeader.SizeBytes));
        fixed (byte* frame = _frame)
            Linux.SendFrame(_socket, frame, EthernetHeader.SizeBytes + bytes.Length);
    }

    public void Dispose() => Linux.CloseSocket(_socket);
}

/// <summary>Another machine behind a router, which writes datagrams as they are a rank's.</summary>
internal sealed class RoutedStranger : IStranger
{
    private const int MarkBytes = 6;

    private readonly byte[] _datagram = new byte[MarkBytes + 1500];
    private Socket? _socket;

    public RoutedStranger(NetworkNamespace node, string address, int port)
    {
        Assert.True(EthernetAddress.TryParse(address, out EthernetAddress to));
        NamespaceThread.Run(node, () =>
        {
            _socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            _socket.Connect(new IPEndPoint(to.Ipv4, port));
        });
        "UMPS"u8.CopyTo(_datagram);
        BinaryPrimitives.WriteUInt16LittleEndian(_datagram.AsSpan(4), (ushort)to.Slot);
    }

    public void Send(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_datagram.AsSpan(MarkBytes));
        _socket!.Send(_datagram.AsSpan(0, MarkBytes + bytes.Length));
    }

    public void Dispose() => _socket?.Dispose();
}
