using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;

namespace Umps.Transport.Agents.Ethernet;

/// <summary>Answers for a node whose interface takes frames in datagrams: who asks by a datagram of the kernel's own knows then that datagrams come and go, and how long ones (<see cref="WayFinder"/>).</summary>
/// <remarks>
/// Its socket also keeps the port from others, and the kernel from saying that nobody is there. An answer is as long as the question and not a question itself, so nobody's forged one makes traffic grow or go round.
/// One thread, asleep in the kernel. The program at the interface lets questions pass, for they lack the mark of frames.
/// </remarks>
internal sealed class WayEcho : IDisposable
{
    /// <summary>As long as a question of the longest frame is.</summary>
    private const int BytesMax = 65536;

    private const int EndMilliseconds = 1000;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Thread _thread;
    private volatile bool _isDisposed;

    /// <summary>Begins to answer.</summary>
    /// <param name="address">Of the interface.</param>
    /// <param name="port">Of the datagrams.</param>
    /// <exception cref="SocketException">The port is another's.</exception>
    public WayEcho(IPAddress address, int port)
    {
        try
        {
            _socket.DontFragment = true;
            _socket.Bind(new IPEndPoint(address, port));
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
        _thread = new Thread(Answer) { IsBackground = true, Name = "umps way echo" };
        _thread.Start();
    }

    /// <summary>First bytes of a question, and of an answer. They do not begin as the mark of frames does.</summary>
    public static ReadOnlySpan<byte> Question => "UmpsWay?"u8;

    public static ReadOnlySpan<byte> Reply => "UmpsWay!"u8;

    /// <inheritdoc/>
    /// <remarks>The port is free then: the thread keeps the socket open until it has left its call.</remarks>
    public void Dispose()
    {
        _isDisposed = true;
        _socket.Dispose();
        _thread.Join(EndMilliseconds);
    }

    private void Answer()
    {
        var bytes = new byte[BytesMax];
        var from = new SocketAddress(AddressFamily.InterNetwork);
        while (!_isDisposed)
        {
            try
            {
                int length = _socket.ReceiveFrom(bytes, SocketFlags.None, from);
                if (!bytes.AsSpan(0, length).StartsWith(Question))
                    continue;
                Reply.CopyTo(bytes);
                _socket.SendTo(bytes.AsSpan(0, length), SocketFlags.None, from);
            }
            catch (SocketException)
            {
                // About a datagram that came or went: who asks asks again.
            }
            catch (ObjectDisposedException)
            {
                return;
            }
        }
    }
}
